// Why this file exists: what machines and virtual nodes boot is made by recipes; the lab has each built, or taken from the
// cache, by the same command that a person would use.
import { Fault } from '#fault'
import { coppiceProgram } from './appliance.ts'
import { run } from './command.ts'
import { parseJson, textMember } from './json.ts'
import { note } from './journal.ts'
import { markOf } from './processes.ts'
import type { LabRun } from './run.ts'
import { seconds } from './table.ts'

const buildMsMax = 1_800_000

/** The folder with kernel and initial RAM disk. */
export function hostImage(run: LabRun): Promise<string> {
  return build(run, 'kvm-host', 'directory')
}

export interface NodeDisks {
  readonly head: string
  readonly compute: string
}

/** Disk images, as they are pushed. */
export async function nodeDisks(run: LabRun): Promise<NodeDisks> {
  const compute = await build(run, 'voc-compute', 'disk')
  return { compute, head: await build(run, 'voc-head', 'disk') }
}

async function build(
  { plan, options, print, signal }: LabRun,
  recipe: string,
  wanted: 'directory' | 'disk',
): Promise<string> {
  const words = ['image', 'build', recipe, '--cache', options.cacheDir, '-o', 'json']
  const from = performance.now()
  const onStart = (pid: number): void => {
    const mark = markOf(pid)
    if (mark !== undefined) note(plan.stateDir, { kind: 'process', what: 'image build', ...mark })
  }
  const built = await run([coppiceProgram, ...words], { deadlineMs: buildMsMax, signal, onStart })
  const path = textMember(parseJson(built.stdout.trim().split('\n').at(-1) ?? ''), wanted)
  if (built.exit === 0 && path !== undefined) {
    print(`image ${recipe}: ${path}, after ${seconds(performance.now() - from)} s`)
    return path
  }
  throw new Fault('CPC-LAB-014', {
    what: `there is no image ${recipe} to boot`,
    where: `coppice ${words.join(' ')}`,
    why:
      built.stderr.trim().split('\n').slice(-4).join(' / ') ||
      `it ended with ${built.exit} and named no ${wanted}`,
    todo: 'do what it says, then run the lab again: what is built already lies in the cache',
  })
}

// Why this file exists: the machines boot the host image that the recipe makes; the lab has it built, or taken from the
// cache, by the same command that a person would use.
import { Fault } from '#fault'
import { coppiceProgram } from './appliance.ts'
import { run } from './command.ts'
import { parseJson, textMember } from './json.ts'
import { note } from './journal.ts'
import { markOf } from './processes.ts'
import type { LabRun } from './run.ts'

const buildMsMax = 1_800_000

export async function hostImage({ plan, options, print, signal }: LabRun): Promise<string> {
  const words = ['image', 'build', 'kvm-host', '--cache', options.cacheDir, '-o', 'json']
  const from = performance.now()
  const onStart = (pid: number): void => {
    const mark = markOf(pid)
    if (mark !== undefined) note(plan.stateDir, { kind: 'process', what: 'image build', ...mark })
  }
  const built = await run([coppiceProgram, ...words], { deadlineMs: buildMsMax, signal, onStart })
  const directory = textMember(parseJson(built.stdout.trim().split('\n').at(-1) ?? ''), 'directory')
  if (built.exit === 0 && directory !== undefined) {
    print(`host image: ${directory}, after ${((performance.now() - from) / 1000).toFixed(0)} s`)
    return directory
  }
  throw new Fault('CPC-LAB-014', {
    what: 'there is no host image to boot',
    where: `coppice ${words.join(' ')}`,
    why:
      built.stderr.trim().split('\n').slice(-4).join(' / ') ||
      `it ended with ${built.exit} and named none`,
    todo: 'do what it says, then run the lab again: what is built already lies in the cache',
  })
}

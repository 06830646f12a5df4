// Why this file exists: while a cluster comes up, the run looks on through what the appliance says; a test that breaks
// something in the middle is told of each step of each node once.
import { setTimeout as pause } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { askApi, coppice } from '../appliance.ts'
import type { Finished } from '../command.ts'
import { seconds } from '../table.ts'
import { clusterFile, clusterPath, type ClusterRun, type Owner } from './site.ts'
import { parseMarks } from './views.ts'

const lookEveryMs = 1000
/** Far beyond what it takes; a job gives up by limits of its own before. */
const applyMsMax = 1_500_000

export type OnMark = (vcn: string, phase: string) => Promise<void>

export function fileOf({ run }: ClusterRun, owner: Owner): string {
  const path = `${run.plan.stateDir}/${owner.cluster}.yaml`
  writeFileSync(path, clusterFile(owner, run.options.vcnMemoryMiB))
  return path
}

/** `cluster apply --yes` to its end, whatever that is. */
export async function applyWatched(
  cluster: ClusterRun,
  owner: Owner,
  onMark: OnMark = () => Promise.resolve(),
): Promise<Finished> {
  const { plan, signal, print } = cluster.run
  const words = ['cluster', 'apply', fileOf(cluster, owner), '--yes']
  print(`$ coppice ${words.join(' ')}`)
  let ended: Finished | undefined
  const applying = coppice(plan, words, signal, applyMsMax).then((finished) => (ended = finished))
  const told = new Set<string>()
  const from = Date.now()
  while (ended === undefined) {
    await tellMarks(cluster, owner, { told, from, onMark })
    await Promise.race([applying, pause(lookEveryMs, undefined, { signal })])
  }
  await tellMarks(cluster, owner, { told, from, onMark })
  return applying
}

interface Telling {
  readonly told: Set<string>
  readonly from: number
  readonly onMark: OnMark
}

/** What an earlier bringing up left is older than this one. */
async function tellMarks(
  { run }: ClusterRun,
  owner: Owner,
  { told, from, onMark }: Telling,
): Promise<void> {
  // The appliance may be starting again, or know no such cluster yet.
  const timeline = await askApi(run.plan, `${clusterPath(owner)}/timeline`).catch(() => undefined)
  for (const { vcn, host, phases } of parseMarks(timeline)) {
    for (const { phase, at } of phases) {
      const key = `${vcn}/${phase}/${at}`
      if (at < from || told.has(key)) continue
      told.add(key)
      run.print(`${vcn}  ${seconds(at - from).padStart(6)} s  ${phase}  ${host}`)
      await onMark(vcn, phase)
    }
  }
}

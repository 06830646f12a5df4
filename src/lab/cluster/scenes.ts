// Why this file exists: what goes wrong while a cluster comes up is played on a rack of its own: each scene breaks something
// at a step of some node, and looks afterwards whether the promise was kept.
import { readFileSync } from 'node:fs'
import { lastWords, mustCoppice } from '../appliance.ts'
import { askKeeper } from '../bmc/ask.ts'
import { keeperSocket } from '../bmc/start-keeper.ts'
import type { NodeDisks } from '../host-image.ts'
import { isAlive, markOf, signal, until } from '../processes.ts'
import type { LabRun } from '../run.ts'
import { bringUp, look, type Standing } from './bring-up.ts'
import { hostsOf } from './host-shell.ts'
import { nothingLeft, takeDownCluster } from './nothing-left.ts'
import { processesOfNodes } from './on-hosts.ts'
import { demand, oneLine } from './promise.ts'
import { publish } from './publish.ts'
import type { Scene } from './scenes.table.ts'
import { clusterName, clusterRun, type ClusterRun, type Owner } from './site.ts'
import { applyWatched } from './watch-apply.ts'

const deathMsMax = 10_000
const downMsMax = 600_000

/** Small enough that one host could carry all of it. */
const computes = 2

export async function playScenes(
  run: LabRun,
  disks: NodeDisks,
  scenes: readonly Scene[],
): Promise<void> {
  const cluster = clusterRun(run, disks)
  const owner = { ...cluster.main, computes }
  await publish(cluster)
  for (const scene of scenes) {
    run.print(`\n== scene: ${scene.kind} after ${scene.after.join(', ')}`)
    await play(cluster, owner, scene)
  }
}

async function play(cluster: ClusterRun, owner: Owner, scene: Scene): Promise<void> {
  switch (scene.kind) {
    case 'core-killed':
      return coreKilled(cluster, owner, scene.after)
    case 'down-meanwhile':
      return downMeanwhile(cluster, owner, scene.after)
    case 'host-off':
      return hostOff(cluster, owner, scene.after)
  }
}

async function coreKilled(
  cluster: ClusterRun,
  owner: Owner,
  after: readonly string[],
): Promise<void> {
  const left = new Set(after)
  const standing = await bringUp(cluster, owner, async (vcn, phase) => {
    if (!left.delete(phase)) return
    cluster.run.print(`kill -9 of core after ${phase} of ${vcn}`)
    await killCore(cluster)
  })
  const promise = `core was killed after each of ${after.join(', ')}`
  const found = `never seen: ${[...left].join(', ')}`
  demand(left.size === 0, { chapter: 'core killed', promise, found }, cluster.run)
  await once(cluster, standing)
  await takeDownCluster(cluster, standing)
}

async function killCore({ run }: ClusterRun): Promise<void> {
  const pid = Number(readFileSync(`${run.plan.dataDir}/run/core.pid`, 'utf8').trim())
  const core = markOf(pid)
  if (core === undefined) return
  signal(core, 'SIGKILL')
  await until(() => !isAlive(core), deathMsMax)
}

/** Each node by exactly one process, over all hosts that are on. */
async function once(cluster: ClusterRun, { vcns }: Pick<Standing, 'vcns'>): Promise<void> {
  const counts = await processesOfNodes(cluster)
  const wrong = vcns.filter(({ fullName }) => counts.get(fullName) !== 1)
  const promise = 'each node is there once, and no other is'
  const found = [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
  const isSo = wrong.length === 0 && counts.size === vcns.length
  demand(isSo, { chapter: 'nothing twice', promise, found }, cluster.run)
}

async function downMeanwhile(
  cluster: ClusterRun,
  owner: Owner,
  after: readonly string[],
): Promise<void> {
  const { run } = cluster
  let down: Promise<string> | undefined
  let before: Standing | undefined
  const applied = await applyWatched(cluster, owner, async (vcn, phase) => {
    if (down !== undefined || !after.includes(phase)) return
    before = await look(cluster, owner)
    const words = ['cluster', 'down', clusterName(owner), '--yes']
    run.print(`$ coppice ${words.join(' ')}, after ${phase} of ${vcn}`)
    down = mustCoppice(run.plan, words, run.signal, downMsMax)
    // It is waited for below; until then its failure is nobody's.
    down.catch(() => undefined)
  })
  const chapter = 'down during apply'
  const begun = 'the cluster was taken down while it came up'
  demand(down !== undefined, { chapter, promise: begun, found: 'no such step was seen' }, run)
  await down
  const told = 'the apply says that it was ended'
  const found = `exit ${applied.exit}: ${oneLine(applied.stdout)}`
  demand(applied.exit !== 0, { chapter, promise: told, found }, run)
  run.print(`  apply said: ${lastWords(applied.stderr)}`)
  if (before !== undefined) await nothingLeft(cluster, before)
}

async function hostOff(cluster: ClusterRun, owner: Owner, after: readonly string[]): Promise<void> {
  const { run } = cluster
  let off: string | undefined
  const applied = await applyWatched(cluster, owner, async (vcn, phase) => {
    if (off !== undefined || !after.includes(phase)) return
    off = (await look(cluster, owner)).vcns.find(({ name }) => name === vcn)?.host
    if (off === undefined) return
    run.print(`the power of ${off} fails, after ${phase} of ${vcn}`)
    await askKeeper(keeperSocket(run.plan), 'POST', `/${off}/off`)
  })
  const chapter = 'host off'
  const promise = 'a host lost its power while the cluster came up'
  const dark = off ?? ''
  demand(dark !== '', { chapter, promise, found: 'no such step was seen' }, run)
  const standing = await look(cluster, owner)
  run.print(
    `  apply ended with exit ${applied.exit}: ${lastWords(applied.stderr) || oneLine(applied.stdout)}`,
  )
  if (applied.exit === 0) await placedAnew(cluster, standing, dark)
  else await undone(cluster, standing, { dark, said: applied.stderr })
}

async function placedAnew(cluster: ClusterRun, standing: Standing, dark: string): Promise<void> {
  const { vcns, owner } = standing
  const promise = `all nodes run, and none on ${dark}`
  const found = vcns.map(({ name, host, state }) => `${name} on ${host} ${state}`).join(', ')
  const isSo =
    vcns.length === owner.computes + 1 &&
    vcns.every(({ state, host }) => state === 'Running' && host !== dark)
  demand(isSo, { chapter: 'host off', promise, found }, cluster.run)
  const lit = (await hostsOf(cluster.run.plan)).filter(({ name }) => name !== dark)
  cluster.run.print(`  placed anew on ${lit.map(({ name }) => name).join(', ')}`)
}

async function undone(
  cluster: ClusterRun,
  standing: Standing,
  { dark, said }: { readonly dark: string; readonly said: string },
): Promise<void> {
  const promise = 'the reason names the host'
  demand(said.includes(dark), { chapter: 'host off', promise, found: said }, cluster.run)
  await nothingLeft(cluster, standing, ({ name }) => name !== dark)
}

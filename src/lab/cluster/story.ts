// Why this file exists: the second half of the road, from hosts that are ready to virtual clusters with a figure and back to
// bare hosts, as one story; each chapter is a file of its own.
import { seconds } from '../table.ts'
import type { LabRun } from '../run.ts'
import type { NodeDisks } from '../host-image.ts'
import { applyAgain } from './again.ts'
import { benchmark } from './benchmark.ts'
import { bringUp, type Standing, wholeTimeline } from './bring-up.ts'
import { checkInside } from './inside.ts'
import { checkIsolation } from './isolation.ts'
import { nfsAway } from './nfs-away.ts'
import { takeDownCluster } from './nothing-left.ts'
import { checkOnHosts } from './on-hosts.ts'
import { plainLoop } from './plain-loop.ts'
import { order, publish } from './publish.ts'
import { clusterName, clusterRun, type ClusterRun } from './site.ts'
import { besideTable, marksTable, type PlainStart } from './timeline-table.ts'
import type { VcnMarks } from './views.ts'

export async function runClusters(run: LabRun, disks: NodeDisks): Promise<void> {
  const cluster = clusterRun(run, disks)
  const { main } = cluster
  const chapter = chapters(run)
  await chapter('images and virtual organizations', () => publish(cluster))
  const standing = await chapter('a cluster', () => bringUp(cluster, main))
  const marks = await wholeTimeline(cluster, main)
  await order(cluster, ['cluster', 'timeline', clusterName(main)])
  await chapter('the same once more', () => applyAgain(cluster, main))
  await chapter('on the hosts', () => checkOnHosts(cluster, standing))
  await chapter('inside', () => checkInside(cluster, standing))
  const figures = run.options.until === 'all' ? await restOfAll(cluster, standing) : undefined
  await chapter('down', () => takeDownCluster(cluster, standing))
  sumUp(run, marks, figures)
}

interface Figures {
  readonly hpl: readonly string[]
  readonly plain: readonly PlainStart[]
}

async function restOfAll(cluster: ClusterRun, standing: Standing): Promise<Figures> {
  const { run, main, other } = cluster
  const chapter = chapters(run)
  const stranger = await chapter('another VO beside it', () => bringUp(cluster, other))
  await chapter('isolation', () => checkIsolation(cluster, standing, stranger))
  await chapter('the other VO down', () => takeDownCluster(cluster, stranger))
  await chapter('NFS away', () => nfsAway(cluster, standing))
  const hpl = await chapter('HPL', () => benchmark(cluster, standing))
  const plain = await chapter('a plain shell loop', () => plainLoop(cluster, standing))
  await chapter('nodes that have ended are started again', () => bringUp(cluster, main))
  return { hpl, plain }
}

export type Chapter = <T>(title: string, tell: () => Promise<T>) => Promise<T>

export function chapters({ print }: LabRun): Chapter {
  return async (title, tell) => {
    const from = performance.now()
    print(`\n== ${title}`)
    const came = await tell()
    print(`== ${title}: ${seconds(performance.now() - from)} s`)
    return came
  }
}

const footnote =
  'The plain loop starts the same QEMU command lines on the same hosts from cold caches, on taps of its own, and asks neither LDAP nor DNS. What libvirt does before a process starts is mostly the filter against spoofing of its NIC: dozens of calls of ebtables and iptables, which an emulated processor is slow at.'

function sumUp({ print }: LabRun, marks: readonly VcnMarks[], figures: Figures | undefined): void {
  print(`\n${marksTable(marks)}\n`)
  if (figures !== undefined) {
    print(`${besideTable(marks, figures.plain)}\n${footnote}\n`)
    for (const line of figures.hpl) print(line)
  }
  print(
    `From power buttons to a virtual cluster${figures === undefined ? '' : ' with an HPL figure'} and back: every promise was kept.`,
  )
}

// Why this file exists: how long each node took for each phase of its start, and what that comes to over all of them, is the
// figure by which virtual clusters are judged.
import type { Command } from 'commander'
import type { ClusterTimelineView, Spread } from '#api'
import { type Column, plainText, tableLines } from '../output/table.ts'
import { printThing } from '../output/print.ts'
import type { Call } from '../program/call.ts'
import { clusterNamed, clusterText, voFlag, type VoFlag } from '../program/named-clusters.ts'
import { type Declare, watchFlag } from '../program/noun.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

type Node = ClusterTimelineView['vcns'][number]
type Phase = ClusterTimelineView['phases'][number]

export function declareClusterTimeline(noun: Command, declare: Declare): void {
  declare<WatchFlags & VoFlag>(noun, {
    name: 'timeline',
    summary: 'show how the nodes of a cluster started, phase by phase',
    help: 'Each time is in seconds since the phase before; then mean, least and most over all nodes.\n\n  coppice cluster timeline hpl',
    words: [['<name>', 'the cluster']],
    flags: [voFlag, watchFlag],
    run: (call) =>
      showing(call, async () => {
        const ref = await clusterNamed(call, call.words[0] ?? '')
        const view = await (await call.appliance()).clusters.timeline(ref)
        if (call.flags.output === 'table') printForPeople(call, view)
        else await printThing(call.io, call.flags, view, clusterText(ref))
      }),
  })
}

function printForPeople({ io, flags }: Call<unknown>, view: ClusterTimelineView): void {
  const { vcns, phases, boot, whole } = view
  const lines = [
    `${clusterText(view)}: seconds since the phase before`,
    ...tableLines(vcns, nodeColumns(view), flags.headers),
    '',
    ...tableLines(phases, phaseColumns, flags.headers),
    ...(whole === undefined ? [] : [spreadText('a VCN from reserved to reachable', whole)]),
    ...(boot === undefined ? [] : [spreadText('boot time of a VCN (started to reachable)', boot)]),
  ]
  io.out(lines.join('\n'))
}

/** A column for each phase, in the order of the appliance. */
function nodeColumns({ phases }: ClusterTimelineView): readonly Column<Node>[] {
  return [
    { title: 'vcn', text: ({ vcn }) => vcn },
    { title: 'host', text: ({ host }) => host },
    ...phases.map(({ phase }) => ({
      title: phase,
      text: (node: Node) => {
        const reached = node.phases.find((one) => one.phase === phase)
        return reached === undefined ? '-' : secondsText(reached.sinceMs)
      },
    })),
  ]
}

const phaseColumns: readonly Column<Phase>[] = [
  { title: 'phase', text: ({ phase }) => phase },
  { title: 'mean', text: ({ meanMs }) => secondsText(meanMs) },
  { title: 'min', text: ({ minMs }) => secondsText(minMs) },
  { title: 'max', text: ({ maxMs }) => secondsText(maxMs) },
  { title: 'vcns', text: ({ vcns }) => String(vcns) },
]

function spreadText(what: string, { meanMs, minMs, maxMs }: Spread): string {
  const [mean, min, max] = [meanMs, minMs, maxMs].map(secondsText)
  return plainText(`${what}: mean ${mean} s, min ${min} s, max ${max} s`)
}

function secondsText(ms: number): string {
  return (ms / 1000).toFixed(1)
}

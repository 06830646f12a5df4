// Why this file exists: HPL runs over the nodes of a cluster or over bare hosts are ordered, kept, and set side by side.
import type { Command } from 'commander'
import type { HplComparisonView, HplRequest, HplRunView } from '#api'
import { Fault } from '#fault'
import { foldNodeSet } from '#directory'
import { type Listing, printList, printThing } from '../output/print.ts'
import { plainText } from '../output/table.ts'
import { type Call, namedBy, tell } from '../program/call.ts'
import { demandDone, followJob, patiently } from '../program/follow-job.ts'
import { clusterNamed, voFlag, type VoFlag, wordsOf } from '../program/named-clusters.ts'
import { type Declare, type Flag, watchFlag } from '../program/noun.ts'
import { showEach } from '../program/show.ts'
import { showing, type WatchFlags } from '../program/watch.ts'
import { type ProblemFlags, problemOf, sameProblem } from './hpl-problem.ts'

type RunFlags = ProblemFlags & VoFlag & { readonly bare?: boolean; readonly hosts?: string }

const runListing: Listing<HplRunView> = {
  nameOf: ({ id }) => id,
  columns: [
    { title: 'id', text: ({ id }) => id },
    { title: 'side', text: ({ side }) => side },
    { title: 'subject', text: ({ subject }) => subject },
    { title: 'state', text: ({ state }) => state },
    { title: 'N', text: ({ N }) => String(N) },
    { title: 'NB', text: ({ NB }) => String(NB) },
    { title: 'P x Q', text: ({ P, Q }) => `${P} x ${Q}` },
    { title: 'gflops', text: ({ gflops }) => (gflops === undefined ? '-' : String(gflops)) },
    { title: 'time', text: ({ seconds }) => (seconds === undefined ? '-' : `${seconds} s`) },
    { title: 'started', text: ({ startedAt }) => startedAt },
    { title: 'label', text: ({ label }) => label ?? '' },
  ],
}

const problemFlags: readonly Flag[] = [
  ['--n <number>', 'order of the matrix (default: by the memory of the nodes)'],
  ['--nb <number>', 'block size'],
  ['--p <number>', 'rows of the process grid'],
  ['--q <number>', 'columns of the process grid'],
  ['--ranks-per-node <number>', 'MPI processes on each node'],
  ['--seconds <number>', 'end the run when it takes longer'],
]

export function declareHplRuns(noun: Command, declare: Declare): void {
  declare<RunFlags>(noun, {
    name: 'run',
    summary: 'run HPL over the nodes of a cluster, or over bare hosts',
    help: 'With --bare the same problem is run afterwards on the bare hosts that carry the cluster, and both are set side by side. A result of another problem than the one that was asked is no figure: exit 1.\n\n  coppice hpl run physics/hpl --bare\n  coppice hpl run --hosts "n[001-002]"',
    words: [['[cluster]', 'the cluster']],
    flags: [
      voFlag,
      ['--bare', 'afterwards the same on the bare hosts that carry the cluster'],
      ['--hosts <set>', 'node set of bare hosts, instead of a cluster'],
      ...problemFlags,
    ],
    run: runHpl,
  })
  declare<WatchFlags>(noun, {
    name: 'history',
    summary: 'list HPL runs',
    help: '  coppice hpl history',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).hpl.list()
        await printList(call.io, call.flags, all, runListing)
      }),
  })
  declare(noun, {
    name: 'show',
    summary: 'show all that is known of HPL runs',
    help: '  coppice hpl show ID',
    words: [['<ids...>', 'ids as "hpl history" shows them']],
    run: async (call) => {
      const { hpl } = await call.appliance()
      return showEach(call, await wordsOf(call), runListing, (id) => hpl.show(id))
    },
  })
  declare(noun, {
    name: 'compare',
    summary: 'set a run on virtual nodes beside one on bare hosts',
    help: 'Only runs that differ in nothing else can be compared: the same N, NB, P, Q, program and BLAS.\n\n  coppice hpl compare VIRTUAL PHYSICAL',
    words: [
      ['<virtual>', 'id of the run on a cluster'],
      ['<physical>', 'id of the run on bare hosts'],
    ],
    run: async (call) => {
      const [virtual = '', physical = ''] = call.words
      await printComparison(call, await (await call.appliance()).hpl.compare(virtual, physical))
    },
  })
}

async function runHpl(call: Call<RunFlags>): Promise<void> {
  const problem = problemOf(call.flags)
  const on = await placeOf(call)
  const { clusters, hpl } = await call.appliance()
  // Known before the long run: what carries a cluster may change afterwards.
  const hosts =
    call.flags.bare === true && on.kind === 'cluster' ? (await clusters.show(on)).hosts : undefined
  const first = await ranThrough(call, { on, ...problem })
  sameProblem(first, problem)
  if (hosts === undefined) return printRun(call, first)
  if (call.flags.output === 'table') await printRun(call, first)
  const { N, NB, P, Q } = first
  const ranksPerNode = (P * Q) / hosts.length
  const second = await ranThrough(call, {
    on: { kind: 'hosts', hosts },
    N,
    NB,
    P,
    Q,
    secondsMax: problem.secondsMax,
    ...(Number.isInteger(ranksPerNode) && { ranksPerNode }),
  })
  sameProblem(second, first)
  if (call.flags.output === 'table') await printRun(call, second)
  await printComparison(call, await hpl.compare(first.id, second.id))
}

/** The nodes of the cluster, or the bare hosts: one of both. */
async function placeOf(call: Call<RunFlags>): Promise<HplRequest['on']> {
  const [word] = call.words
  const { hosts, bare } = call.flags
  if ((word === undefined) === (hosts === undefined) || (hosts !== undefined && bare === true)) {
    throw new Fault('CPC-CLI-001', {
      what: 'it is not clear where HPL is to run',
      where: 'coppice hpl run',
      why: 'it wants either a cluster, with or without --bare, or --hosts',
      todo: 'for example: coppice hpl run physics/hpl --bare',
    })
  }
  return hosts === undefined
    ? { kind: 'cluster', ...(await clusterNamed(call, word ?? '')) }
    : { kind: 'hosts', hosts: await namedBy([hosts], call) }
}

async function ranThrough(call: Call<unknown>, request: HplRequest): Promise<HplRunView> {
  const { hpl } = await call.appliance()
  const begun = await hpl.run(request)
  tell(call, `job ${begun.id} runs HPL on ${plainText(begun.subject)}`)
  const ended = await followJob(call, begun)
  for (const note of ended.notes) tell(call, `note: ${plainText(note)}`)
  demandDone(ended)
  const { run } = ended
  if (run !== undefined) return patiently(call, ended, () => hpl.show(run))
  throw new Fault('CPC-CLI-016', {
    what: 'the run left no figure',
    where: `job ${ended.id}, ${ended.subject}`,
    why: 'the job is done, and names no run',
    todo: 'look at: coppice hpl history',
  })
}

async function printRun(call: Call<unknown>, run: HplRunView): Promise<void> {
  const { io, flags } = call
  if (flags.output !== 'table') return printThing(io, flags, run, run.id)
  for (const line of runLines(run)) io.out(plainText(line))
}

function runLines(run: HplRunView): readonly string[] {
  const { side, subject, nodes, N, NB, P, Q, gflops, seconds, label, id } = run
  return [
    `HPL on ${subject} (${side}): ${gflops ?? '-'} GFLOPS in ${seconds ?? '-'} s`,
    `  N ${N}, NB ${NB}, P x Q ${P} x ${Q}, on ${foldNodeSet(nodes)}, run ${id}`,
    ...(label === undefined ? [] : [`  ${label}`]),
  ]
}

async function printComparison(call: Call<unknown>, compared: HplComparisonView): Promise<void> {
  const { io, flags } = call
  const { virtual, physical, lines, label } = compared
  if (flags.output !== 'table') {
    return printThing(io, flags, compared, `${virtual.id} ${physical.id}`)
  }
  for (const line of lines) io.out(plainText(line))
  if (label !== undefined && !lines.some((line) => line.includes(label))) io.out(plainText(label))
}

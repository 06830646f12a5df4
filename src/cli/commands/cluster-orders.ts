// Why this file exists: what a cluster file asks for is planned, shown, agreed to and carried out, exactly as it was shown.
import type { Command } from 'commander'
import type { ClusterView, JobView, PlanView } from '#api'
import { exitStatus, Fault } from '#fault'
import type { Appliance } from '../client/appliance.ts'
import type { ClusterRef } from '../client/clusters.ts'
import { planLines } from '../output/plan.ts'
import { printThing } from '../output/print.ts'
import { type Call, type Outcome, tell } from '../program/call.ts'
import { readClusterFile } from '../program/cluster-file.ts'
import { demandYes } from '../program/confirm.ts'
import { concludeJob, followJob, patiently } from '../program/follow-job.ts'
import { clusterNamed, clusterText, voFlag, type VoFlag } from '../program/named-clusters.ts'
import { type Declare, dryRunFlag, yesFlag } from '../program/noun.ts'

interface ApplyFlags {
  readonly yes?: boolean
  readonly plan?: string
  readonly dryRun?: boolean
}

type DownFlags = VoFlag & { readonly yes?: boolean; readonly dryRun?: boolean }

export function declareClusterOrders(noun: Command, declare: Declare): void {
  declare<{ detailedExitcode?: boolean }>(noun, {
    name: 'plan',
    summary: 'show what would change, where each node goes, and why',
    help: 'Changes nothing. The hash below the plan is for "coppice cluster apply --plan".\n\n  coppice cluster plan hpl.yaml',
    words: [['<file>', 'the cluster file, or - for standard input']],
    flags: [['--detailed-exitcode', 'exit 10 when there is something to do']],
    run: plan,
  })
  declare<ApplyFlags>(noun, {
    name: 'apply',
    summary: 'make a cluster as its file describes it',
    help: 'Plans, shows the plan, asks, and does exactly that; the room for the whole cluster is reserved or none. Where nobody can be asked, give --yes, or --plan with the hash of a plan that was seen: if it is that plan no longer, nothing is done (exit 5). When there is nothing to do, it says "0 changes". The job goes on when this command is ended; see "coppice job".\n\n  coppice cluster apply hpl.yaml --yes',
    words: [['<file>', 'the cluster file, or - for standard input']],
    flags: [
      yesFlag,
      ['--plan <hash>', 'only if it is exactly this plan; does not ask'],
      dryRunFlag,
    ],
    run: apply,
  })
  declare<DownFlags>(noun, {
    name: 'down',
    summary: 'take a cluster down, and everything of it away',
    help: 'Its nodes with their disks, entries, addresses and reservations; images stay. An apply that is under way is ended.\n\n  coppice cluster down physics/hpl',
    words: [['<name>', 'the cluster']],
    flags: [voFlag, yesFlag, dryRunFlag],
    run: down,
  })
}

async function plan(call: Call<{ detailedExitcode?: boolean }>): Promise<Outcome> {
  const { io, flags, words } = call
  const { clusters } = await call.appliance()
  const planned = await clusters.plan(await readClusterFile(words[0] ?? '', io))
  if (flags.output === 'table') printPlan(call, planned, io.out)
  else await printThing(io, flags, planned, planned.hash)
  return flags.detailedExitcode === true && !planned.isEmpty ? exitStatus.changes : undefined
}

async function apply(call: Call<ApplyFlags>): Promise<void> {
  const { io, flags, words } = call
  const { clusters } = await call.appliance()
  const file = await readClusterFile(words[0] ?? '', io)
  const planned = await clusters.plan(file)
  if (flags.plan !== undefined && flags.plan !== planned.hash) throw stale(flags.plan, planned)
  if (planned.isEmpty) return printNothingToDo(call, planned)
  showBefore(call, planned)
  if (flags.dryRun === true) return
  if (flags.plan === undefined) {
    await demandYes(
      call,
      `Apply this to ${clusterText(planned)}`,
      `look at the plan above, then give --yes or --plan ${planned.hash}`,
    )
  }
  const job = await seenThrough(call, await clusters.apply(file, planned.hash))
  await printOutcome(call, planned, job)
}

async function down(call: Call<DownFlags>): Promise<void> {
  const { flags, words } = call
  const { clusters } = await call.appliance()
  const cluster = await clusterNamed(call, words[0] ?? '')
  const planned = await clusters.planDown(cluster)
  if (planned.isEmpty) return printNothingToDo(call, planned)
  showBefore(call, planned)
  if (flags.dryRun === true) return
  await demandYes(
    call,
    `Take ${clusterText(cluster)} down`,
    'look at what goes, above, then give --yes',
  )
  const job = await seenThrough(call, await clusters.down(cluster))
  if (flags.output === 'table') call.io.out(`cluster ${job.subject} is gone`)
}

/** For programs, standard output is for what came of it. */
function showBefore(call: Call<{ dryRun?: boolean }>, planned: PlanView): void {
  const { io, flags } = call
  printPlan(call, planned, flags.output === 'table' ? io.out : io.err)
  if (flags.dryRun === true) tell(call, 'nothing was done')
}

function printPlan({ flags }: Call<unknown>, planned: PlanView, out: (line: string) => void): void {
  out(planLines(planned, flags.headers).join('\n'))
  if (!planned.isEmpty) out(`plan ${planned.hash}`)
}

async function printNothingToDo(call: Call<unknown>, planned: PlanView): Promise<void> {
  if (call.flags.output === 'table') call.io.out('0 changes')
  else await printThing(call.io, call.flags, planned, clusterText(planned))
}

async function seenThrough(call: Call<unknown>, begun: JobView): Promise<JobView> {
  tell(
    call,
    `job ${begun.id} works on ${begun.subject}; it goes on without us: coppice job watch ${begun.id}`,
  )
  const ended = await followJob(call, begun)
  await concludeJob(call, ended)
  return ended
}

async function printOutcome(call: Call<unknown>, planned: ClusterRef, job: JobView): Promise<void> {
  if (call.flags.output !== 'table') return
  const ref = { vo: planned.vo, cluster: planned.cluster }
  const view = await patiently(call, job, async (): Promise<ClusterView> => {
    const { clusters }: Appliance = await call.appliance()
    return clusters.show(ref)
  })
  const { vcns, running } = view
  const nodes = running === vcns ? `${vcns} nodes run` : `${running} of ${vcns} nodes run`
  call.io.out(`cluster ${clusterText(ref)}: ${nodes}, ${job.changes} changed`)
}

function stale(hash: string, planned: PlanView): Fault {
  return new Fault('CPC-VOC-017', {
    what: 'the plan is stale',
    where: `${clusterText(planned)}, plan ${hash}`,
    why: `what the file asks for is now the plan ${planned.hash}: something changed since`,
    todo: 'look at the plan of now: coppice cluster plan FILE',
  })
}

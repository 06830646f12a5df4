// Why this file exists: one run from its machines to a checked figure, step by step, and whatever happens on the way, what
// it put on the machines is taken away again.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { formatIp4 } from '#directory'
import { Fault } from '#fault'
import type { SshIdentity } from '#host'
import {
  type AskedRun,
  authorizedKeyLine,
  type ChosenRun,
  chooseRun,
  explainRefusal,
  figureOf,
  type HplResult,
  type LaunchPlan,
  planLaunch,
  type Problem,
  type Program,
  readOutput,
} from '#hpl'
import { makeKeyPair } from '../cluster-keys.ts'
import { type Crew, type Member, unfit } from './crew.ts'
import type { RunProgram } from './program.ts'
import { forEach, type Ways, waysToHosts, waysToNodes } from './reach.ts'
import {
  clean,
  follow,
  keyName,
  type Remote,
  restartedCode,
  start,
  type Survey,
  survey,
  unlock,
} from './remote.ts'
import type { RemotePlace } from './scripts.ts'

export interface RunOrder {
  readonly id: string
  readonly crew: Crew
  readonly asked: AskedRun
  readonly secondsMax: number
}

export interface RunParts {
  readonly run: RunProgram
  readonly place: RemotePlace
  /** Of benchmarks alone, 0700. */
  readonly folder: string
  readonly sshIdentity: SshIdentity
  /** The private key of the cluster whose nodes these are. */
  readonly clusterSecret: (crew: Crew) => string | undefined
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
}

/** How far a run is, for whoever watches. */
export interface Progress {
  readonly at: (stage: Stage, detail?: string) => void
  readonly chosen: (problem: Problem, program: Program, isEmulated: boolean) => void
  readonly note: (text: string) => void
}

export const stages = ['waiting', 'asking', 'preparing', 'running', 'cleaning'] as const
export type Stage = (typeof stages)[number]

/** After mpirun's own limit, which is the one that ends it in good order. */
const graceMs = 90_000
const membersAtOnceMax = 8

export async function performRun(
  order: RunOrder,
  parts: RunParts,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<HplResult> {
  const folder = mkdtempSync(join(parts.folder, 'run-'))
  try {
    progress.at('asking')
    const { run, place, pause } = parts
    const pair = await keysFor(order.crew, parts, folder)
    const ways = await waysTo(order.crew, { secret: pair.secret, folder, signal }, parts)
    const remote: Remote = { ways, run, place, signal, pause }
    return await thenCleaned(order, { remote, pair, progress, now: parts.now })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whatever became of the run: only cleaning asks every machine, and so finds one that went down under it. */
async function thenCleaned(order: RunOrder, doing: Doing): Promise<HplResult> {
  const { remote, progress } = doing
  const run = withMachines(order, doing)
  const [ended] = await Promise.allSettled([run])
  progress.at('cleaning')
  const complaints = await cleanAll(order, remote, progress)
  const restarted = complaints.find(({ code }) => code === restartedCode)
  if (ended.status === 'rejected' && restarted !== undefined)
    throw new Fault(restarted.code, restarted.text, { cause: ended.reason })
  return run
}

interface RunKeys {
  readonly secret: string
  /** To be let into the machines for the run; absent where it is at home. */
  readonly line?: string
}

async function keysFor(crew: Crew, parts: RunParts, folder: string): Promise<RunKeys> {
  if (crew.side === 'virtual') {
    const secret = parts.clusterSecret(crew)
    if (secret !== undefined) return { secret }
    throw unfit(crew.subject, 'we have no SSH key of this cluster, so it was not made by us')
  }
  const { secret, publicKey } = await makeKeyPair(folder)
  const line = authorizedKeyLine(publicKey, crew.network)
  if (line === undefined)
    throw new RangeError('ssh-keygen made another kind of key than it was asked')
  return { secret, line }
}

function waysTo(
  crew: Crew,
  { secret, folder, signal }: { secret: string; folder: string; signal: AbortSignal },
  { run, sshIdentity }: RunParts,
): Promise<Ways> {
  return crew.side === 'virtual'
    ? waysToNodes(crew, secret, { run, folder, signal })
    : Promise.resolve(waysToHosts(sshIdentity))
}

interface Doing {
  readonly remote: Remote
  readonly pair: RunKeys
  readonly progress: Progress
  readonly now: () => number
}

async function withMachines(order: RunOrder, doing: Doing): Promise<HplResult> {
  const { remote, progress } = doing
  const { members } = order.crew
  const workDir = workDirOf(order, remote)
  const surveys = await forEach(members, membersAtOnceMax, (member) =>
    survey(remote, member, workDir),
  )
  const program = sameProgram(surveys)
  const facts = surveys.map((each) => each.facts)
  const chosen = chooseRun(order.asked, facts)
  if (!chosen.ok) throw explainRefusal(chosen.refusal, order.crew.subject)
  const isEmulated = facts.some((each) => each.isEmulated)
  progress.chosen(chosen.value.problem, program, isEmulated)
  progress.at('preparing')
  const plan = planOf(order, chosen.value, remote)
  return launch(order, plan, { ...doing, problem: chosen.value.problem })
}

function workDirOf({ id }: RunOrder, { place }: Remote): string {
  return `${place.folder}/${id}`
}

function sameProgram(surveys: readonly Survey[]): Program {
  const [first] = surveys
  if (first === undefined) throw new RangeError('a run without machines')
  const other = surveys.find(
    ({ program }) => program.sha256 !== first.program.sha256 || program.blas !== first.program.blas,
  )
  if (other === undefined) return first.program
  const describe = ({ member, program }: Survey): string =>
    `${member.name}: hpcc ${program.sha256.slice(0, 12)}…, ${program.blas}`
  throw new Fault('CPC-HPL-015', {
    what: 'the machines of the run differ in what they would run',
    where: 'hpcc and BLAS',
    why: `${describe(first)}; ${describe(other)}`,
    todo: 'bring all of them up from the same image',
  })
}

function planOf(order: RunOrder, { problem, ranks }: ChosenRun, remote: Remote): LaunchPlan {
  const { crew, secondsMax } = order
  const workDir = workDirOf(order, remote)
  const planned = planLaunch({
    problem,
    hosts: crew.members.map((member, at) => ({
      address: formatIp4(member.address),
      ranks: ranks[at] ?? 0,
      hostKey: remote.ways.hostKeyOf(member),
    })),
    network: crew.network,
    workDir,
    keyFile: `${workDir}/${keyName}`,
    secondsMax,
  })
  if (planned.ok) return planned.value
  throw explainRefusal(planned.refusal, crew.subject)
}

async function launch(
  order: RunOrder,
  plan: LaunchPlan,
  { remote, pair, progress, now, problem }: Doing & { readonly problem: Problem },
): Promise<HplResult> {
  const [head, ...others] = order.crew.members
  if (head === undefined) throw new RangeError('a run without machines')
  const { line, secret } = pair
  if (line !== undefined) {
    await forEach(others, membersAtOnceMax, (member) => unlock(remote, member, line))
  }
  await start(remote, head, plan, secret)
  progress.at('running', 'hpcc')
  const startedAt = now()
  let status = 0
  try {
    const followed = await follow(remote, head, {
      workDir: plan.workDir,
      deadlineMs: order.secondsMax * 1000 + graceMs,
      onPart: (part) => progress.at('running', `hpcc: ${part}`),
    })
    status = followed.status
    const figure = checked(followed.output, problem, order.id)
    if (status !== 0) progress.note(`mpirun ended with status ${status} after the figure`)
    return figure
  } catch (error) {
    const isLate = now() - startedAt >= order.secondsMax * 1000 || status === lateStatus
    if (!isLate || remote.signal.aborted) throw error
    throw tooSlow(order, head, error)
  }
}

/** What mpirun ends with when it has ended the run for its time. */
const lateStatus = 110

/** hpcc without its processes solves another problem and says PASSED: only what was asked is a figure. */
function checked(output: string, problem: Problem, id: string): HplResult {
  const where = `the output of run ${id}`
  const read = readOutput(output)
  if (!read.ok) throw explainRefusal(read.refusal, where)
  const figure = figureOf(read.value, problem)
  if (figure.ok) return figure.value
  throw explainRefusal(figure.refusal, where)
}

function tooSlow({ secondsMax }: RunOrder, { name }: Member, cause: unknown): Fault {
  return new Fault(
    'CPC-HPL-017',
    {
      what: 'the run was not done in its time',
      where: name,
      why: `it may take ${secondsMax} s`,
      todo: 'give it more, or a smaller problem: coppice hpl run … --seconds S --n N',
    },
    { cause },
  )
}

/** Whoever called the run off did not mean this; it has deadlines of its own. What it met is told. */
async function cleanAll(
  order: RunOrder,
  remote: Remote,
  progress: Progress,
): Promise<readonly Fault[]> {
  const calm: Remote = { ...remote, signal: new AbortController().signal }
  const complaints = await forEach(order.crew.members, membersAtOnceMax, async (member) => {
    try {
      await clean(calm, member, workDirOf(order, remote))
      return []
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      progress.note(`${member.name} is not clean, its next run will: ${error.text.why}`)
      return [error]
    }
  })
  return complaints.flat()
}

// Why this file exists: each thing that a run asks of a machine: with how long it may take, how often it may be asked again,
// and how its answer is read, since the machine may belong to a tenant.
import { basename } from 'node:path'
import { Fault } from '#fault'
import {
  type LaunchPlan,
  type NodeFacts,
  outputCharsMax,
  type Program,
  programFrom,
  readNodeFacts,
} from '#hpl'
import { tarArchive } from '../archive.ts'
import type { Member } from './crew.ts'
import type { ProgramEnding, ProgramOrder, RunProgram } from './program.ts'
import { silent, type Ways } from './reach.ts'
import { outputMark, type RemotePlace, scriptCommand, surveyMarks } from './scripts.ts'

export interface Remote {
  readonly ways: Ways
  readonly run: RunProgram
  readonly place: RemotePlace
  readonly signal: AbortSignal
  readonly pause: (ms: number) => Promise<unknown>
}

const askDeadlineMs = 120_000
/** A machine with a thousand processors describes them in a megabyte. */
const answerBytesMax = 4 * 2 ** 20
const triesMax = 3
const betweenTriesMs = 5_000
/** What ssh itself ends with when it did not get through, or was cut off. */
const sshStatus = 255
/** How ssh says that the machine shows another host key than we know. */
const otherKeyMark = 'HOST IDENTIFICATION HAS CHANGED'

export interface Survey {
  readonly member: Member
  readonly program: Program
  readonly facts: NodeFacts
}

export async function survey(remote: Remote, member: Member, workDir: string): Promise<Survey> {
  const { folder, authorizedKeys } = remote.place
  const command = scriptCommand('survey', folder, workDir, keysOf(remote, authorizedKeys))
  const text = await askAgain(remote, member, { command })
  const program = programFrom({
    digest: between(text, surveyMarks.digest, surveyMarks.blas),
    blas: between(text, surveyMarks.blas, surveyMarks.facts),
  })
  const facts = readNodeFacts(text.slice(text.indexOf(surveyMarks.facts)))
  if (facts === undefined) throw silent(member, 'it does not tell its processors and memory')
  if (program !== undefined) return { member, program, facts }
  throw new Fault('CPC-HPL-015', {
    what: 'a machine of the run lacks the benchmark',
    where: member.name,
    why: 'there is no /usr/bin/hpcc, or no BLAS library that libblas.so.3 leads to',
    todo: 'use an image with the Debian packages hpcc, openmpi-bin and libopenblas0-serial',
  })
}

function between(text: string, from: string, to: string): string {
  const start = text.indexOf(`${from}\n`)
  const end = text.indexOf(`${to}\n`, start)
  return start === -1 || end === -1 ? '' : text.slice(start + from.length + 1, end)
}

/** Nodes keep the key of their cluster; only hosts are opened for a run, and locked after it. */
function keysOf({ ways }: Remote, authorizedKeys: string): string {
  return ways.areLocked ? authorizedKeys : '/nonexistent'
}

/** Lets the run's key into a host; `clean` locks it again. */
export async function unlock(remote: Remote, member: Member, line: string): Promise<void> {
  const command = scriptCommand('unlock', remote.place.authorizedKeys)
  await askAgain(remote, member, { command, input: Buffer.from(`${line}\n`) })
}

/** Never asked again: whoever was cut off does not know whether it began. */
export async function start(
  remote: Remote,
  member: Member,
  plan: LaunchPlan,
  secret: string,
): Promise<void> {
  const files = plan.files.map(({ path, text }) => ({ name: basename(path), content: text }))
  const env = Object.entries(plan.env).map(([name, value]) => `${name}=${value}`)
  const ending = await ask(remote, member, {
    command: scriptCommand('start', plan.workDir, 'env', ...env, ...plan.argv),
    input: tarArchive([...files, { name: keyName, content: secret }], 0),
  })
  if (ending.status !== 0) throw silent(member, complaintOf(ending))
}

/** The private key's name in the folder of the run. */
export const keyName = 'key'

export interface Followed {
  /** mpirun's exit status. */
  readonly status: number
  /** hpcc's output, and what mpirun said. */
  readonly output: string
}

export interface Following {
  readonly workDir: string
  readonly deadlineMs: number
  readonly onPart: (part: string) => void
}

const logBytesMax = 64 * 1024
const partLine = /^part Begin of (\w{1,40}) section\.$/

/** Waits for the end of what was started; a connection that breaks is made again. */
export async function follow(
  remote: Remote,
  member: Member,
  { workDir, deadlineMs, onPart }: Following,
): Promise<Followed> {
  const outputBytesMax = outputCharsMax - logBytesMax
  const text = await askAgain(remote, member, {
    command: scriptCommand('follow', workDir, String(outputBytesMax), String(logBytesMax)),
    deadlineMs,
    outputBytesMax: outputCharsMax + logBytesMax,
    onLine(line) {
      const part = partLine.exec(line)?.[1]
      if (part !== undefined) onPart(part)
    },
  })
  const at = text.indexOf(`${outputMark}\n`)
  const ended = /^ended (\d{1,3})$/m.exec(text.slice(0, Math.max(at, 0)))?.[1]
  if (ended !== undefined) {
    return { status: Number(ended), output: text.slice(at + outputMark.length + 1) }
  }
  throw new Fault('CPC-HPL-020', {
    what: 'the run vanished from its machine',
    where: member.name,
    why: 'mpirun is gone and left no exit status',
    todo: 'look whether the machine was restarted or ran out of memory, and repeat the run',
  })
}

/** Without the run's own signal: it is what follows when that was given. */
export async function clean(remote: Remote, member: Member, workDir: string): Promise<void> {
  const keys = keysOf(remote, remote.place.authorizedKeys)
  await askAgain(remote, member, { command: scriptCommand('clean', workDir, keys) })
}

type Question = Partial<Omit<ProgramOrder, 'argv' | 'signal'>> & {
  readonly command: readonly string[]
}

async function askAgain(remote: Remote, member: Member, question: Question): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const ending = await ask(remote, member, question)
    if (ending.status === 0) return ending.output
    if (ending.complaint.includes(otherKeyMark)) throw restarted(member)
    const isWorthIt = ending.status === sshStatus && tries < triesMax && !remote.signal.aborted
    if (!isWorthIt) throw silent(member, complaintOf(ending))
    await remote.pause(betweenTriesMs)
  }
}

function ask({ ways, run, signal }: Remote, member: Member, question: Question) {
  const { command, ...order } = question
  return run({
    deadlineMs: askDeadlineMs,
    outputBytesMax: answerBytesMax,
    ...order,
    argv: ways.argvTo(member, command),
    signal,
  })
}

/** What else went wrong with a run follows from this. */
export const restartedCode = 'CPC-HPL-021'

function restarted({ name }: Member): Fault {
  return new Fault(restartedCode, {
    what: 'a machine of the run was restarted under it',
    where: name,
    why: 'it shows another SSH host key than it did when the run began, and each boot makes one',
    todo: 'look at its console for the reason, and repeat the run',
  })
}

function complaintOf({ why, complaint, status }: ProgramEnding): string {
  if (why !== undefined) return why
  return complaint.trim() === '' ? `the command ended with status ${status}` : complaint
}

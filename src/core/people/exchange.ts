// Why this file exists: the two things that are said to a host about people, over SSH, and how its answers are read: they
// come from a machine that others may be root on.
import type { AccountFiles, BaseFiles, Ended, Held } from '#host'
import { readHeld } from '#host'
import { tarArchive } from '../archive.ts'
import type { ProgramEnding, RunProgram } from '../benchmarks/program.ts'
import { askCommand, type PeoplePlace, takeCommand, takeStatus } from './scripts.ts'

/** What a host has been told so far. */
export interface Known {
  /** Empty when it was told nothing since it was started. */
  readonly digest: string
  readonly held: readonly Held[]
  /** Whose log-ins it was told to end, and has not yet. */
  readonly pending: readonly Ended[]
  readonly base: BaseFiles
}

export interface PeopleOrder {
  readonly known: Known
  readonly wanted: AccountFiles
  /** Whose log-ins end with it. */
  readonly ended: readonly Ended[]
}

export type Asked =
  | { readonly kind: 'known'; readonly known: Known }
  /** Its image was made before there were people. */
  | { readonly kind: 'takes-nobody' }
  | { readonly kind: 'silent'; readonly why: string }

export type Taken =
  | { readonly kind: 'taken' }
  /** It has been told something else meanwhile. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'silent'; readonly why: string }

export interface ExchangeParts {
  readonly run: RunProgram
  /** One argv that runs a command on the host. */
  readonly argvTo: (command: readonly string[]) => readonly [string, ...string[]]
  readonly place: PeoplePlace
  readonly signal: AbortSignal
  readonly now: () => number
}

const deadlineMs = 60_000
const answerBytesMax = 4 * 2 ** 20
const answerMessageMax = 64 * 2 ** 10
const complaintCharsMax = 300

export async function askHost(parts: ExchangeParts): Promise<Asked> {
  const ending = await parts.run({
    argv: parts.argvTo(askCommand(parts.place)),
    deadlineMs,
    outputBytesMax: answerBytesMax,
    signal: parts.signal,
  })
  if (ending.status !== 0) return { kind: 'silent', why: complaintOf(ending) }
  return ending.output.trim() === '' ? { kind: 'takes-nobody' } : readAnswer(ending.output)
}

function readAnswer(text: string): Asked {
  const parts = partsOf(text)
  const part = (name: string): string => parts.get(name) ?? ''
  const base = {
    passwd: part('passwd'),
    group: part('group'),
    shadow: part('shadow'),
    sudoers: part('sudoers'),
    shells: part('shells'),
  }
  const isWhole = [base.passwd, base.group, base.shadow].every((each) => each.startsWith('root:'))
  if (!isWhole || base.shells === '') return { kind: 'silent', why: 'its answer has gaps' }
  const held = readHeld(part('people'))
  const pending = readEnded(part('pending'))
  return { kind: 'known', known: { digest: part('digest').trim(), held, pending, base } }
}

function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>()
  let name = ''
  for (const line of text.split('\n')) {
    const mark = /^== ([a-z]{1,20})$/.exec(line)?.[1]
    if (mark !== undefined) name = mark
    else if (line !== '') parts.set(name, `${parts.get(name) ?? ''}${line}\n`)
  }
  return parts
}

function readEnded(text: string): readonly Ended[] {
  return text.split('\n').flatMap((row) => {
    const [, name, uid, fate] =
      /^([a-z_][a-z0-9_.-]{0,31}) (\d{4,10}) (gone|stays)$/.exec(row) ?? []
    return name === undefined ? [] : { name, uid: Number(uid), isGone: fate === 'gone' }
  })
}

export async function tellHost(
  parts: ExchangeParts,
  { known, wanted, ended }: PeopleOrder,
): Promise<Taken> {
  const files = [
    ...wanted.files,
    { name: 'digest', content: `${wanted.digest}\n` },
    { name: 'ended', content: ended.map(endedRow).join('') },
  ]
  const ending = await parts.run({
    argv: parts.argvTo(takeCommand(parts.place, known.digest)),
    deadlineMs,
    outputBytesMax: answerMessageMax,
    input: tarArchive(files, Math.floor(parts.now() / 1000)),
    signal: parts.signal,
  })
  switch (ending.status) {
    case takeStatus.taken:
      return { kind: 'taken' }
    case takeStatus.stale:
      return { kind: 'stale' }
    case takeStatus.unfenced:
      return { kind: 'silent', why: 'its firewall for people is not set' }
    default:
      return { kind: 'silent', why: complaintOf(ending) }
  }
}

function endedRow({ name, uid, isGone }: Ended): string {
  return `${name} ${uid} ${isGone ? 'gone' : 'stays'}\n`
}

/** What a host complains of may hold anything. */
function complaintOf({ why, complaint, status }: ProgramEnding): string {
  const text = why ?? (complaint.trim() === '' ? `it ended with status ${status}` : complaint)
  return text
    .replaceAll(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, complaintCharsMax)
}

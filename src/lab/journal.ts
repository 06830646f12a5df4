// Why this file exists: what a rack makes is written down before it is made, so that a crash at any point leaves a list
// of everything that has to be taken away, and nothing else is touched.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { member, numberMember, parseJson, textMember } from './json.ts'
import type { ProcessMark } from './processes.ts'

export type JournalEntry =
  /** The lab run itself: who it is, so that a second one is refused while it lives. */
  | ({ readonly kind: 'run' } & ProcessMark)
  | { readonly kind: 'namespace'; readonly name: string }
  /** A process outside the namespaces; those inside are found by where they are. */
  | ({ readonly kind: 'process'; readonly what: string } & ProcessMark)
  /** The rack is meant to stay after its run. */
  | { readonly kind: 'kept' }

export function journalPath(stateDir: string): string {
  return `${stateDir}/journal.jsonl`
}

/** On the disk before the thing it names is made. */
export function note(stateDir: string, entry: JournalEntry): void {
  const path = journalPath(stateDir)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'a', 0o600)
  try {
    writeSync(file, `${JSON.stringify(entry)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** `undefined`: no rack stands here. A line cut off by a crash named nothing that was made. */
export function readJournal(stateDir: string): readonly JournalEntry[] | undefined {
  const path = journalPath(stateDir)
  if (!existsSync(path)) return undefined
  return readFileSync(path, 'utf8')
    .split('\n')
    .map(parseEntry)
    .filter((entry) => entry !== undefined)
}

export function parseEntry(line: string): JournalEntry | undefined {
  const value = parseJson(line)
  const kind = member(value, 'kind')
  const name = textMember(value, 'name')
  const what = textMember(value, 'what')
  const mark = markIn(value)
  if (kind === 'kept') return { kind }
  if (kind === 'namespace' && name !== undefined) return { kind, name }
  if (kind === 'run' && mark !== undefined) return { kind, ...mark }
  if (kind === 'process' && mark !== undefined && what !== undefined) return { kind, what, ...mark }
  return undefined
}

function markIn(value: unknown): ProcessMark | undefined {
  const pid = numberMember(value, 'pid')
  const started = textMember(value, 'started')
  return pid === undefined || started === undefined ? undefined : { pid, started }
}

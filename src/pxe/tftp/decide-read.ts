// Why this file exists: whether a request for a file is granted is one decision, asked by the server and by `whatif` alike.
// Pure.
import { type BootFiles, findAsked, type HeldFile } from '../files/boot-files.ts'
import { netasciiBytesMax } from './netascii.ts'
import { errorCode, type ErrorCode, type Parsed, type TftpRequest } from './packet.ts'

export interface Refusal {
  readonly rule: RefusalRule
  readonly code: ErrorCode
  readonly why: string
}

export type RefusalRule = keyof typeof refusals | 'malformed'

/** What each refusal is called, tells the client, and tells people. */
export const refusals = {
  notFound: { code: errorCode.notFound, why: 'there is no such boot file' },
  outside: {
    code: errorCode.accessViolation,
    why: 'names are keys, not paths: nothing outside the boot files can be named',
  },
  wrongMode: {
    code: errorCode.illegalOperation,
    why: `ask in mode octet (binary); netascii is for files up to ${netasciiBytesMax} bytes`,
  },
  tooLarge: {
    code: errorCode.undefined,
    why: 'the file is too large to be held in memory: ask by HTTP',
  },
  busy: { code: errorCode.undefined, why: 'too many transfers at once, try again' },
  readOnly: { code: errorCode.accessViolation, why: 'this server only gives files' },
} as const

export function refusalOf(rule: keyof typeof refusals): Refusal {
  return { rule, ...refusals[rule] }
}

export type ReadDecision =
  | { readonly ok: true; readonly file: HeldFile; readonly mode: 'octet' | 'netascii' }
  | { readonly ok: false; readonly refusal: Refusal }

export function decideRead({ file, mode }: TftpRequest, files: BootFiles): ReadDecision {
  const asked = findAsked(files, file)
  if (asked.kind === 'absent') return refused('notFound')
  if (asked.kind === 'hostile') return refused('outside')
  if (asked.file.kind === 'disk') return refused('tooLarge')
  if (mode === 'octet') return { ok: true, file: asked.file, mode }
  if (mode !== 'netascii' || asked.file.bytes.length > netasciiBytesMax) return refused('wrongMode')
  return { ok: true, file: asked.file, mode }
}

/** What comes of a packet to port 69; `undefined`: it is of a transfer long ago, and an answer could go round for ever. */
export function decideFirst(
  parsed: Parsed,
  files: BootFiles,
): (ReadDecision & { readonly asked?: TftpRequest }) | undefined {
  if (!parsed.ok) return { ok: false, refusal: { rule: 'malformed', ...parsed.refusal } }
  const { value } = parsed
  switch (value.kind) {
    case 'read':
      return { ...decideRead(value, files), asked: value }
    case 'write':
      return { ...refused('readOnly'), asked: value }
    case 'data':
    case 'ack':
    case 'error':
    case 'options-ack':
      return undefined
  }
}

function refused(rule: keyof typeof refusals) {
  return { ok: false, refusal: refusalOf(rule) } as const
}

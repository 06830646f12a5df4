// Why this table exists: what is wrong with a refused image and how to get it right, one row for each kind of refusal.
import type { FaultCode } from '#fault'
import type { RefusalKind } from '../header/refusal.ts'

interface Words {
  readonly code: FaultCode
  readonly why: string
  readonly todo: string
}

const writeAnew = 'write it anew as one file: qemu-img convert -O qcow2 OLD NEW'

export const refusalWords: Readonly<Record<RefusalKind, Words>> = {
  empty: { code: 'CPC-IMG-001', why: 'it is empty', todo: 'look at the file that you sent' },
  'too-short': {
    code: 'CPC-IMG-001',
    why: 'it ends within its header',
    todo: 'look at the file that you sent',
  },
  'format-not-taken': {
    code: 'CPC-IMG-001',
    why: 'only qcow2 and raw are taken',
    todo: 'convert it: qemu-img convert -f FORMAT -O qcow2 OLD NEW',
  },
  'not-as-declared': {
    code: 'CPC-IMG-001',
    why: 'its content is not what was declared',
    todo: 'declare the format that it has; if that is neither qcow2 nor raw, convert it',
  },
  'two-formats': {
    code: 'CPC-IMG-001',
    why: 'it bears the signs of more than one format',
    todo: writeAnew,
  },
  version: { code: 'CPC-IMG-003', why: 'its version of QCOW is not taken', todo: writeAnew },
  'backing-file': {
    code: 'CPC-IMG-002',
    why: 'it has a backing file, which is never followed',
    todo: writeAnew,
  },
  'data-file': {
    code: 'CPC-IMG-002',
    why: 'its data lies in another file, which is never followed',
    todo: writeAnew,
  },
  encrypted: {
    code: 'CPC-IMG-004',
    why: 'it is encrypted, and hosts have no key',
    todo: 'decrypt it on your side with qemu-img convert',
  },
  snapshots: { code: 'CPC-IMG-004', why: 'it has internal snapshots', todo: writeAnew },
  bitmaps: { code: 'CPC-IMG-004', why: 'it has bitmaps of a backup tool', todo: writeAnew },
  'unknown-feature': {
    code: 'CPC-IMG-004',
    why: 'it needs a feature that is not known here',
    todo: writeAnew,
  },
  dirty: {
    code: 'CPC-IMG-004',
    why: 'it was not closed cleanly',
    todo: 'repair a copy: qemu-img check -r all COPY; it is never repaired here',
  },
  corrupt: {
    code: 'CPC-IMG-004',
    why: 'it is marked as corrupt',
    todo: 'repair a copy: qemu-img check -r all COPY; it is never repaired here',
  },
  header: {
    code: 'CPC-IMG-003',
    why: 'its header contradicts itself or the file',
    todo: writeAnew,
  },
  'too-large': {
    code: 'CPC-IMG-005',
    why: 'its disk is too large',
    todo: 'make the disk smaller',
  },
}

// Why this file exists: the one judgement on an image: is it what its owner declared, and nothing more? The declared
// format is part of the question and is never guessed; what is taken is recorded and never looked for again.
import { checkBacking, checkFeatures, featureBit, has } from './qcow2-features.ts'
import { checkExtensions } from './qcow2-extensions.ts'
import { type Qcow2Fields, readFields } from './qcow2-fields.ts'
import { checkGeometry, checkShape } from './qcow2-geometry.ts'
import { recognise } from './recognise.ts'
import { headerFault, type Refusal, refusal } from './refusal.ts'
import type { Sample } from './sample.ts'

/** The formats that we take. Any other is refused by its name. */
export type ImageFormat = 'qcow2' | 'raw'

/** Beyond this nobody has a disk; below it every size is an exact number. */
export const virtualBytesLimit = 64 * 2 ** 40

export interface Qcow2Facts {
  readonly format: 'qcow2'
  readonly virtualBytes: number
  readonly version: 2 | 3
  readonly clusterBits: number
  readonly compression: 'zlib' | 'zstd'
  readonly extendedL2: boolean
  readonly l1Offset: number
  readonly l1Entries: number
}

export type ImageFacts = Qcow2Facts | { readonly format: 'raw'; readonly virtualBytes: number }

export type Inspection =
  | { readonly ok: true; readonly facts: ImageFacts }
  | { readonly ok: false; readonly refusal: Refusal }

export function parseImageFormat(text: string): ImageFormat | undefined {
  return text === 'qcow2' || text === 'raw' ? text : undefined
}

export function inspectHeader(sample: Sample, declared: string): Inspection {
  const format = parseImageFormat(declared)
  if (format === undefined) return refused(refusal('format-not-taken', declared))
  if (sample.fileBytes === 0) return refused(refusal('empty', '0 bytes'))
  const found = recognise(sample)
  if (found.length > 1) return refused(refusal('two-formats', found.join(', ')))
  const [only = 'raw'] = found
  if (only === 'LUKS') return refused(refusal('encrypted', 'LUKS'))
  if (only !== format) return refused(refusal('not-as-declared', `${only}, declared ${declared}`))
  return format === 'raw' ? inspectRaw(sample) : inspectQcow2(sample)
}

function refused(why: Refusal): Inspection {
  return { ok: false, refusal: why }
}

function inspectRaw({ fileBytes }: Sample): Inspection {
  if (fileBytes % 512 !== 0) {
    return refused(headerFault('length', `${fileBytes} bytes are no whole number of sectors`))
  }
  if (fileBytes > virtualBytesLimit) return refused(tooLarge(BigInt(fileBytes)))
  return { ok: true, facts: { format: 'raw', virtualBytes: fileBytes } }
}

function inspectQcow2({ head, fileBytes }: Sample): Inspection {
  const read = readFields(head)
  if (!read.ok) return read
  const { fields } = read
  const why =
    checkFeatures(fields) ??
    checkShape(fields, head) ??
    checkBacking(fields, head) ??
    checkExtensions(fields, head) ??
    checkGeometry(fields, fileBytes) ??
    (fields.virtualBytes > BigInt(virtualBytesLimit) ? tooLarge(fields.virtualBytes) : undefined)
  return why === undefined ? { ok: true, facts: factsOf(fields) } : refused(why)
}

function tooLarge(bytes: bigint): Refusal {
  return refusal('too-large', `a disk of ${bytes} bytes, limit ${virtualBytesLimit}`)
}

function factsOf(fields: Qcow2Fields): Qcow2Facts {
  return {
    format: 'qcow2',
    virtualBytes: Number(fields.virtualBytes),
    version: fields.version,
    clusterBits: fields.clusterBits,
    compression: has(fields.incompatible, featureBit.compression) ? 'zstd' : 'zlib',
    extendedL2: has(fields.incompatible, featureBit.extendedL2),
    l1Offset: Number(fields.l1Offset),
    l1Entries: fields.l1Entries,
  }
}

// Why this file exists: an option may come in pieces and in three places (RFC 3396, option 52). They are found
// once, as offsets, and joined only when somebody asks; what is too large is refused before it costs memory.
import { optionCode } from './option-code.table.ts'
import type { DecodeRefusal } from './message.ts'

/** Real messages have some thirty options; a large one cut into single bytes still fits. */
const optionPartsMax = 512
/** The largest option that a client has reason to send (a long option 55, 82 or 121) is far below. */
const joinedOptionBytesMax = 2048

/** Where each option lies, in the order of RFC 3396: code, offset and length, three numbers each. */
export interface Options {
  readonly bytes: Uint8Array
  readonly parts: readonly number[]
}

/** The whole option, its pieces joined (RFC 3396 §7); `undefined` when it was not sent. */
export function optionOf(options: Options, wanted: number): Uint8Array | undefined {
  const { bytes, parts } = options
  let joined: Uint8Array | undefined
  for (let at = 0; at < parts.length; at += 3) {
    if (parts[at] !== wanted) continue
    const start = parts[at + 1] ?? 0
    const piece = bytes.subarray(start, start + (parts[at + 2] ?? 0))
    joined = joined === undefined ? piece : join(joined, piece)
  }
  return joined
}

export function codesOf(options: Options): readonly number[] {
  return [...new Set(options.parts.filter((_, at) => at % 3 === 0))]
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}

/** One field that holds options. Only the last field of the packet may end without option 255. */
interface Field {
  readonly start: number
  readonly end: number
  readonly mustEnd: boolean
}

/**
 * Notes each option of one field. HOSTILE 3: it is called at most once per field, in a fixed order, and never for
 * what it has itself found.
 */
export function scanField(
  bytes: Uint8Array,
  field: Field,
  parts: number[],
): DecodeRefusal | undefined {
  let at = field.start
  while (at < field.end) {
    const code = bytes[at] ?? 0
    if (code === optionCode.end) return undefined
    if (code === optionCode.pad) {
      at += 1
      continue
    }
    const length = bytes[at + 1] ?? 0
    if (at + 1 >= field.end || at + 2 + length > field.end)
      return { kind: 'option-past-end', code, at }
    if (parts.length >= optionPartsMax * 3) return { kind: 'too-many-options', max: optionPartsMax }
    parts.push(code, at + 2, length)
    at += 2 + length
  }
  return field.mustEnd ? { kind: 'no-end' } : undefined
}

/** HOSTILE 4: pieces are joined first, and what they come to is limited. */
export function oversizedOption(parts: readonly number[]): DecodeRefusal | undefined {
  const total = new Uint32Array(256)
  for (let at = 0; at < parts.length; at += 3) {
    const code = parts[at] ?? 0
    const bytes = (total[code] ?? 0) + (parts[at + 2] ?? 0)
    if (bytes > joinedOptionBytesMax) return { kind: 'option-too-long', code, bytes }
    total[code] = bytes
  }
  return undefined
}

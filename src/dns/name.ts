// Why this file exists: names are where DNS decoders loop, overrun and let one label pass for two; here is all that
// we read of them from the wire, and all that we write.

export type NameResult =
  | { readonly ok: true; readonly text: string; readonly end: number }
  | { readonly ok: false; readonly refusal: string }

/** RFC 1035 §2.3.4: length bytes and the root's zero included. */
const nameBytesMax = 255
const labelBytesMax = 63
const pointerBits = 0xc0

/** HOSTILE 12: a question has nothing before it to point at, so a pointer in it is refused, not followed. */
export function readName(bytes: Uint8Array, start: number): NameResult {
  let text = ''
  let at = start
  while (at < bytes.length && at - start < nameBytesMax) {
    const length = bytes[at] ?? 0
    at += 1
    if (length === 0) return { ok: true, text, end: at }
    if (length > labelBytesMax)
      return { ok: false, refusal: 'a pointer or an unknown label type in the question' }
    if (at + length > bytes.length) break
    text += (text === '' ? '' : '.') + labelText(bytes, at, length)
    at += length
  }
  return { ok: false, refusal: 'a name that is too long or cut short' }
}

/** Where a name ends whose text nobody asks for: a pointer ends it, wherever that leads. */
export function skipName(bytes: Uint8Array, start: number): number | undefined {
  let at = start
  while (at < bytes.length && at - start < nameBytesMax) {
    const length = bytes[at] ?? 0
    if (length === 0) return at + 1
    if (length >= pointerBits) return at + 2
    if (length > labelBytesMax) return undefined
    at += 1 + length
  }
  return undefined
}

/** HOSTILE 14: bytes inside, \DDD outside; a dot within a label must not look like a border. */
function labelText(bytes: Uint8Array, start: number, length: number): string {
  let text = ''
  for (let at = start; at < start + length; at += 1) {
    const byte = bytes[at] ?? 0
    const isUpper = byte >= 0x41 && byte <= 0x5a
    const code = isUpper ? byte + 0x20 : byte
    const plain = code > 0x20 && code < 0x7f && code !== 0x2e && code !== 0x5c
    text += plain ? String.fromCharCode(code) : `\\${String(code).padStart(3, '0')}`
  }
  return text
}

/** Only names that we made ourselves: host labels of at most 63 characters. */
export function nameBytes(name: string): Uint8Array {
  const bytes = new Uint8Array(name.length + 2)
  let at = 0
  for (const label of name.split('.')) {
    bytes[at] = label.length
    for (let index = 0; index < label.length; index += 1)
      bytes[at + 1 + index] = label.charCodeAt(index)
    at += label.length + 1
  }
  return bytes
}

// Why this file exists: the plain tftp program asks for netascii unless it is told otherwise (RFC 1350 §2, RFC 764). Pure.
const lineFeed = 10
const carriageReturn = 13

/** A translation is a second copy in memory; text that people fetch by hand is small. */
export const netasciiBytesMax = 1_048_576

/** LF becomes CR LF, a CR of its own becomes CR NUL. */
export function toNetascii(bytes: Uint8Array): Uint8Array {
  let extra = 0
  for (const byte of bytes) if (byte === lineFeed || byte === carriageReturn) extra += 1
  const text = new Uint8Array(bytes.length + extra)
  let at = 0
  for (const byte of bytes) {
    if (byte === lineFeed) text[at++] = carriageReturn
    text[at++] = byte
    if (byte === carriageReturn) text[at++] = 0
  }
  return text
}

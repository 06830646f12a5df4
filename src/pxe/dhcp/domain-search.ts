// Why this file exists: a search list is a row of DNS names that may point into each other (RFC 3397); reading one
// must end, whatever it points at.
import type { DnsName } from '#directory'
import { latin1, latin1Bytes } from './option-value.ts'

const pointerMark = 0xc0
/** A name has at most 127 labels, and so at most as many steps. */
const stepsMax = 128
const nameBytesMax = 255

/** `undefined` when any name is broken; a half-read search list would look names up in the wrong place. */
export function decodeDomainSearch(bytes: Uint8Array): readonly string[] | undefined {
  const names: string[] = []
  for (let at = 0; at < bytes.length;) {
    const read = readName(bytes, at)
    if (!read) return undefined
    names.push(read.name)
    at = read.next
  }
  return names
}

function readName(bytes: Uint8Array, start: number): { name: string; next: number } | undefined {
  const labels: string[] = []
  let at = start
  let next: number | undefined
  let size = 0
  for (let step = 0; step < stepsMax; step += 1) {
    const length = bytes[at]
    if (length === undefined) return undefined
    if (length === 0) return { name: labels.join('.'), next: next ?? at + 1 }
    if (length >= pointerMark) {
      const low = bytes[at + 1]
      const target = ((length & 63) << 8) | (low ?? 0)
      // Only backwards: a pointer to itself or forward could go round for ever.
      if (low === undefined || target >= at) return undefined
      next ??= at + 2
      at = target
      continue
    }
    size += length + 1
    if (length > 63 || at + 1 + length > bytes.length || size > nameBytesMax) return undefined
    labels.push(latin1(bytes.subarray(at + 1, at + 1 + length)))
    at += 1 + length
  }
  return undefined
}

/** Names share their longest tail that was already written, as RFC 3397 §2 allows: options are short of room. */
export function encodeDomainSearch(names: readonly DnsName[]): Uint8Array {
  const bytes: number[] = []
  const places = new Map<string, number>()
  for (const name of names) {
    let rest: string = name
    while (rest !== '') {
      const place = places.get(rest)
      if (place !== undefined) {
        bytes.push(pointerMark | (place >>> 8), place & 255)
        break
      }
      places.set(rest, bytes.length)
      const [label = ''] = rest.split('.', 1)
      bytes.push(label.length, ...latin1Bytes(label))
      rest = rest.slice(label.length + 1)
    }
    if (rest === '') bytes.push(0)
  }
  return Uint8Array.from(bytes)
}

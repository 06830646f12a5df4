// Why this file exists: the one place where bytes from strangers become a message (RFC 2131 §2, §4.1). It reads by
// offset and never past what it was given (HOSTILE 1 to 4).
import { ip4, type Ip4, isUnicastMac, type Mac, macFromBytes } from '#directory'
import type { Decoded, DecodeRefusal } from './message.ts'
import { dhcpOnly, messageType, optionCode } from './option-code.table.ts'
import { optionOf, oversizedOption, scanField } from './options.ts'

/** Offsets of RFC 2131 figure 1. */
export const field = {
  chaddr: 28,
  sname: { start: 44, end: 108 },
  file: { start: 108, end: 236 },
  cookie: 236,
  options: 240,
} as const

export const magicCookie = 0x63825363

/** Clients send less than 1,500 bytes; relays add a little. */
const messageBytesMax = 4096
/** RFC 2131 §2: the field is sixteen octets. */
const hardwareBytesMax = 16
const ethernet = 1

/** Bytes are copied once, so that the caller may receive the next packet into the same buffer. */
export function decodeDhcp(received: Uint8Array): Decoded {
  const refusal = refuseHeader(received)
  if (refusal) return { ok: false, refusal }
  const bytes = received.slice()
  const parts: number[] = []
  const overload = scanAll(bytes, parts)
  if (typeof overload !== 'number') return { ok: false, refusal: overload }
  const options = { bytes, parts }
  const type = typeOf(options)
  if (type === undefined) return { ok: false, refusal: { kind: 'no-message-type' } }
  const mac = macOf(bytes)
  return {
    ok: true,
    value: {
      op: bytes[0] === 1 ? 'request' : 'reply',
      type,
      hops: bytes[3] ?? 0,
      xid: u32(bytes, 4),
      secs: u16(bytes, 8),
      broadcast: (u16(bytes, 10) & 0x8000) !== 0,
      ciaddr: addressAt(bytes, 12),
      yiaddr: addressAt(bytes, 16),
      siaddr: addressAt(bytes, 20),
      giaddr: addressAt(bytes, 24),
      ...(mac && { mac }),
      hardware: {
        type: bytes[1] ?? 0,
        length: bytes[2] ?? 0,
        bytes: bytes.subarray(field.chaddr, field.chaddr + hardwareBytesMax),
      },
      serverName: overload & 2 ? '' : textAt(bytes, field.sname.start, field.sname.end),
      bootFile: overload & 1 ? '' : textAt(bytes, field.file.start, field.file.end),
      options,
    },
  }
}

function refuseHeader(bytes: Uint8Array): DecodeRefusal | undefined {
  if (bytes.length < field.options) return { kind: 'too-short', bytes: bytes.length }
  if (bytes.length > messageBytesMax) return { kind: 'too-long', bytes: bytes.length }
  const op = bytes[0] ?? 0
  if (op !== 1 && op !== 2) return { kind: 'bad-op', op }
  const length = bytes[2] ?? 0
  if (length > hardwareBytesMax) return { kind: 'bad-hardware-length', length }
  const cookie = u32(bytes, field.cookie)
  // RFC 951 §7.3: a BOOTP client that has nothing to say leaves the vendor's field empty.
  const isEmpty = cookie === 0 && op === 1
  return cookie === magicCookie || isEmpty ? undefined : { kind: 'no-cookie' }
}

/** `undefined`: neither DHCP nor BOOTP. */
function typeOf(options: { bytes: Uint8Array; parts: number[] }): number | undefined {
  const said = optionOf(options, optionCode.messageType)
  if (said) return said[0]
  const isDhcp = dhcpOnly.some((code) => optionOf(options, code) !== undefined)
  return isDhcp ? undefined : messageType.bootp
}

/** The options field, then `file`, then `sname` (RFC 2131 §4.1), each once. Gives option 52's value. */
function scanAll(bytes: Uint8Array, parts: number[]): number | DecodeRefusal {
  if (u32(bytes, field.cookie) !== magicCookie) return 0
  const whole = { start: field.options, end: bytes.length, mustEnd: true }
  const refusal = scanField(bytes, whole, parts)
  if (refusal) return refusal
  // Read before the other fields are: an option 52 inside them means nothing.
  const overload = overloadOf({ bytes, parts })
  for (const [bit, place] of [
    [1, field.file],
    [2, field.sname],
  ] as const) {
    if ((overload & bit) === 0) continue
    const past = scanField(bytes, { ...place, mustEnd: false }, parts)
    if (past) return past
  }
  return oversizedOption(parts) ?? overload
}

function overloadOf(options: { bytes: Uint8Array; parts: number[] }): number {
  const value = optionOf(options, optionCode.overload)
  const bits = value?.length === 1 ? (value[0] ?? 0) : 0
  return bits <= 3 ? bits : 0
}

function macOf(bytes: Uint8Array): Mac | undefined {
  if (bytes[1] !== ethernet || bytes[2] !== 6) return undefined
  const mac = macFromBytes(bytes, field.chaddr)
  return isUnicastMac(mac) ? mac : undefined
}

export function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

export function u32(bytes: Uint8Array, at: number): number {
  return ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0
}

export function addressAt(bytes: Uint8Array, at: number): Ip4 {
  return ip4(u32(bytes, at))
}

/** A field that ends at its first NUL, as bytes of Latin-1: nothing is lost, nothing is trusted. */
function textAt(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end && bytes[at] !== 0; at += 1)
    text += String.fromCharCode(bytes[at] ?? 0)
  return text
}

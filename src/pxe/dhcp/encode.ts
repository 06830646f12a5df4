// Why this file exists: a reply is written once, by offset, into a buffer that lives as long as its socket.
import type { Ip4 } from '#directory'
import { field, magicCookie } from './decode.ts'
import { layOut, type Room, sizeOf } from './layout.ts'
import type { OutgoingMessage, OutgoingOption } from './message.ts'
import { messageType, optionCode } from './option-code.table.ts'

/** RFC 2131 §2: every client takes this much; with IP and UDP headers it is 576. */
export const leastBytesMax = 548
/** What fits into an Ethernet frame. */
export const mostBytesMax = 1472
/** BOOTP relays and old ROMs drop what is shorter (RFC 1542 §2.1). */
export const bootpBytes = 300

/** A buffer for `encodeDhcp`. */
export function replyBuffer(): Uint8Array {
  return new Uint8Array(mostBytesMax)
}

/** Writes the message and says how many bytes it has. What does not fit is left out, the last options first. */
export function encodeDhcp(message: OutgoingMessage, into: Uint8Array): number {
  const isBootp = message.type === messageType.bootp
  const least = isBootp ? bootpBytes : leastBytesMax
  const limit = Math.min(into.length, Math.max(least, message.bytesMax))
  into.fill(0)
  writeHeader(message, into)
  const relay = message.relayInformation
  const relayBytes = relay ? sizeOf(relay.length) : 0
  const type = { code: optionCode.messageType, bytes: Uint8Array.of(message.type) }
  let at = isBootp ? field.options : writeOption(into, field.options, type)
  const room = { options: limit - at - relayBytes - 1, ...freeFields(message) }
  const layout = layOut(message.options, room, message.asked)
  for (const option of layout.options) at = writeOption(into, at, option)
  if (relay && at + relayBytes + 1 <= limit)
    at = writeOption(into, at, { code: optionCode.relayInformation, bytes: relay })
  into[at] = optionCode.end
  overload(into, field.file.start, layout.file)
  overload(into, field.sname.start, layout.sname)
  return Math.max(at + 1, bootpBytes)
}

/** RFC 1534 §2: a BOOTP client has never heard of option 52. */
function freeFields({ type, bootFile }: OutgoingMessage): Pick<Room, 'file' | 'sname'> {
  if (type === messageType.bootp) return { file: 0, sname: 0 }
  const file = bootFile === '' ? field.file.end - field.file.start - 1 : 0
  return { file, sname: field.sname.end - field.sname.start - 1 }
}

/** Each field has an end mark of its own. */
function overload(into: Uint8Array, start: number, options: readonly OutgoingOption[]): void {
  let at = start
  for (const option of options) at = writeOption(into, at, option)
  if (at > start) into[at] = optionCode.end
}

function writeOption(into: Uint8Array, start: number, option: OutgoingOption): number {
  let at = start
  let from = 0
  do {
    const length = Math.min(255, option.bytes.length - from)
    into[at] = option.code
    into[at + 1] = length
    into.set(option.bytes.subarray(from, from + length), at + 2)
    at += 2 + length
    from += length
  } while (from < option.bytes.length)
  return at
}

function writeHeader(message: OutgoingMessage, into: Uint8Array): void {
  into[0] = message.op === 'request' ? 1 : 2
  into[1] = message.hardware.type
  into[2] = message.hardware.length
  putU32(into, 4, message.xid)
  putU16(into, 8, message.secs)
  putU16(into, 10, message.broadcast ? 0x8000 : 0)
  putU32(into, 12, message.ciaddr)
  putU32(into, 16, message.yiaddr)
  putU32(into, 20, message.siaddr)
  putU32(into, 24, message.giaddr)
  into.set(message.hardware.bytes, field.chaddr)
  // One byte is left for the NUL that ends the field.
  const room = field.file.end - field.file.start - 1
  for (let at = 0; at < Math.min(room, message.bootFile.length); at += 1)
    into[field.file.start + at] = message.bootFile.charCodeAt(at)
  putU32(into, field.cookie, magicCookie)
}

/** What the field `file` can hold; a longer name needs option 67. */
export const bootFileBytesMax = field.file.end - field.file.start - 1

export function putU16(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 8
  into[at + 1] = value & 255
}

export function putU32(into: Uint8Array, at: number, value: number): void {
  putU16(into, at, value >>> 16)
  putU16(into, at + 2, value & 0xffff)
}

export function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  putU32(bytes, 0, value)
  return bytes
}

export function addressBytes(...addresses: readonly Ip4[]): Uint8Array {
  const bytes = new Uint8Array(addresses.length * 4)
  for (const [at, address] of addresses.entries()) putU32(bytes, at * 4, address)
  return bytes
}

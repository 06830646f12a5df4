// Why this file exists: what our decoder understood, our encoder can say again with the same meaning, and octet by octet when
// it was said in our own order. Recorded packets and bent ones are held to that.
import assert from 'node:assert/strict'
import { decodeDhcp, type DhcpMessage, encodeDhcp } from '#pxe'
import { codesOf, optionOf } from '../../src/pxe/dhcp/options.ts'

const messageType = 53
const relayInformation = 82
const overload = 52
/** Each message that is read fits in here with room to spare. */
const roomy = 8_192
/** The field of 128 octets needs one for its end. */
const bootFileBytesMax = 127

/** As we would send it: what we understood, and nothing else. */
function encoded(message: DhcpMessage): Uint8Array {
  const into = new Uint8Array(roomy)
  const relay = optionOf(message.options, relayInformation)
  const options = codesOf(message.options)
    .filter((code) => ![messageType, relayInformation, overload].includes(code))
    .map((code) => ({ code, bytes: optionOf(message.options, code) ?? new Uint8Array(0) }))
  const { serverName: _, mac: _mac, hops: _hops, ...rest } = message
  const outgoing = { ...rest, options, ...(relay && { relayInformation: relay }), bytesMax: roomy }
  return into.slice(0, encodeDhcp(outgoing, into))
}

/** What must survive: every field and every option, whatever the order and the place. */
function meaning(message: DhcpMessage) {
  const codes = codesOf(message.options).filter((code) => ![overload, messageType].includes(code))
  return {
    ...message,
    serverName: undefined,
    hops: undefined,
    bootFile: message.bootFile.slice(0, bootFileBytesMax),
    options: codes
      .toSorted((one, other) => one - other)
      .map((code) => [code, Buffer.from(optionOf(message.options, code) ?? []).toString('hex')]),
    hardware: { ...message.hardware, bytes: Buffer.from(message.hardware.bytes).toString('hex') },
  }
}

/** Written as we write: type first, relay information last, each option whole and once, nothing in between. */
function isCanonical(bytes: Uint8Array, message: DhcpMessage): boolean {
  const codes = codesOf(message.options)
  const size = codes.reduce(
    (sum, code) => sum + 2 + (optionOf(message.options, code)?.length ?? 0),
    241,
  )
  const isLast = !codes.includes(relayInformation) || codes.at(-1) === relayInformation
  const isPlain = !codes.includes(overload) && message.serverName === '' && message.hops === 0
  const flags = ((bytes[10] ?? 0) & 0x7f) === 0 && bytes[11] === 0
  return (
    codes[0] === messageType && isLast && isPlain && flags && bytes.length === Math.max(300, size)
  )
}

/** Throws when the meaning is another one; says whether the octets had to be the same, and were. */
export function writtenAgain(bytes: Uint8Array, message: DhcpMessage): boolean {
  const again = encoded(message)
  const second = decodeDhcp(again)
  assert.ok(second.ok)
  assert.deepEqual(meaning(second.value), meaning(message))
  return isCanonical(bytes, message) && Buffer.from(again).equals(Buffer.from(bytes))
}

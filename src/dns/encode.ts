// Why this file exists: answers are written once, front to back, into one buffer; when the client's limit is
// reached the answer is cut and says so (TC), and the client asks again over TCP.
import type { Query } from './query.ts'
import { recordType } from './query.ts'
import { type Record, serverName, type ZoneView } from './zone.ts'

export const recordSeconds = 30
export const negativeSeconds = 10
const optBytes = 11
const headerBytes = 12

export class Encoder {
  readonly #query: Query
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #limit: number
  readonly #udpSize: number
  #at: number
  #answers = 0
  #authorities = 0
  #truncated = false

  constructor(request: Uint8Array, query: Query, limit: number, udpSize: number) {
    this.#query = query
    this.#limit = limit - (query.edns === undefined ? 0 : optBytes)
    this.#udpSize = udpSize
    this.#bytes = new Uint8Array(limit)
    this.#view = new DataView(this.#bytes.buffer)
    this.#bytes.set(request.subarray(0, query.questionEnd))
    this.#at = query.questionEnd
  }

  answer(record: Record, zones: ZoneView): void {
    if (this.#write(headerBytes, record, zones, recordSeconds)) this.#answers += 1
  }

  /** RFC 2308: the SOA tells for how long "no" may be remembered. */
  authority(zone: string, zones: ZoneView): void {
    if (this.#write(zone, { type: 'soa', zone }, zones, negativeSeconds)) this.#authorities += 1
  }

  finish(code: number, authoritative: boolean): Uint8Array {
    const { id, opcode, recursionDesired, edns } = this.#query
    const flags =
      0x8000 |
      (opcode << 11) |
      (authoritative ? 0x0400 : 0) |
      (this.#truncated ? 0x0200 : 0) |
      (recursionDesired ? 0x0100 : 0) |
      (code & 15)
    this.#view.setUint16(0, id)
    this.#view.setUint16(2, flags)
    this.#view.setUint16(4, 1)
    this.#view.setUint16(6, this.#answers)
    this.#view.setUint16(8, this.#authorities)
    this.#view.setUint16(10, edns === undefined ? 0 : 1)
    if (edns !== undefined) this.#opt(code >>> 4)
    return this.#bytes.subarray(0, this.#at)
  }

  /** `owner` is a name, or the offset of one already written. */
  #write(owner: string | number, record: Record, zones: ZoneView, seconds: number): boolean {
    const data = dataOf(record, zones)
    const ownerBytes = typeof owner === 'number' ? pointerTo(owner) : nameBytes(owner)
    if (this.#at + ownerBytes.length + 10 + data.length > this.#limit) {
      this.#truncated = true
      return false
    }
    this.#bytes.set(ownerBytes, this.#at)
    this.#at += ownerBytes.length
    this.#view.setUint16(this.#at, recordType[record.type])
    this.#view.setUint16(this.#at + 2, 1)
    this.#view.setUint32(this.#at + 4, seconds)
    this.#view.setUint16(this.#at + 8, data.length)
    this.#bytes.set(data, this.#at + 10)
    this.#at += 10 + data.length
    return true
  }

  #opt(extendedCode: number): void {
    this.#bytes[this.#at] = 0
    this.#view.setUint16(this.#at + 1, recordType.opt)
    this.#view.setUint16(this.#at + 3, this.#udpSize)
    this.#view.setUint32(this.#at + 5, (extendedCode << 24) >>> 0)
    this.#view.setUint16(this.#at + 9, 0)
    this.#at += optBytes
  }
}

function dataOf(record: Record, zones: ZoneView): Uint8Array {
  switch (record.type) {
    case 'a': {
      const data = new Uint8Array(4)
      new DataView(data.buffer).setUint32(0, record.address)
      return data
    }
    case 'ptr':
    case 'ns':
      return nameBytes(record.name)
    case 'soa':
      return soaBytes(zones)
  }
}

const refreshSeconds = 60
const retrySeconds = 30
const expireSeconds = 604_800

function soaBytes(zones: ZoneView): Uint8Array {
  const { domain } = zones.snapshot
  const server = nameBytes(serverName(domain))
  const person = nameBytes(`hostmaster.${domain}`)
  const data = new Uint8Array(server.length + person.length + 20)
  data.set(server)
  data.set(person, server.length)
  const view = new DataView(data.buffer, server.length + person.length)
  for (const [at, value] of [
    zones.serial,
    refreshSeconds,
    retrySeconds,
    expireSeconds,
    negativeSeconds,
  ].entries()) {
    view.setUint32(at * 4, value)
  }
  return data
}

function pointerTo(offset: number): Uint8Array {
  return Uint8Array.of(0xc0 | (offset >>> 8), offset & 255)
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

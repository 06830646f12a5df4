// Why this file exists: a judge that read packets with the server's own codec would share its mistakes; this one writes
// whatever it is told, right or wrong, and reads strictly.
import { addressText, macBytes, macText, octets } from './tap.ts'

export type Option = readonly [code: number, bytes: Uint8Array]

/** Every field of RFC 2131 figure 1; what is not named is as in a request from a card without an address. */
export interface Sent {
  readonly op?: number
  readonly htype?: number
  readonly hlen?: number
  readonly hops?: number
  readonly xid: number
  readonly secs?: number
  readonly flags?: number
  readonly ciaddr?: string
  readonly yiaddr?: string
  readonly siaddr?: string
  readonly giaddr?: string
  readonly chaddr: string
  /** Behind the card's address, in the sixteen octets. */
  readonly chaddrTail?: Uint8Array
  readonly sname?: Uint8Array
  readonly file?: Uint8Array
  readonly options: readonly Option[]
  /** Absent: magic cookie, options, end mark, and zeros up to 300 octets. */
  readonly rawVendorField?: Uint8Array
}

export interface Reply {
  readonly op: number
  readonly htype: number
  readonly hlen: number
  readonly hops: number
  readonly xid: number
  readonly secs: number
  readonly flags: number
  readonly ciaddr: string
  readonly yiaddr: string
  readonly siaddr: string
  readonly giaddr: string
  readonly chaddr: string
  readonly chaddrTail: Uint8Array
  readonly sname: string
  readonly file: string
  readonly cookie: number
  /** Joined by RFC 3396. */
  readonly options: ReadonlyMap<number, Uint8Array>
  /** As they stand: the options field, then file, then sname where option 52 says so. */
  readonly codes: readonly number[]
  /** Behind the end mark of the options field; `undefined` when there is no end mark. */
  readonly tail: Uint8Array | undefined
  readonly length: number
}

export const type = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const

const magicCookie = 0x63825363
const vendorField = 236
const leastBytes = 300
const serverNameField = { start: 44, end: 108 } as const
const fileField = { start: 108, end: 236 } as const
const end = 255

export function bytesOf(sent: Sent): Uint8Array {
  const vendor = sent.rawVendorField ?? vendorOf(sent.options)
  const bytes = new Uint8Array(Math.max(leastBytes, vendorField + vendor.length))
  const view = new DataView(bytes.buffer)
  bytes.set([sent.op ?? 1, sent.htype ?? 1, sent.hlen ?? 6, sent.hops ?? 0])
  view.setUint32(4, sent.xid)
  view.setUint16(8, sent.secs ?? 0)
  view.setUint16(10, sent.flags ?? 0)
  const addresses = [sent.ciaddr, sent.yiaddr, sent.siaddr, sent.giaddr]
  for (const [at, address] of addresses.entries())
    bytes.set(octets(address ?? '0.0.0.0'), 12 + 4 * at)
  bytes.set(macBytes(sent.chaddr), 28)
  bytes.set(sent.chaddrTail ?? [], 34)
  bytes.set(sent.sname ?? [], serverNameField.start)
  bytes.set(sent.file ?? [], fileField.start)
  bytes.set(vendor, vendorField)
  return bytes
}

function vendorOf(options: readonly Option[]): Uint8Array {
  const written = optionsField(options)
  const bytes = new Uint8Array(4 + written.length)
  new DataView(bytes.buffer).setUint32(0, magicCookie)
  bytes.set(written, 4)
  return bytes
}

/** Options and the end mark. Code 0 is a single octet (RFC 2132 §3.1); each other one has a length octet. */
export function optionsField(options: readonly Option[]): Uint8Array {
  const bytes = options.flatMap(([code, value]) =>
    code === 0 ? [0] : [code, value.length, ...value],
  )
  return Uint8Array.from([...bytes, end])
}

export function readReply(bytes: Uint8Array): Reply {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const address = (at: number): string => addressText(bytes.subarray(at, at + 4))
  const parts: Option[] = []
  const tail = scan(bytes.subarray(vendorField + 4), parts)
  const overload = parts.find(([code]) => code === 52)?.[1][0] ?? 0
  const file = bytes.subarray(fileField.start, fileField.end)
  const sname = bytes.subarray(serverNameField.start, serverNameField.end)
  if ((overload & 1) !== 0) scan(file, parts)
  if ((overload & 2) !== 0) scan(sname, parts)
  const options = new Map<number, Uint8Array>()
  for (const [code, value] of parts)
    options.set(code, Uint8Array.of(...(options.get(code) ?? []), ...value))
  return {
    op: view.getUint8(0),
    htype: view.getUint8(1),
    hlen: view.getUint8(2),
    hops: view.getUint8(3),
    xid: view.getUint32(4),
    secs: view.getUint16(8),
    flags: view.getUint16(10),
    ciaddr: address(12),
    yiaddr: address(16),
    siaddr: address(20),
    giaddr: address(24),
    chaddr: macText(bytes.subarray(28, 34)),
    chaddrTail: bytes.slice(34, 44),
    sname: (overload & 2) === 0 ? text(sname) : '',
    file: (overload & 1) === 0 ? text(file) : '',
    cookie: view.getUint32(vendorField),
    options,
    codes: parts.map(([code]) => code),
    tail,
    length: bytes.length,
  }
}

/** What stands behind the end mark. */
function scan(field: Uint8Array, parts: Option[]): Uint8Array | undefined {
  for (let at = 0; at < field.length;) {
    const code = field[at] ?? 0
    if (code === end) return field.slice(at + 1)
    if (code === 0) {
      at += 1
      continue
    }
    const length = field[at + 1] ?? 0
    if (at + 2 + length > field.length)
      throw new Error(`option ${code} passes the end of its field`)
    parts.push([code, field.slice(at + 2, at + 2 + length)])
    at += 2 + length
  }
  return undefined
}

function text(field: Uint8Array): string {
  const length = field.indexOf(0)
  return latin1(length < 0 ? field : field.subarray(0, length))
}

export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

export const ascii = (value: string): Uint8Array => new TextEncoder().encode(value)

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 255)
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}

export function u32Of(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.length !== 4) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
}

/** Several addresses, or one. */
export function addressesOf(bytes: Uint8Array | undefined): readonly string[] | undefined {
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, at) =>
    addressText(bytes.subarray(at * 4, at * 4 + 4)),
  )
}

/** What a client says, by name. */
export const option = {
  type: (value: number): Option => [53, Uint8Array.of(value)],
  wanted: (address: string): Option => [50, octets(address)],
  server: (address: string): Option => [54, octets(address)],
  ask: (...codes: readonly number[]): Option => [55, Uint8Array.from(codes)],
  seconds: (value: number): Option => [51, u32(value)],
  bytesMax: (value: number): Option => [57, u16(value)],
  vendorClass: (value: string): Option => [60, ascii(value)],
  clientId: (...bytes: readonly number[]): Option => [61, Uint8Array.from(bytes)],
  architecture: (...values: readonly number[]): Option => [
    93,
    Uint8Array.from(values.flatMap((value) => [...u16(value)])),
  ],
  relay: (...parts: readonly Option[]): Option => [82, optionsField(parts).slice(0, -1)],
} as const

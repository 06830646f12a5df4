// Why this file exists: a first refresh brings 100,000 machines, nearly all of one shape. How such a one rests, and the hashes
// by which it is found, are written in one go; the machine itself is made when somebody asks for it.
import { type DeviceText, textOf } from './at-rest.ts'
import { claimHashesOf, type ClaimKey, hashBefore, soleClaims } from './claims.ts'
import type { EntryId, Machine, Role } from './entry.ts'
import { isLowerHexDigit } from './hex-digit.ts'
import { type Ip4, ip4, isMachineAddress } from './ip4.ts'
import { isUnicastMac } from './mac.ts'
import { hashOf } from './slots.ts'

/** A machine of one card, one MAC, one address and one name; nothing else leads to it but its tags. */
export interface LaidMachine {
  readonly kind: 'laid'
  readonly id: EntryId
  /** What `textOf` makes of it. */
  readonly rest: DeviceText
  readonly tags: readonly string[]
  readonly idHash: number
  readonly macHash: number
  readonly addressHash: number
  readonly nameHash: number
  /** Of the MAC, the address and the name, as `claimHashesOf` has them. */
  readonly claims: readonly [number, number, number]
}

/** `undefined`: it is of another shape. */
export function laidMachine(machine: Machine): LaidMachine | undefined {
  const { id, name, nics, tags } = machine
  const [nic] = nics
  const [mac] = nic?.macs ?? []
  const address = nic?.address
  if (!isOfOneCard(machine) || leadsElsewhere(machine)) return undefined
  if (mac === undefined || !isUnicastMac(mac) || address === undefined) return undefined
  const [macClaim = 0, addressClaim = 0, nameClaim = 0] = claimHashesOf(machine)
  return {
    kind: 'laid',
    id,
    rest: textOf(machine),
    tags,
    idHash: hashOf(id),
    macHash: hashOf(mac),
    addressHash: hashOf(address),
    nameHash: hashOf(name),
    claims: [macClaim, addressClaim, nameClaim],
  }
}

function isOfOneCard({ nics: [nic, second] }: Machine): boolean {
  const isPlain = nic?.label === undefined && nic?.network === undefined
  return isPlain && nic?.macs.length === 1 && second === undefined
}

/** By more than it is laid with. The parts of a name with dots are names too. */
function leadsElsewhere({ name, aliases, uuid, port }: Machine): boolean {
  return name.includes('.') || aliases.length > 0 || uuid !== undefined || port !== undefined
}

/** Of DN, tags and serial number, which may be of any length. Who has more is laid in the general way. */
const longBytesMax = 4096
/** Of all that is around them. */
const shortBytesMax = 256
const idLength = 36
const labelLengthMax = 63
const macLength = '52:54:00:77:00:11'.length
/** Of those spellings of a MAC that could be labels. */
const macSpellingLengthMin = '0-0-0-0-0-0'.length
const [blank, quote, comma, hyphen, dot, zero, nine] = [32, 34, 44, 45, 46, 48, 57]
const [colon, backslash, letterA, letterZ, tilde] = [58, 92, 97, 122, 126]

/** What `textOf` writes around the values. */
const frame = {
  beforeId: Buffer.from('["'),
  beforeDn: Buffer.from('","machine","'),
  beforeName: Buffer.from('","'),
  beforeMac: Buffer.from('",[],[[null,null,["'),
  beforeAddress: Buffer.from('"],'),
  beforeTags: Buffer.from(',null]],['),
  beforeHost: Buffer.from('],"host",null,'),
  beforeOther: Buffer.from('],"other",null,'),
  noSerial: Buffer.from('null'),
  end: Buffer.from(',null,null,null,[]]'),
}

const beforeMac = frame.beforeMac.toString()
const beforeAddress = frame.beforeAddress.toString()

/** What a machine that was laid claims, without making it. Within a value this text has no quote that is not escaped. */
export function claimsLaid(rest: DeviceText): readonly ClaimKey[] {
  const nameEnd = rest.indexOf(beforeMac)
  const nameStart = rest.lastIndexOf('"', nameEnd - 1) + 1
  const macStart = nameEnd + beforeMac.length
  const addressStart = macStart + macLength + beforeAddress.length
  const address = Number.parseInt(rest.slice(addressStart, addressStart + addressDigitsMax), 10)
  const mac = rest.slice(macStart, macStart + macLength)
  return soleClaims(mac, ip4(address), rest.slice(nameStart, nameEnd))
}

/** As a number. */
const addressDigitsMax = 10

const hashOfNothing = hashOf('')

/**
 * Writes one laid machine after the other, from the bytes in which their values stand. To be told in order: `begin`, DN, name,
 * MAC, address, tags, role, serial number, `end`. False: with this value it is of another shape, or needs a closer look.
 */
export class LaidMachineWriter {
  readonly #rest = Buffer.alloc(longBytesMax + shortBytesMax)
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  /** Of what was copied last. */
  #hash = 0
  #idHash = 0
  #macHash = 0
  #addressHash = 0
  #nameHash = 0
  #macClaim = 0
  #addressClaim = 0
  #nameClaim = 0

  constructor() {
    this.#put(frame.beforeId)
    this.#at += idLength
    this.#put(frame.beforeDn)
  }

  /** `bytes`: where the values stand. That there is an id at its place is known. */
  begin(bytes: Uint8Array, idStart: number): void {
    this.#bytes = bytes
    this.#at = frame.beforeId.length
    this.#copyKey(idStart, idStart + idLength, hashOfNothing)
    this.#idHash = this.#hash
    this.#at += frame.beforeDn.length
  }

  dn(start: number, end: number): boolean {
    const isPlain = this.#copyText(start, end)
    this.#put(frame.beforeName)
    return isPlain
  }

  name(start: number, end: number): boolean {
    if (!isPlainLabel(this.#bytes, start, end)) return false
    this.#nameClaim = this.#copyKey(start, end, hashBefore.name)
    this.#nameHash = this.#hash
    this.#put(frame.beforeMac)
    return true
  }

  mac(start: number, end: number): boolean {
    if (!isPlainMac(this.#bytes, start, end)) return false
    this.#macClaim = this.#copyKey(start, end, hashBefore.mac)
    this.#macHash = this.#hash
    this.#put(frame.beforeAddress)
    return true
  }

  address(start: number, end: number): boolean {
    const address = ip4In(this.#bytes, start, end)
    if (address === undefined || !isMachineAddress(address)) return false
    this.#addressHash = hashOf(address)
    this.#addressClaim = this.#hashBehind(hashBefore.address, start, end)
    this.#number(address)
    this.#put(frame.beforeTags)
    return true
  }

  /** The only one. */
  tag(start: number, end: number): boolean {
    return this.#copyQuoted(start, end)
  }

  /** Those that stand elsewhere. */
  tags(tags: readonly string[]): boolean {
    for (let at = 0; at < tags.length; at += 1) {
      if (at > 0) this.#byte(comma)
      if (!this.#quoted(tags[at] ?? '')) return false
    }
    return true
  }

  role(role: Role): void {
    this.#put(role === 'host' ? frame.beforeHost : frame.beforeOther)
  }

  serial(start: number, end: number): boolean {
    return this.#copyQuoted(start, end)
  }

  noSerial(): void {
    this.#put(frame.noSerial)
  }

  /** The id and the tags are the same that were told. */
  end(id: EntryId, tags: readonly string[]): LaidMachine {
    this.#put(frame.end)
    return {
      kind: 'laid',
      id,
      rest: this.#rest.toString('latin1', 0, this.#at),
      tags,
      idHash: this.#idHash,
      macHash: this.#macHash,
      addressHash: this.#addressHash,
      nameHash: this.#nameHash,
      claims: [this.#macClaim, this.#addressClaim, this.#nameClaim],
    }
  }

  /** Returns the hash of it behind what has the hash `before`. */
  #copyKey(start: number, end: number, before: number): number {
    const bytes = this.#bytes
    const rest = this.#rest
    let to = this.#at
    let hash = hashOfNothing
    let behind = before
    for (let at = start; at < end; at += 1) {
      const code = bytes[at] ?? 0
      hash = hashWith(hash, code)
      behind = hashWith(behind, code)
      rest[to] = code
      to += 1
    }
    this.#at = to
    this.#hash = hash
    return behind
  }

  #hashBehind(before: number, start: number, end: number): number {
    const bytes = this.#bytes
    let hash = before
    for (let at = start; at < end; at += 1) hash = hashWith(hash, bytes[at] ?? 0)
    return hash
  }

  #copyQuoted(start: number, end: number): boolean {
    this.#byte(quote)
    const isPlain = this.#copyText(start, end)
    this.#byte(quote)
    return isPlain
  }

  #copyText(start: number, end: number): boolean {
    let to = this.#at
    if (to + end - start > longBytesMax) return false
    const bytes = this.#bytes
    const rest = this.#rest
    let uses: number = use.text
    for (let at = start; at < end; at += 1) {
      const code = bytes[at] ?? 0
      uses &= usesOf[code] ?? 0
      rest[to] = code
      to += 1
    }
    this.#at = to
    return uses !== 0
  }

  #quoted(text: string): boolean {
    if (this.#at + text.length > longBytesMax) return false
    this.#byte(quote)
    let uses: number = use.text
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      uses &= usesOf[code] ?? 0
      this.#byte(code)
    }
    this.#byte(quote)
    return uses !== 0
  }

  #put(bytes: Uint8Array): void {
    const rest = this.#rest
    const { length } = bytes
    let to = this.#at
    for (let at = 0; at < length; at += 1) {
      rest[to] = bytes[at] ?? 0
      to += 1
    }
    this.#at = to
  }

  #byte(code: number): void {
    this.#rest[this.#at] = code
    this.#at += 1
  }

  /** The least address of a machine, 1.0.0.0, has eight digits. */
  #number(address: Ip4): void {
    const rest = this.#rest
    const start = this.#at
    const end = start + 8 + (address >= 100_000_000 ? 1 : 0) + (address >= 1_000_000_000 ? 1 : 0)
    let left = address >>> 0
    for (let to = end - 1; to >= start; to -= 1) {
      const tenth = (left / 10) >>> 0
      rest[to] = zero + left - 10 * tenth
      left = tenth
    }
    this.#at = end
  }
}

/** FNV-1a, as in `hashOfPart`. */
function hashWith(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x0100_0193)
}

/** `text`: ASCII that shows itself, and stands in JSON as it is. `inMac`: of a MAC that could be a label. */
const use = { text: 1, inLabel: 2, hexDigit: 4, inMac: 8 } as const

/** What each byte may be used for. A table, for which of them comes next is not to be foreseen. */
const usesOf = Uint8Array.from({ length: 0x100 }, (_, code) => {
  const isText = code >= blank && code <= tilde && code !== quote && code !== backslash
  const isLetter = code >= letterA && code <= letterZ
  const isInLabel = isLetter || (code >= zero && code <= nine) || code === hyphen
  const isHexDigit = isLowerHexDigit(code)
  const isInMac = isHexDigit || code === hyphen
  return (
    (isText ? use.text : 0) |
    (isInLabel ? use.inLabel : 0) |
    (isHexDigit ? use.hexDigit : 0) |
    (isInMac ? use.inMac : 0)
  )
})

/** One that `parseLabel` leaves as it is, and that is a MAC in no spelling. */
function isPlainLabel(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 1 || length > labelLengthMax) return false
  if (bytes[start] === hyphen || bytes[end - 1] === hyphen) return false
  let uses: number = use.inLabel | use.inMac
  for (let at = start; at < end; at += 1) uses &= usesOf[bytes[at] ?? 0] ?? 0
  const isMacLong = length >= macSpellingLengthMin && length <= macLength
  return uses === use.inLabel || (uses !== 0 && !isMacLong)
}

/** One that `parseMac` leaves as it is, and that `isUnicastMac`. */
function isPlainMac(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== macLength) return false
  let uses: number = use.hexDigit
  let unlikeZero = 0
  for (let at = start; at < end; at += 3) {
    const high = bytes[at] ?? 0
    const low = bytes[at + 1] ?? 0
    if (at + 2 < end && bytes[at + 2] !== colon) return false
    uses &= (usesOf[high] ?? 0) & (usesOf[low] ?? 0)
    unlikeZero |= (high ^ zero) | (low ^ zero)
  }
  const second = bytes[start + 1] ?? 0
  const isEven = (second & 1) === (second > nine ? 1 : 0)
  return uses !== 0 && unlikeZero !== 0 && isEven
}

/** The same that `parseIp4` reads. */
function ip4In(bytes: Uint8Array, start: number, end: number): Ip4 | undefined {
  const unread = -1
  let value = 0
  let octet = unread
  let dots = 0
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] ?? 0
    if (code === dot && octet !== unread) {
      value = (value << 8) | octet
      octet = unread
      dots += 1
    } else {
      if (code < zero || code > nine || octet === 0) return undefined
      octet = (octet === unread ? 0 : octet * 10) + code - zero
      if (octet > 255) return undefined
    }
  }
  return dots === 3 && octet !== unread ? ip4(((value << 8) | octet) >>> 0) : undefined
}

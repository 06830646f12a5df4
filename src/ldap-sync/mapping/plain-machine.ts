// Why this file exists: nearly all of 100,000 entries are machines of one shape. What rests of such a one is written from the
// packed text in which it came, in one look. Every other is for `mapNear`, which says the same of these too.
import { type DnsName, type LaidMachine, LaidMachineWriter, type Role } from '#directory'
import { sharedNames, sharedValues } from '../attribute-list.ts'
import {
  idLength,
  keySpelling,
  namesNumberIn,
  namesNumberLength,
  unsharedNames,
} from '../packed-entry.ts'
import type { RawEntry } from '../raw-entry.ts'
import { hasClass } from './classes.ts'
import { isDevice } from './device.ts'
import { textCharactersMax } from './fields.ts'
import { none } from './values.ts'

/** All that such an entry may have. */
const is = {
  objectClass: 0,
  cn: 1,
  mac: 2,
  address: 3,
  serial: 4,
  tag: 5,
  role: 6,
} as const

const attributes: ReadonlyMap<string, number> = new Map([
  ['objectclass', is.objectClass],
  ['cn', is.cn],
  ['macaddress', is.mac],
  ['iphostnumber', is.address],
  ['serialnumber', is.serial],
  ['coppicetag', is.tag],
  ['coppicerole', is.role],
])
const required = [is.objectClass, is.cn, is.mac, is.address]

/** Lists of names, and of object classes, that are remembered; a site has hardly more kinds of entries. */
const judgedMax = 64
/** Longer entries are mapped in the general way. */
const packedCharactersMax = 4096
const rdnStart = 'cn='
const comma = 44
/** A byte would hold half of them. The engine knows of most texts that there are none, without looking. */
const beyondBytes = /[\u0100-\uffff]/

export class PlainMachines {
  readonly #domain: DnsName
  readonly #writer = new LaidMachineWriter()
  /** By the number of a list of names: the attribute at each place, or nothing if it is of another shape. */
  readonly #shapes = new Map<number, readonly number[]>()
  /** By the number of a list of object classes. */
  readonly #machines = new Map<number, boolean>()
  /** The entry that is read. */
  readonly #bytes = Buffer.alloc(packedCharactersMax)
  #at = 0
  #dnStart = 0
  #dnEnd = 0
  /** Where the only value of each attribute stands. What ends at 0 has none. */
  readonly #starts = Array.from(attributes, () => 0)
  readonly #ends = Array.from(attributes, () => 0)
  #tags: readonly string[] = none
  /** Neighbours in a directory often have the same. */
  #lastTag: readonly [string] = ['']

  constructor(domain: DnsName) {
    this.#domain = domain
  }

  /** What the entry is if it stands alone, which is for others to know. `undefined`: it must be mapped in the general way. */
  read(raw: RawEntry): LaidMachine | undefined {
    const { packed } = raw
    const shape = this.#shapeOf(packed)
    if (shape.length === 0 || packed.length > packedCharactersMax || beyondBytes.test(packed))
      return undefined
    this.#bytes.write(packed, 0, 'latin1')
    this.#findDn()
    this.#forgetOptional()
    for (let place = 0; place < shape.length; place += 1)
      if (!this.#find(shape[place] ?? 0, raw)) return undefined
    return this.#isNamedByRdn(packed) && this.#write(packed)
      ? this.#writer.end(raw.id, this.#tags)
      : undefined
  }

  #shapeOf(packed: string): readonly number[] {
    const number = namesNumberIn(packed)
    if (number === unsharedNames) return none
    return this.#shapes.get(number) ?? remember(this.#shapes, number, shapeOf(number))
  }

  /** All else is found in each. */
  #forgetOptional(): void {
    this.#ends[is.serial] = 0
    this.#ends[is.tag] = 0
    this.#ends[is.role] = 0
    this.#tags = none
  }

  #findDn(): void {
    this.#at = idLength + namesNumberLength
    const head = this.#number()
    this.#dnStart = this.#at
    this.#at += head >>> 2
    this.#dnEnd = this.#at
    if ((head & 3) === keySpelling.own) this.#skipText()
  }

  /** False: what the attribute has makes it another shape. */
  #find(attribute: number, raw: RawEntry): boolean {
    const head = this.#number()
    const count = head >>> 1
    if ((head & 1) !== 0) return this.#findList(attribute, count, raw)
    this.#starts[attribute] = this.#at
    this.#at += count
    this.#ends[attribute] = this.#at
    if (attribute === is.tag) this.#tags = this.#onlyTag(raw.packed)
    return count > 0 && count <= textCharactersMax && attribute !== is.objectClass
  }

  #findList(attribute: number, count: number, raw: RawEntry): boolean {
    const number = count === 0 ? this.#number() : undefined
    for (let left = count - 1; left > 0; left -= 1) this.#skipText()
    if (attribute === is.objectClass) return this.#isMachine(number, raw)
    if (attribute !== is.tag) return false
    this.#tags = number === undefined ? (raw.get('coppicetag') ?? none) : sharedValues.at(number)
    return areServed(this.#tags)
  }

  /** `number`: of the list of its object classes, if that is kept for all. */
  #isMachine(number: number | undefined, raw: RawEntry): boolean {
    if (number === undefined) return isMachine(raw)
    return this.#machines.get(number) ?? remember(this.#machines, number, isMachine(raw))
  }

  #onlyTag(packed: string): readonly string[] {
    const start = this.#start(is.tag)
    const end = this.#end(is.tag)
    const [last] = this.#lastTag
    const isLast = last.length === end - start && packed.startsWith(last, start)
    if (!isLast) this.#lastTag = [packed.slice(start, end)]
    return this.#lastTag
  }

  /** Its cn is the value in the RDN, and not the domain itself. */
  #isNamedByRdn(packed: string): boolean {
    const bytes = this.#bytes
    const start = this.#start(is.cn)
    const end = this.#end(is.cn)
    const from = this.#dnStart + rdnStart.length
    const rdnEnd = from + end - start
    if (!packed.startsWith(rdnStart, this.#dnStart) || rdnEnd > this.#dnEnd) return false
    if (rdnEnd < this.#dnEnd && bytes[rdnEnd] !== comma) return false
    for (let at = 0; at < end - start; at += 1)
      if (bytes[start + at] !== bytes[from + at]) return false
    return this.#domain.length !== end - start || !packed.startsWith(this.#domain, start)
  }

  #write(packed: string): boolean {
    const writer = this.#writer
    writer.begin(this.#bytes, 0)
    return (
      writer.dn(this.#dnStart, this.#dnEnd) &&
      writer.name(this.#start(is.cn), this.#end(is.cn)) &&
      writer.mac(this.#start(is.mac), this.#end(is.mac)) &&
      writer.address(this.#start(is.address), this.#end(is.address)) &&
      this.#writeTags() &&
      this.#writeRole(packed) &&
      this.#writeSerial()
    )
  }

  #writeTags(): boolean {
    const end = this.#end(is.tag)
    return end === 0 ? this.#writer.tags(this.#tags) : this.#writer.tag(this.#start(is.tag), end)
  }

  #writeRole(packed: string): boolean {
    if (this.#end(is.role) === 0 || this.#isRole(packed, 'other')) this.#writer.role('other')
    else if (this.#isRole(packed, 'host')) this.#writer.role('host')
    else return false
    return true
  }

  #isRole(packed: string, role: Role): boolean {
    const start = this.#start(is.role)
    return this.#end(is.role) - start === role.length && packed.startsWith(role, start)
  }

  #writeSerial(): boolean {
    const end = this.#end(is.serial)
    if (end > 0) return this.#writer.serial(this.#start(is.serial), end)
    this.#writer.noSerial()
    return true
  }

  #start(attribute: number): number {
    return this.#starts[attribute] ?? 0
  }

  #end(attribute: number): number {
    return this.#ends[attribute] ?? 0
  }

  #skipText(): void {
    const length = this.#number()
    this.#at += length
  }

  #number(): number {
    let octet = this.#bytes[this.#at] ?? 0
    let number = octet & 0x7f
    this.#at += 1
    for (let shift = 7; octet >= 0x80; shift += 7) {
      octet = this.#bytes[this.#at] ?? 0
      this.#at += 1
      number |= (octet & 0x7f) << shift
    }
    return number
  }
}

function isMachine(raw: RawEntry): boolean {
  return isDevice(raw) && !hasClass(raw, 'coppicevcn')
}

function shapeOf(number: number): readonly number[] {
  const shape = sharedNames.at(number).map((name) => attributes.get(name))
  const known = shape.filter((attribute) => attribute !== undefined)
  const isWhole = required.every((attribute) => known.includes(attribute))
  return isWhole && new Set(known).size === shape.length ? known : none
}

/** Neither an empty text nor one that is too long. */
function areServed(tags: readonly string[]): boolean {
  for (let at = 0; at < tags.length; at += 1) {
    const length = tags[at]?.length ?? 0
    if (length < 1 || length > textCharactersMax) return false
  }
  return true
}

function remember<T>(judged: Map<number, T>, number: number, judgement: T): T {
  if (judged.size >= judgedMax) judged.clear()
  judged.set(number, judgement)
  return judgement
}

// Why this file exists: people write entries. Each attribute is parsed in one place, and what is wrong with it is
// said in words that name the attribute and the value.
import {
  type DnsName,
  identifiesNobody,
  type Ip4,
  isMachineAddress,
  isUnicastMac,
  type Mac,
  parseIp4,
  parseLabel,
  parseMac,
  parseUuid,
  type Label,
  type Uuid,
  visible,
} from '#directory'
import { firstRdn } from '../dn.ts'
import type { RawEntry } from '../raw-entry.ts'
import { namesInRdn, type Naming, namingOf } from './naming.ts'
import { shown } from './shown.ts'
import { none, valuesOf } from './values.ts'

/** Longer values are left out, and that is noted. */
export const textCharactersMax = 1024

/** Reads one entry; collects what keeps it from being served, and what is merely left out. */
export class Fields {
  #problems: string[] | undefined
  #notes: string[] | undefined
  readonly #entry: RawEntry
  readonly #domain: DnsName
  readonly dn: string
  #named: Naming | undefined

  constructor(entry: RawEntry, domain: DnsName) {
    this.#entry = entry
    this.dn = entry.dn
    this.#domain = domain
  }

  get problems(): readonly string[] {
    return this.#problems ?? none
  }

  get notes(): readonly string[] {
    return this.#notes ?? none
  }

  /** For this the entry is not served. */
  refuse(problem: string): void {
    this.#problems ??= []
    this.#problems.push(problem)
  }

  /** It is served all the same. */
  note(text: string): void {
    this.#notes ??= []
    this.#notes.push(text)
  }

  all(name: string): readonly string[] {
    return valuesOf(this.#entry, name)
  }

  /** The value of an attribute that has at most one. */
  one(name: string): string | undefined {
    const values = this.all(name)
    if (values.length > 1) this.refuse(`${name} has ${values.length} values`)
    return values.length === 0 ? undefined : values[0]
  }

  parsed<T>(name: string, parse: (text: string) => T | undefined, what: string): T | undefined {
    const text = this.one(name)
    if (text === undefined) return undefined
    const value = parse(text.trim())
    if (value === undefined) this.refuse(`${name} ${shown(text)} is no ${what}`)
    return value
  }

  integer(name: string, { min, max }: { min: number; max: number }): number | undefined {
    const parse = (text: string): number | undefined => {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : -1
      return value >= min && value <= max ? value : undefined
    }
    return this.parsed(name, parse, `number from ${min} to ${max}`)
  }

  flag(name: string): boolean {
    const parse = (text: string): boolean | undefined => booleans.get(text.toUpperCase())
    return this.parsed(name, parse, 'TRUE or FALSE') ?? false
  }

  /** What the RDN says, as it is. */
  canonical(): string {
    return namesInRdn(this.dn)[0] ?? firstRdn(this.dn)?.pairs[0]?.value ?? ''
  }

  /** For entries of our own classes, which are named by what they are called. */
  label(): Label | undefined {
    const text = this.canonical()
    const label = parseLabel(text)
    if (label === undefined) this.refuse(`${shown(text)} is no host label`)
    return label
  }

  /** One label of all that a foreign entry is called. `above`: a name that may stand behind it. */
  shortName(above?: DnsName): Label | undefined {
    const { name, aliases } = this.#naming()
    const ending = above === undefined ? undefined : `.${above}`
    for (const one of name === undefined ? [] : [name, ...aliases]) {
      const isBelow = ending !== undefined && one.endsWith(ending)
      const label = parseLabel(isBelow ? one.slice(0, -ending.length) : one)
      if (label !== undefined) return label
    }
    return undefined
  }

  /** Relative to the domain, which may be written out. */
  name(): DnsName | undefined {
    const { name } = this.#naming()
    if (name === undefined) this.refuse(`${shown(this.canonical())} is no host name`)
    return name
  }

  /** Further values of cn that are host names; others are left out. */
  aliases(): readonly DnsName[] {
    const { aliases, leftOut } = this.#naming()
    if (leftOut.length > 0) for (const sentence of leftOut) this.note(sentence)
    return aliases
  }

  macs(): readonly Mac[] {
    const texts = this.all('macaddress')
    const only = texts.length === 1 ? macIn(texts[0]) : undefined
    return only === undefined ? this.#severalMacs(texts) : [only]
  }

  addresses(): readonly Ip4[] {
    const texts = this.all('iphostnumber')
    const only = texts.length === 1 ? addressIn(texts[0]) : undefined
    return only === undefined ? this.#severalAddresses(texts) : [only]
  }

  /** Values that are shown and handed on as they are: what does not show itself is in none of them. */
  texts(name: string): readonly string[] {
    const all = this.all(name)
    if (all === none || all.every(isPlainText)) return all
    return all.filter((text) => {
      if (isPlainText(text)) return true
      this.note(`${name} ${shown(text)} is no plain text and left out`)
      return false
    })
  }

  /** Such a value of an attribute that may have several, but means something only when it has one. */
  soleText(name: string): string | undefined {
    const texts = this.texts(name)
    if (texts.length === 0) return undefined
    if (texts.length === 1) return texts[0]
    this.note(`${name} has ${texts.length} values and is left out, for they have no order`)
    return undefined
  }

  uuid(): Uuid | undefined {
    const uuid = this.parsed('coppiceuuid', parseUuid, 'UUID')
    if (uuid === undefined || !identifiesNobody(uuid)) return uuid
    this.note(`coppiceUuid ${uuid} identifies nobody and is left out`)
    return undefined
  }

  #severalMacs(texts: readonly string[]): readonly Mac[] {
    if (texts.length === 0) return none
    const good: Mac[] = []
    const bad: string[] = []
    for (const text of texts) {
      const mac = macIn(text)
      if (mac === undefined) bad.push(`macAddress ${shown(text)} is no address of one network card`)
      else if (!good.includes(mac)) good.push(mac)
    }
    this.#leaveOut(bad, good.length)
    // A list that was pushed to has room for sixteen more, and 100,000 of them are kept.
    return good.slice()
  }

  #severalAddresses(texts: readonly string[]): readonly Ip4[] {
    if (texts.length === 0) return none
    const good: Ip4[] = []
    const bad: string[] = []
    for (const text of texts) {
      const address = addressIn(text)
      if (address !== undefined) {
        if (!good.includes(address)) good.push(address)
      } else if (/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text.trim())) {
        this.note(`ipHostNumber ${shown(text)} is an IPv6 address and not served yet`)
      } else bad.push(`ipHostNumber ${shown(text)} is no address of a machine`)
    }
    this.#leaveOut(bad, good.length)
    return good
  }

  /** A bad value beside a good one costs the entry only that value. */
  #leaveOut(bad: readonly string[], good: number): void {
    for (const text of bad) {
      if (good === 0) this.refuse(text)
      else this.note(`${text} and left out`)
    }
  }

  #naming(): Naming {
    this.#named ??= namingOf(this.dn, this.all('cn'), this.#domain)
    return this.#named
  }
}

function macIn(text = ''): Mac | undefined {
  const mac = parseMac(text) ?? parseMac(text.trim().replace(/^ethernet\s+/i, ''))
  return mac !== undefined && isUnicastMac(mac) ? mac : undefined
}

function addressIn(text = ''): Ip4 | undefined {
  const address = parseIp4(text.trim())
  return address !== undefined && isMachineAddress(address) ? address : undefined
}

function isPlainText(text: string): boolean {
  if (text === '' || text.length > textCharactersMax) return false
  return isAsciiText(text) || visible(text) === text
}

/** From the blank to the tilde. */
function isAsciiText(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 32 || code > 126) return false
  }
  return true
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['TRUE', true],
  ['FALSE', false],
])

/** Everything that mapping reads: nothing else is asked of the server, whatever entries hold. */
export const mappedAttributes = [
  'objectClass',
  'cn',
  'macAddress',
  'serialNumber',
  'ipHostNumber',
  'bootFile',
  'bootParameter',
  'ipNetworkNumber',
  'ipNetmaskNumber',
  'uid',
  'uidNumber',
  'gidNumber',
  'loginShell',
  'gecos',
  'displayName',
  'sshPublicKey',
  'member',
  'coppiceGateway',
  'coppiceRoute',
  'coppicePool',
  'coppiceLeaseSeconds',
  'coppiceVni',
  'coppiceRole',
  'coppiceUuid',
  'coppicePort',
  'coppicePower',
  'coppiceTag',
  'coppiceOnNetwork',
  'coppiceQuota',
  'coppiceHost',
  'coppiceImage',
  'coppiceSudo',
] as const

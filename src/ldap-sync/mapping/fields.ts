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

const textCharactersMax = 1024

/** Reads one entry; collects what keeps it from being served, and what is merely left out. */
export class Fields {
  readonly problems: string[] = []
  readonly notes: string[] = []
  readonly #entry: RawEntry
  readonly #domain: DnsName
  #named: Naming | undefined

  constructor(entry: RawEntry, domain: DnsName) {
    this.#entry = entry
    this.#domain = domain
  }

  all(name: string): readonly string[] {
    return valuesOf(this.#entry, name)
  }

  /** The value of an attribute that has at most one. */
  one(name: string): string | undefined {
    const [first, ...more] = this.all(name)
    if (more.length > 0) this.problems.push(`${name} has ${more.length + 1} values`)
    return first
  }

  parsed<T>(name: string, parse: (text: string) => T | undefined, what: string): T | undefined {
    const text = this.one(name)
    if (text === undefined) return undefined
    const value = parse(text.trim())
    if (value === undefined) this.problems.push(`${name} ${shown(text)} is no ${what}`)
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
    return namesInRdn(this.#entry.dn)[0] ?? firstRdn(this.#entry.dn)?.pairs[0]?.value ?? ''
  }

  /** For entries of our own classes, which are named by what they are called. */
  label(): Label | undefined {
    const text = this.canonical()
    const label = parseLabel(text)
    if (label === undefined) this.problems.push(`${shown(text)} is no host label`)
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
    if (name === undefined) this.problems.push(`${shown(this.canonical())} is no host name`)
    return name
  }

  /** Further values of cn that are host names; others are left out. */
  aliases(): readonly DnsName[] {
    const { aliases, leftOut } = this.#naming()
    this.notes.push(...leftOut)
    return aliases
  }

  macs(): readonly Mac[] {
    const good: Mac[] = []
    const bad: string[] = []
    for (const text of this.all('macaddress')) {
      const mac = parseMac(text) ?? parseMac(text.trim().replace(/^ethernet\s+/i, ''))
      if (mac === undefined || !isUnicastMac(mac)) {
        bad.push(`macAddress ${shown(text)} is no address of one network card`)
      } else if (!good.includes(mac)) good.push(mac)
    }
    this.#leaveOut(bad, good.length)
    // A list that was pushed to has room for sixteen more, and 100,000 of them are kept.
    return good.slice()
  }

  addresses(): readonly Ip4[] {
    const good: Ip4[] = []
    const bad: string[] = []
    for (const text of this.all('iphostnumber')) {
      const address = parseIp4(text.trim())
      if (address !== undefined && isMachineAddress(address)) {
        if (!good.includes(address)) good.push(address)
      } else if (/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text.trim())) {
        this.notes.push(`ipHostNumber ${shown(text)} is an IPv6 address and not served yet`)
      } else bad.push(`ipHostNumber ${shown(text)} is no address of a machine`)
    }
    this.#leaveOut(bad, good.length)
    return good
  }

  /** Values that are shown and handed on as they are: what does not show itself is in none of them. */
  texts(name: string): readonly string[] {
    const all = this.all(name)
    if (all.every(isPlainText)) return all
    return all.filter((text) => {
      if (isPlainText(text)) return true
      this.notes.push(`${name} ${shown(text)} is no plain text and left out`)
      return false
    })
  }

  /** Such a value of an attribute that may have several, but means something only when it has one. */
  soleText(name: string): string | undefined {
    const [first, ...more] = this.texts(name)
    if (more.length === 0) return first
    this.notes.push(`${name} has ${more.length + 1} values and is left out, for they have no order`)
    return undefined
  }

  uuid(): Uuid | undefined {
    const uuid = this.parsed('coppiceuuid', parseUuid, 'UUID')
    if (uuid === undefined || !identifiesNobody(uuid)) return uuid
    this.notes.push(`coppiceUuid ${uuid} identifies nobody and is left out`)
    return undefined
  }

  /** A bad value beside a good one costs the entry only that value. */
  #leaveOut(bad: readonly string[], good: number): void {
    if (good === 0) this.problems.push(...bad)
    else this.notes.push(...bad.map((text) => `${text} and left out`))
  }

  #naming(): Naming {
    this.#named ??= namingOf(this.#entry.dn, this.all('cn'), this.#domain)
    return this.#named
  }
}

function isPlainText(text: string): boolean {
  if (text === '' || text.length > textCharactersMax) return false
  return /^[ -~]*$/.test(text) || visible(text) === text
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['TRUE', true],
  ['FALSE', false],
])

/** Most attributes of most entries: one list for all of them. */
const none: readonly never[] = Object.freeze([])

export function valuesOf(entry: RawEntry, name: string): readonly string[] {
  return entry.attributes.get(name) ?? none
}

export function hasClass(entry: RawEntry, name: string): boolean {
  return valuesOf(entry, 'objectclass').some(
    (value) => value.length === name.length && value.toLowerCase() === name,
  )
}

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

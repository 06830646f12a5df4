// Why this file exists: people write entries. Each attribute is parsed in one place, and what is wrong with it is
// said in words that name the attribute and the value.
import {
  type DnsName,
  identifiesNobody,
  type Ip4,
  isUnicastMac,
  type Mac,
  parseDnsName,
  parseIp4,
  parseLabel,
  parseMac,
  parseUuid,
  type Label,
  type Uuid,
} from '#directory'
import { firstRdn } from '../dn.ts'
import type { RawEntry } from '../raw-entry.ts'

const shownCharactersMax = 80

/** Reads one entry; collects what keeps it from being served, and what is merely left out. */
export class Fields {
  readonly problems: string[] = []
  readonly notes: string[] = []
  readonly #entry: RawEntry
  readonly #domain: string
  #canonical: string | undefined

  constructor(entry: RawEntry, domain: DnsName) {
    this.#entry = entry
    this.#domain = `.${domain}`
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

  /** The value in the RDN is the canonical one, for LDAP's values have no order. */
  canonical(): string {
    this.#canonical ??= canonicalName(this.#entry.dn)
    return this.#canonical
  }

  label(): Label | undefined {
    const text = this.canonical()
    const label = parseLabel(text)
    if (label === undefined) this.problems.push(`${shown(text)} is no host label`)
    return label
  }

  /** Relative to the domain, which may be written out. */
  name(): DnsName | undefined {
    const text = this.canonical()
    const name = this.#relative(text)
    if (name === undefined) this.problems.push(`${shown(text)} is no host name`)
    return name
  }

  /** Further values of cn that are host names; others are left out. */
  aliases(): DnsName[] {
    const canonical = this.canonical().toLowerCase()
    return this.all('cn').flatMap((text) => {
      if (text.toLowerCase() === canonical) return []
      const alias = this.#relative(text)
      if (alias === undefined) this.notes.push(`cn ${shown(text)} is no host name and left out`)
      return alias === undefined ? [] : [alias]
    })
  }

  macs(): Mac[] {
    const macs = this.all('macaddress').flatMap((text) => {
      const mac = parseMac(text)
      if (mac !== undefined && isUnicastMac(mac)) return [mac]
      this.problems.push(`macAddress ${shown(text)} is no address of one network card`)
      return []
    })
    return [...new Set(macs)]
  }

  addresses(): Ip4[] {
    return this.all('iphostnumber').flatMap((text) => {
      const address = parseIp4(text.trim())
      if (address !== undefined) return [address]
      if (/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text.trim())) {
        this.notes.push(`ipHostNumber ${shown(text)} is an IPv6 address and not served yet`)
      } else this.problems.push(`ipHostNumber ${shown(text)} is no address`)
      return []
    })
  }

  uuid(): Uuid | undefined {
    const uuid = this.parsed('coppiceuuid', parseUuid, 'UUID')
    if (uuid === undefined || !identifiesNobody(uuid)) return uuid
    this.notes.push(`coppiceUuid ${uuid} identifies nobody and is left out`)
    return undefined
  }

  #relative(text: string): DnsName | undefined {
    const lower = text.trim().toLowerCase()
    return parseDnsName(lower.endsWith(this.#domain) ? lower.slice(0, -this.#domain.length) : lower)
  }
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['TRUE', true],
  ['FALSE', false],
])

function canonicalName(dn: string): string {
  const pairs = firstRdn(dn)?.pairs ?? []
  const pair = pairs.find(({ type }) => type === 'cn' || type === 'uid') ?? pairs[0]
  return pair?.value ?? ''
}

export function valuesOf(entry: RawEntry, name: string): readonly string[] {
  return entry.attributes.get(name) ?? []
}

export function hasClass(entry: RawEntry, name: string): boolean {
  return valuesOf(entry, 'objectclass').some((value) => value.toLowerCase() === name)
}

/** For messages: no control characters, no endless text. */
export function shown(text: string): string {
  const cut = text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text
  return JSON.stringify(cut)
}

/** Everything that mapping reads: nothing else is asked of the server, whatever entries hold. */
export const mappedAttributes = [
  'objectClass',
  'cn',
  'macAddress',
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

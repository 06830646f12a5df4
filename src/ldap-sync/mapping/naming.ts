// Why this file exists: trees that were not made for us name machines by full names, old domains, addresses or whole
// sentences. Which of all that is a host name here, and which is the first, is decided from the values alone.
import { type DnsName, parseDnsName, parseIp4, parseMac } from '#directory'
import { firstRdn } from '../dn.ts'
import { shown } from './shown.ts'
import { none } from './values.ts'

export interface Naming {
  /** Canonical, relative to the domain. Absent: nothing here is a host name. */
  readonly name?: DnsName
  readonly aliases: readonly DnsName[]
  /** A sentence for each value that is no name of this machine in our domain. */
  readonly leftOut: readonly string[]
}

interface Reading {
  readonly text: string
  readonly name?: DnsName
  /** Our domain was written out, so there is no other that it could be meant in. */
  readonly isFull?: boolean
  readonly why?: string
}

/** The value in the RDN is the canonical one, for LDAP's values have no order. */
export function namingOf(dn: string, values: readonly string[], domain: DnsName): Naming {
  const only = values.length === 1 ? values[0] : undefined
  const plain = only !== undefined && only === plainName(dn) ? nameAlone(only, domain) : undefined
  if (plain !== undefined) return { name: plain, aliases: none, leftOut: none }
  const inRdn = namesInRdn(dn)
  const [first] = inRdn
  if (only !== undefined && only === first) {
    const { name } = readName(only, domain)
    if (name !== undefined) return { name, aliases: none, leftOut: none }
  }
  const readings = [...new Set([...inRdn, ...values])].map((text) => readName(text, domain))
  const here = readings.filter((reading) => isNamedHere(reading, readings))
  const name = here.find(({ text }) => text === first)?.name ?? bestOf(here, first)
  const aliases = new Set(here.flatMap((reading) => reading.name ?? []))
  if (name !== undefined) aliases.delete(name)
  const leftOut = readings.filter(
    (reading) => values.includes(reading.text) && !here.includes(reading),
  )
  return {
    ...(name === undefined ? {} : { name }),
    aliases: [...aliases],
    leftOut: leftOut.map(
      ({ text, why = 'is its name in another domain' }) => `cn ${shown(text)} ${why} and left out`,
    ),
  }
}

/** A device may be named by its MAC or address; then its name stands in cn alone. */
export function namesInRdn(dn: string): readonly string[] {
  const plain = plainName(dn)
  if (plain !== undefined) return [plain]
  const pairs = firstRdn(dn)?.pairs ?? []
  return pairs.filter(({ type }) => namingTypes.has(type)).map(({ value }) => value)
}

/** Most names stand behind `cn=` or `uid=` and need no unescaping, and a directory has 100,000 of them. */
function plainName(dn: string): string | undefined {
  const start = dn.startsWith('cn=') ? 3 : dn.startsWith('uid=') ? 4 : 0
  if (start === 0 || !isAlphanumeric(dn.charCodeAt(start))) return undefined
  let end = start + 1
  while (end < dn.length && isPlainCharacter(dn.charCodeAt(end))) end += 1
  return end === dn.length || dn.charCodeAt(end) === comma ? dn.slice(start, end) : undefined
}

const [hyphen, dot, underscore, comma] = [45, 46, 95, 44]

function isPlainCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === hyphen || code === dot || code === underscore
}

function isAlphanumeric(code: number): boolean {
  const lower = code | 0x20
  return (code >= 48 && code <= 57) || (lower >= 97 && lower <= 122)
}

const namingTypes: ReadonlySet<string> = new Set(['cn', 'commonname', '2.5.4.3', 'uid', 'userid'])

/** What most are called: one label. All else is for `readName`, which says of this the same. */
function nameAlone(text: string, domain: DnsName): DnsName | undefined {
  if (text.includes('.') || parseMac(text) !== undefined) return undefined
  const name = parseDnsName(text)
  return name === domain ? undefined : name
}

function readName(text: string, domain: DnsName): Reading {
  const spelt = text.trim().toLowerCase()
  if (parseIp4(spelt) !== undefined || parseMac(spelt) !== undefined)
    return { text, why: 'is an address, no host name' }
  const isAbsolute = spelt.endsWith('.')
  const whole = isAbsolute ? spelt.slice(0, -1) : spelt
  if (whole === domain) return { text, why: 'is the domain itself' }
  const isFull = whole.endsWith(`.${domain}`)
  if (isAbsolute && !isFull && whole.includes('.')) return { text, why: 'is in another domain' }
  const name = parseDnsName(isFull ? whole.slice(0, -domain.length - 1) : whole)
  return name === undefined ? { text, why: 'is no host name' } : { text, name, isFull }
}

/** `n1.other.test` beside `n1` is what the same machine is called elsewhere; alone, it is all the name there is. */
function isNamedHere({ name, isFull }: Reading, readings: readonly Reading[]): boolean {
  if (name === undefined) return false
  const host = hostOf(name)
  return isFull === true || host === name || !readings.some((other) => other.name === host)
}

function hostOf(name: string): string {
  return name.slice(0, `${name}.`.indexOf('.'))
}

/** For want of an order: the host part of what stands in the RDN, then the shortest in labels, then by the alphabet. */
function bestOf(readings: readonly Reading[], first: string | undefined): DnsName | undefined {
  const host = hostOf(first?.trim().toLowerCase() ?? '')
  const names = readings.flatMap(({ name }) => name ?? [])
  return (
    names.find((name) => name === host) ??
    names.toSorted((one, other) => labels(one) - labels(other) || (one < other ? -1 : 1))[0]
  )
}

function labels(name: DnsName): number {
  return name.split('.').length
}

// Why this file exists: an ipNetwork entry (RFC 2307) with what Coppice adds to it.
import {
  broadcastOf,
  contains,
  formatIp4,
  formatRoute,
  type Ip4,
  type Label,
  type Network,
  netmask,
  parseIp4,
  parseLabel,
  parseRoute,
  parseSubnet,
  prefixOfMask,
  type Route,
  settleRoutes,
  type Subnet,
} from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import type { Fields } from './fields.ts'
import { shown } from './shown.ts'

/** An hour: a machine that is off loses its place soon enough, and renewals are cheap. */
const leaseSecondsDefault = 3600
const leaseSecondsLimits = { min: 60, max: 31_536_000 }
/** Nobody has a wider one than net 10; `default 0.0.0.0` of other lists is none at all. */
const prefixMin = 8
const vniLimits = { min: 1, max: 0xff_ffff }

export function mapNetwork(entry: RawEntry, fields: Fields): Network | undefined {
  if (isLoopback(fields)) return undefined
  const subnet = subnetOf(fields)
  const gateway = fields.parsed('coppicegateway', parseIp4, 'address')
  const routes = routesOf(fields)
  const pool = fields.parsed('coppicepool', parsePool, 'pool: first-last')
  const seconds = fields.integer('coppiceleaseseconds', leaseSecondsLimits)
  const vni = fields.integer('coppicevni', vniLimits)
  const name = subnet && nameOf(fields, subnet)
  if (!subnet || name === undefined) return undefined
  for (const [what, address] of [
    ['coppiceGateway', gateway],
    ['the first address of coppicePool', pool?.first],
    ['the last address of coppicePool', pool?.last],
  ] as const) {
    if (address !== undefined && !isUsable(subnet, address)) {
      fields.refuse(`${what} is no machine's address in this network`)
    }
  }
  return {
    kind: 'network',
    id: entry.id,
    dn: fields.dn,
    name,
    ...subnet,
    ...(gateway === undefined ? {} : { gateway }),
    ...(routes.length === 0 ? {} : { routes }),
    ...(pool === undefined ? {} : { pool }),
    leaseSeconds: seconds ?? leaseSecondsDefault,
    ...(vni === undefined ? {} : { vni }),
  }
}

/** Every list of networks has it, and nobody's machines are there. */
function isLoopback(fields: Fields): boolean {
  return fields.all('ipnetworknumber').some((text) => /^\s*127(\.|\s*$)/.test(text))
}

/** A network that is called by a sentence is one all the same: its number becomes its name. */
function nameOf(fields: Fields, { number, prefix }: Subnet): Label | undefined {
  const given = fields.shortName()
  if (given !== undefined) return given
  const name = parseLabel(`net-${formatIp4(number)}-${prefix}`.replaceAll('.', '-'))
  fields.note(`${shown(fields.canonical())} is no host label: it is called ${name ?? ''}`)
  return name
}

function subnetOf(fields: Fields): Subnet | undefined {
  const text = fields.one('ipnetworknumber')?.trim() ?? ''
  // Some write the prefix along; then no mask is needed.
  const joined = parseSubnet(text)
  if (joined && joined.prefix >= prefixMin) return joined
  const number = parseIp4(padded(text))
  if (number === undefined) fields.refuse(`ipNetworkNumber ${shown(text)} is no address`)
  const prefix = fields.parsed('ipnetmasknumber', parseMask, 'netmask')
  if (prefix === undefined && fields.problems.length === 0) {
    fields.refuse('it has no ipNetmaskNumber')
  }
  if (number === undefined || prefix === undefined) return undefined
  const subnet = { number, prefix }
  if (contains(subnet, number)) return subnet
  fields.refuse(`ipNetworkNumber ${shown(text)} has bits outside its mask`)
  return undefined
}

/** RFC 2307 lets trailing zeros be left out: `192.168` is 192.168.0.0. */
function padded(text: string): string {
  const parts = text.split('.')
  return [...parts, '0', '0', '0'].slice(0, Math.max(4, parts.length)).join('.')
}

function parseMask(text: string): number | undefined {
  const [, digits] = /^\/?(\d{1,2})$/.exec(text) ?? []
  const mask = digits === undefined ? parseIp4(text) : undefined
  const prefix = mask === undefined ? Number(digits ?? -1) : (prefixOfMask(mask) ?? -1)
  return prefix >= prefixMin && prefix <= 32 ? prefix : undefined
}

/** One that cannot be read costs the network only that one: its machines still need an address. */
function routesOf(fields: Fields): readonly Route[] {
  const texts = fields.all('coppiceroute')
  const leave = (what: string, why: string): void =>
    fields.note(`coppiceRoute ${what} ${why} and left out`)
  const read = texts.flatMap((text) => {
    const route = parseRoute(text)
    if (route === undefined) leave(shown(text), 'is no DESTINATION/PREFIX ROUTER')
    return route ?? []
  })
  const { kept, left } = settleRoutes(read)
  for (const { route, why } of left) leave(formatRoute(route), why)
  return kept
}

function parsePool(text: string): { first: Ip4; last: Ip4 } | undefined {
  const [one = '', other = '', ...rest] = text.split('-').map((part) => part.trim())
  const first = parseIp4(one)
  const last = parseIp4(other)
  if (first === undefined || last === undefined || rest.length > 0 || last < first) return undefined
  return { first, last }
}

function isUsable(subnet: Subnet, address: Ip4): boolean {
  if (!contains(subnet, address)) return false
  if (subnet.prefix >= 31) return true
  const host = (address & ~netmask(subnet.prefix)) >>> 0
  return host !== 0 && address !== broadcastOf(subnet)
}

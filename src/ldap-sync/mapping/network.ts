// Why this file exists: an ipNetwork entry (RFC 2307) with what Coppice adds to it.
import {
  broadcastOf,
  contains,
  type Ip4,
  type Network,
  netmask,
  parseIp4,
  parseSubnet,
  prefixOfMask,
  type Subnet,
} from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import type { Fields } from './fields.ts'

/** An hour: a machine that is off loses its place soon enough, and renewals are cheap. */
const leaseSecondsDefault = 3600
const leaseSecondsLimits = { min: 60, max: 31_536_000 }
const vniLimits = { min: 1, max: 0xff_ffff }

export function mapNetwork(entry: RawEntry, fields: Fields): Network | undefined {
  const name = fields.label()
  const subnet = subnetOf(fields)
  const gateway = fields.parsed('coppicegateway', parseIp4, 'address')
  const pool = fields.parsed('coppicepool', parsePool, 'pool: first-last')
  const seconds = fields.integer('coppiceleaseseconds', leaseSecondsLimits)
  const vni = fields.integer('coppicevni', vniLimits)
  if (!subnet || name === undefined) return undefined
  for (const [what, address] of [
    ['coppiceGateway', gateway],
    ['the first address of coppicePool', pool?.first],
    ['the last address of coppicePool', pool?.last],
  ] as const) {
    if (address !== undefined && !isUsable(subnet, address)) {
      fields.problems.push(`${what} is no machine's address in this network`)
    }
  }
  return {
    kind: 'network',
    id: entry.id,
    dn: entry.dn,
    name,
    ...subnet,
    ...(gateway === undefined ? {} : { gateway }),
    ...(pool === undefined ? {} : { pool }),
    leaseSeconds: seconds ?? leaseSecondsDefault,
    ...(vni === undefined ? {} : { vni }),
  }
}

function subnetOf(fields: Fields): Subnet | undefined {
  const text = fields.one('ipnetworknumber')?.trim() ?? ''
  // Some write the prefix along; then no mask is needed.
  const joined = parseSubnet(text)
  if (joined) return joined
  const number = parseIp4(padded(text))
  if (number === undefined) fields.problems.push(`ipNetworkNumber ${text} is no address`)
  const prefix = fields.parsed('ipnetmasknumber', parseMask, 'netmask')
  if (prefix === undefined && fields.problems.length === 0) {
    fields.problems.push('it has no ipNetmaskNumber')
  }
  if (number === undefined || prefix === undefined) return undefined
  const subnet = { number, prefix }
  if (contains(subnet, number)) return subnet
  fields.problems.push(`ipNetworkNumber ${text} has bits outside its mask`)
  return undefined
}

/** RFC 2307 lets trailing zeros be left out: `192.168` is 192.168.0.0. */
function padded(text: string): string {
  const parts = text.split('.')
  return [...parts, '0', '0', '0'].slice(0, Math.max(4, parts.length)).join('.')
}

function parseMask(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text) <= 32 ? Number(text) : undefined
  const mask = parseIp4(text)
  return mask === undefined ? undefined : prefixOfMask(mask)
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

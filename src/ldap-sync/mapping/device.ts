// Why this file exists: machines, virtual nodes and their network cards: device entries, told apart by where they
// stand and what else they are.
import {
  type Cluster,
  type DnsName,
  joinName,
  type Machine,
  type Nic,
  parseDnsName,
  parseLabel,
  type Vcn,
  visible,
} from '#directory'
import { parentKey, type RawEntry } from '../raw-entry.ts'
import type { RawTree } from '../sync/replica.ts'
import { clusterOf } from './container.ts'
import { Fields, hasClass, valuesOf } from './fields.ts'
import { namingOf } from './naming.ts'
import { shown } from './shown.ts'

export function isDevice(entry: RawEntry): boolean {
  return hasClass(entry, 'ieee802device') && hasClass(entry, 'device')
}

/**
 * RFC 2307's host: a name and an address. Without a card that anybody described, DNS alone tells of it. Every list of
 * hosts has its own `localhost`, and some have hosts with IPv6 alone: neither is anything to us.
 */
export function isHost(entry: RawEntry): boolean {
  return (
    hasClass(entry, 'iphost') &&
    valuesOf(entry, 'iphostnumber').some((text) => !/:|^\s*127\./.test(text))
  )
}

export function parentOf(entry: RawEntry, tree: RawTree): RawEntry | undefined {
  const key = parentKey(entry.key)
  return key === undefined ? undefined : tree.at(key)
}

/** CONTRACT: a device entry whose parent is a device is a NIC of it, no machine of its own. */
export function isMachineOf(parent: RawEntry | undefined): parent is RawEntry {
  return parent !== undefined && isDevice(parent)
}

export function isVcn(entry: RawEntry, parent: RawEntry | undefined): boolean {
  return (
    hasClass(entry, 'coppicevcn') || (parent !== undefined && hasClass(parent, 'coppicecluster'))
  )
}

const roles = { host: 'host', other: 'other' } as const

export function mapMachine(
  entry: RawEntry,
  tree: RawTree,
  fields: Fields,
  domain: DnsName,
): Machine | undefined {
  const name = fields.name()
  const nics = nicsOf(entry, tree, fields, domain)
  const uuid = fields.uuid()
  const port = fields.one('coppiceport')
  if (isDevice(entry) && nics.every((nic) => nic.macs.length === 0) && !(port ?? uuid)) {
    fields.problems.push('it has no macAddress, and neither coppicePort nor coppiceUuid')
  }
  const role = fields.parsed('coppicerole', parseRole, 'role: host or other') ?? 'other'
  const power = fields.parsed('coppicepower', parsePower, 'URL without a secret')
  const serial = fields.soleText('serialnumber')
  const bootFile = bootFileOf(fields)
  if (name === undefined) return undefined
  return {
    kind: 'machine',
    id: entry.id,
    dn: entry.dn,
    name,
    aliases: fields.aliases(),
    nics,
    tags: fields.texts('coppicetag'),
    role,
    ...(uuid === undefined ? {} : { uuid }),
    ...(serial === undefined ? {} : { serial }),
    ...(port === undefined ? {} : { port }),
    ...(power === undefined ? {} : { power }),
    ...(bootFile === undefined ? {} : { bootFile }),
    bootParameters: fields.texts('bootparameter'),
  }
}

/** DHCP has bytes for it, not characters, and no loader asks for more than these. */
function bootFileOf(fields: Fields): string | undefined {
  const text = fields.soleText('bootfile')
  if (text === undefined || /^[!-~]{1,255}$/.test(text)) return text
  fields.notes.push(`bootFile ${shown(text)} is no path of a boot file and left out`)
  return undefined
}

function parseRole(text: string): Machine['role'] | undefined {
  const lower = text.toLowerCase()
  return lower === 'host' || lower === 'other' ? roles[lower] : undefined
}

/** HOSTILE 66: the directory is read by many; a password in a URL would be theirs. */
function parsePower(text: string): string | undefined {
  const isPlain = !/\s/.test(text) && visible(text) === text
  return isPlain && URL.canParse(text) && new URL(text).password === '' ? text : undefined
}

export function mapVcn(
  entry: RawEntry,
  tree: RawTree,
  fields: Fields,
  domain: DnsName,
): Vcn | undefined {
  const cluster = clusterAbove(entry, tree, domain)
  if (!cluster) fields.problems.push('it does not stand below a coppiceCluster of a coppiceVo')
  const label = fields.label()
  const nics = nicsOf(entry, tree, fields, domain)
  if (nics.every((nic) => nic.macs.length === 0)) fields.problems.push('it has no macAddress')
  const host = fields.parsed('coppicehost', parseDnsName, 'host name')
  const image = fields.soleText('coppiceimage')
  if (!cluster || label === undefined) return undefined
  const within = [cluster.name, cluster.vo] as const
  const name = joinName(label, ...within)
  if (name === undefined) {
    fields.problems.push('its full name is longer than DNS allows')
    return undefined
  }
  return {
    kind: 'vcn',
    id: entry.id,
    dn: entry.dn,
    name,
    aliases: fields.aliases().flatMap((alias) => {
      return alias.endsWith(`.${within.join('.')}`) ? alias : (joinName(alias, ...within) ?? [])
    }),
    nics,
    tags: fields.texts('coppicetag'),
    vo: cluster.vo,
    cluster: cluster.name,
    ...(host === undefined ? {} : { host }),
    ...(image === undefined ? {} : { image }),
  }
}

function clusterAbove(entry: RawEntry, tree: RawTree, domain: DnsName): Cluster | undefined {
  const parent = parentOf(entry, tree)
  if (!parent || !hasClass(parent, 'coppicecluster')) return undefined
  return clusterOf(parent, parentOf(parent, tree), new Fields(parent, domain))
}

/** The entry's own card first, then its children; a bad child is refused alone, as its own entry. */
function nicsOf(entry: RawEntry, tree: RawTree, fields: Fields, domain: DnsName): Nic[] {
  const network = networkOf(entry, fields)
  const macs = fields.macs()
  const [address, ...more] = fields.addresses()
  const own = { id: entry.id, macs, ...network }
  const nics: Nic[] = [address === undefined ? own : { ...own, address }]
  // A flat entry with several addresses: any of its cards gets the one of the network it is on.
  for (const each of more) nics.push({ ...own, address: each })
  for (const child of tree.children(entry.key)) {
    const isCard = isDevice(child) || isHost(child)
    const nic = isCard ? mapNic(child, entry, new Fields(child, domain), domain) : undefined
    if (nic) nics.push(nic)
  }
  return nics
}

function networkOf(entry: RawEntry, fields: Fields): Pick<Nic, 'network'> {
  if (valuesOf(entry, 'coppiceonnetwork').length === 0) return {}
  const network = fields.parsed('coppiceonnetwork', parseLabel, 'network name')
  return network === undefined ? {} : { network }
}

/** `undefined` when `fields` has problems. */
export function mapNic(
  entry: RawEntry,
  machine: RawEntry,
  fields: Fields,
  domain: DnsName,
): Nic | undefined {
  const above = namingOf(machine.dn, valuesOf(machine, 'cn'), domain).name
  const label = fields.shortName(above)
  if (label === undefined) {
    fields.problems.push(`${shown(fields.canonical())} is no host label`)
  }
  const macs = fields.macs()
  if (macs.length === 0 && isDevice(entry)) fields.problems.push('it has no macAddress')
  const [address, ...more] = fields.addresses()
  if (more.length > 0) fields.problems.push('ipHostNumber has several values on one card')
  const network = networkOf(entry, fields)
  if (fields.problems.length > 0 || label === undefined) return undefined
  return { id: entry.id, label, macs, ...(address === undefined ? {} : { address }), ...network }
}

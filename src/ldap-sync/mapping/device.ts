// Why this file exists: machines, virtual nodes and their network cards: device entries, told apart by where they
// stand and what else they are.
import {
  type Cluster,
  type DnsName,
  type EntryId,
  type Ip4,
  joinName,
  type Label,
  type Mac,
  type Machine,
  type Nic,
  parseDnsName,
  parseLabel,
  type Unfinished,
  type Vcn,
  visible,
} from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import { clusterOf } from './container.ts'
import { hasClass } from './classes.ts'
import { Fields } from './fields.ts'
import { namingOf } from './naming.ts'
import type { NearTree } from './near-tree.ts'
import { shown } from './shown.ts'
import { valuesOf } from './values.ts'

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

/** Whether what stands below an entry depends on it, or it on that. */
export function mattersBelow(entry: RawEntry): boolean {
  return isDevice(entry) || hasClass(entry, 'coppicevo') || hasClass(entry, 'coppicecluster')
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
  tree: NearTree,
  fields: Fields,
  domain: DnsName,
): Machine | undefined {
  const name = fields.name()
  const nics = nicsOf(entry, tree, fields, domain)
  const uuid = fields.uuid()
  const port = fields.one('coppiceport')
  if (!hasMac(nics) && isDevice(entry) && !(port ?? uuid)) {
    fields.refuse('it has no macAddress, and neither coppicePort nor coppiceUuid')
  }
  const role = fields.parsed('coppicerole', parseRole, 'role: host or other') ?? 'other'
  const power = fields.parsed('coppicepower', parsePower, 'URL without a secret')
  const serial = fields.soleText('serialnumber')
  const bootFile = bootFileOf(fields)
  if (name === undefined) return undefined
  const machine: Unfinished<Machine> = {
    kind: 'machine',
    id: entry.id,
    dn: fields.dn,
    name,
    aliases: fields.aliases(),
    nics,
    tags: fields.texts('coppicetag'),
    role,
    bootParameters: fields.texts('bootparameter'),
  }
  if (uuid !== undefined) machine.uuid = uuid
  if (serial !== undefined) machine.serial = serial
  if (port !== undefined) machine.port = port
  if (power !== undefined) machine.power = power
  if (bootFile !== undefined) machine.bootFile = bootFile
  return machine
}

function hasMac(nics: readonly Nic[]): boolean {
  for (const { macs } of nics) if (macs.length > 0) return true
  return false
}

/** DHCP has bytes for it, not characters, and no loader asks for more than these. */
function bootFileOf(fields: Fields): string | undefined {
  const text = fields.soleText('bootfile')
  if (text === undefined || /^[!-~]{1,255}$/.test(text)) return text
  fields.note(`bootFile ${shown(text)} is no path of a boot file and left out`)
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
  tree: NearTree,
  fields: Fields,
  domain: DnsName,
): Vcn | undefined {
  const cluster = clusterAbove(entry, tree, domain)
  if (!cluster) fields.refuse('it does not stand below a coppiceCluster of a coppiceVo')
  const label = fields.label()
  const nics = nicsOf(entry, tree, fields, domain)
  if (!hasMac(nics)) fields.refuse('it has no macAddress')
  const host = fields.parsed('coppicehost', parseDnsName, 'host name')
  const image = fields.soleText('coppiceimage')
  if (!cluster || label === undefined) return undefined
  const within = [cluster.name, cluster.vo] as const
  const name = joinName(label, ...within)
  if (name === undefined) {
    fields.refuse('its full name is longer than DNS allows')
    return undefined
  }
  return {
    kind: 'vcn',
    id: entry.id,
    dn: fields.dn,
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

function clusterAbove(entry: RawEntry, tree: NearTree, domain: DnsName): Cluster | undefined {
  const parent = tree.parentOf(entry)
  if (!parent || !hasClass(parent, 'coppicecluster')) return undefined
  return clusterOf(parent, tree.parentOf(parent), new Fields(parent, domain))
}

/** The entry's own card first, then its children; a bad child is refused alone, as its own entry. */
function nicsOf(entry: RawEntry, tree: NearTree, fields: Fields, domain: DnsName): Nic[] {
  const network = networkOf(fields)
  const { id } = entry
  const macs = fields.macs()
  const addresses = fields.addresses()
  const nics = [nicAt(id, macs, addresses[0], network)]
  // A flat entry with several addresses: any of its cards gets the one of the network it is on.
  for (let at = 1; at < addresses.length; at += 1)
    nics.push(nicAt(id, macs, addresses[at], network))
  for (const child of tree.childrenOf(entry)) {
    const isCard = isDevice(child) || isHost(child)
    const nic = isCard ? mapNic(child, entry, new Fields(child, domain), domain) : undefined
    if (nic) nics.push(nic)
  }
  return nics
}

function nicAt(
  id: EntryId,
  macs: readonly Mac[],
  address: Ip4 | undefined,
  network: Label | undefined,
): Nic {
  if (network !== undefined)
    return address === undefined ? { id, macs, network } : { id, macs, network, address }
  return address === undefined ? { id, macs } : { id, macs, address }
}

function networkOf(fields: Fields): Label | undefined {
  return fields.parsed('coppiceonnetwork', parseLabel, 'network name')
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
    fields.refuse(`${shown(fields.canonical())} is no host label`)
  }
  const macs = fields.macs()
  if (macs.length === 0 && isDevice(entry)) fields.refuse('it has no macAddress')
  const addresses = fields.addresses()
  if (addresses.length > 1) fields.refuse('ipHostNumber has several values on one card')
  const network = networkOf(fields)
  if (fields.problems.length > 0 || label === undefined) return undefined
  const nic: Unfinished<Nic> = { id: entry.id, label, macs }
  if (addresses[0] !== undefined) nic.address = addresses[0]
  if (network !== undefined) nic.network = network
  return nic
}

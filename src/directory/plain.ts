// Why this file exists: entries travel to wire and to the last good copy as JSON. Writing is JSON.stringify, since
// every value is a string or a number; reading is here, so that nothing is believed only because we wrote it.
import { readDeviceText } from './at-rest.ts'
import type {
  Cluster,
  Entry,
  EntryId,
  Machine,
  Network,
  Nic,
  Person,
  SetAside,
  Vcn,
  Vo,
} from './entry.ts'
import { contains, type Ip4, type Subnet } from './ip4.ts'
import { parseMac } from './mac.ts'
import { parseDnsName, parseLabel } from './name.ts'
import {
  count,
  flag,
  list,
  member,
  optional,
  parsed,
  type Plain,
  type Read,
  readPlain,
  refuse,
  text,
  texts,
} from './plain-reader.ts'
import { address, entryId, role } from './plain-values.ts'
import type { Route } from './route.ts'
import type { Delta } from './snapshot.ts'
import { parseUuid } from './uuid.ts'

export function readEntry(value: unknown): Read<Entry> {
  return readPlain(value, entry)
}

export function readSetAside(value: unknown): Read<SetAside> {
  return readPlain(value, setAside)
}

/** What is laid down is put: the device wakes here, where it can be refused. */
export function readDelta(value: unknown): Read<Delta> {
  return readPlain(value, delta)
}

function delta(plain: Plain): Delta {
  const kind = text(member(plain, 'kind'))
  switch (kind) {
    case 'put':
      return { kind, entry: entry(member(plain, 'entry')) }
    case 'laid': {
      const rest = text(member(plain, 'rest'))
      const read = readDeviceText(rest)
      return read.ok
        ? { kind: 'put', entry: read.value, rest }
        : refuse(member(plain, 'rest'), read.refusal)
    }
    case 'drop':
      return { kind, id: entryId(member(plain, 'id')) }
    case 'set-aside':
      return { kind, item: setAside(member(plain, 'item')) }
    default:
      return refuse(plain, `no delta is of kind ${JSON.stringify(kind)}`)
  }
}

function setAside(plain: Plain): SetAside {
  return { ...identityOf(plain), reason: text(member(plain, 'reason')) }
}

function entry(plain: Plain): Entry {
  const kind = text(member(plain, 'kind'))
  switch (kind) {
    case 'network':
      return network(plain)
    case 'machine':
      return machine(plain)
    case 'vcn':
      return vcn(plain)
    case 'cluster':
      return cluster(plain)
    case 'vo':
      return vo(plain)
    case 'person':
      return person(plain)
    default:
      return refuse(plain, `no entry is of kind ${JSON.stringify(kind)}`)
  }
}

function network(plain: Plain): Network {
  const gateway = optional(member(plain, 'gateway'), address)
  const routes = optional(member(plain, 'routes'), (item) => list(item, route))
  const pool = optional(member(plain, 'pool'), range)
  const vni = optional(member(plain, 'vni'), count)
  const subnet = subnetOf(plain)
  return {
    kind: 'network',
    ...identityOf(plain),
    ...subnet,
    name: parsed(member(plain, 'name'), parseLabel),
    leaseSeconds: count(member(plain, 'leaseSeconds')),
    ...(gateway === undefined ? {} : { gateway }),
    ...(routes === undefined ? {} : { routes }),
    ...(pool === undefined ? {} : { pool }),
    ...(vni === undefined ? {} : { vni }),
  }
}

function subnetOf(plain: Plain): Subnet {
  const subnet = {
    number: address(member(plain, 'number')),
    prefix: prefix(member(plain, 'prefix')),
  }
  if (!contains(subnet, subnet.number)) return refuse(plain, 'host bits are set in its number')
  return subnet
}

function route(plain: Plain): Route {
  return { to: subnetOf(member(plain, 'to')), by: address(member(plain, 'by')) }
}

function machine(plain: Plain): Machine {
  const uuid = optional(member(plain, 'uuid'), (item) => parsed(item, parseUuid))
  const serial = optional(member(plain, 'serial'), text)
  const port = optional(member(plain, 'port'), text)
  const power = optional(member(plain, 'power'), text)
  const bootFile = optional(member(plain, 'bootFile'), text)
  return {
    kind: 'machine',
    ...deviceOf(plain),
    role: role(member(plain, 'role')),
    bootParameters: list(member(plain, 'bootParameters'), text),
    ...(uuid === undefined ? {} : { uuid }),
    ...(serial === undefined ? {} : { serial }),
    ...(port === undefined ? {} : { port }),
    ...(power === undefined ? {} : { power }),
    ...(bootFile === undefined ? {} : { bootFile }),
  }
}

function vcn(plain: Plain): Vcn {
  const host = optional(member(plain, 'host'), (item) => parsed(item, parseDnsName))
  const image = optional(member(plain, 'image'), text)
  return {
    kind: 'vcn',
    ...deviceOf(plain),
    vo: parsed(member(plain, 'vo'), parseLabel),
    cluster: parsed(member(plain, 'cluster'), parseLabel),
    ...(host === undefined ? {} : { host }),
    ...(image === undefined ? {} : { image }),
  }
}

function cluster(plain: Plain): Cluster {
  return {
    kind: 'cluster',
    ...identityOf(plain),
    vo: parsed(member(plain, 'vo'), parseLabel),
    name: parsed(member(plain, 'name'), parseLabel),
  }
}

function vo(plain: Plain): Vo {
  return {
    kind: 'vo',
    ...identityOf(plain),
    name: parsed(member(plain, 'name'), parseLabel),
    quota: texts(member(plain, 'quota')),
    members: list(member(plain, 'members'), text),
  }
}

function person(plain: Plain): Person {
  const uidNumber = optional(member(plain, 'uidNumber'), count)
  const gidNumber = optional(member(plain, 'gidNumber'), count)
  const loginShell = optional(member(plain, 'loginShell'), text)
  const fullName = optional(member(plain, 'fullName'), text)
  return {
    kind: 'person',
    ...identityOf(plain),
    uid: text(member(plain, 'uid')),
    sshKeys: list(member(plain, 'sshKeys'), text),
    tags: list(member(plain, 'tags'), text),
    sudo: flag(member(plain, 'sudo')),
    ...(uidNumber === undefined ? {} : { uidNumber }),
    ...(gidNumber === undefined ? {} : { gidNumber }),
    ...(loginShell === undefined ? {} : { loginShell }),
    ...(fullName === undefined ? {} : { fullName }),
  }
}

function identityOf(plain: Plain): { readonly id: EntryId; readonly dn: string } {
  return { id: entryId(member(plain, 'id')), dn: text(member(plain, 'dn')) }
}

type DevicePart = Pick<Vcn, 'id' | 'dn' | 'name' | 'aliases' | 'nics' | 'tags'>

function deviceOf(plain: Plain): DevicePart {
  const identity = identityOf(plain)
  return {
    ...identity,
    name: parsed(member(plain, 'name'), parseDnsName),
    aliases: list(member(plain, 'aliases'), (item) => parsed(item, parseDnsName)),
    nics: list(member(plain, 'nics'), (item) => nic(item, identity.id)),
    tags: list(member(plain, 'tags'), text),
  }
}

/** Of 100,000 flat entries each is its own card: one text for both. */
function nic(plain: Plain, device: EntryId): Nic {
  const id = entryId(member(plain, 'id'))
  const label = optional(member(plain, 'label'), (item) => parsed(item, parseLabel))
  const at = optional(member(plain, 'address'), address)
  const on = optional(member(plain, 'network'), (item) => parsed(item, parseLabel))
  return {
    id: id === device ? device : id,
    macs: list(member(plain, 'macs'), (item) => parsed(item, parseMac)),
    ...(label === undefined ? {} : { label }),
    ...(at === undefined ? {} : { address: at }),
    ...(on === undefined ? {} : { network: on }),
  }
}

function prefix(plain: Plain): number {
  const value = count(plain)
  return value <= 32 ? value : refuse(plain, 'no prefix length')
}

function range(plain: Plain): { readonly first: Ip4; readonly last: Ip4 } {
  const first = address(member(plain, 'first'))
  const last = address(member(plain, 'last'))
  return first <= last ? { first, last } : refuse(plain, 'its end is before its beginning')
}

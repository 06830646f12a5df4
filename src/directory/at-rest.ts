// Why this file exists: nearly all of a directory is asked about never or once a day. A device that rests is one flat text
// of 200 bytes, a sixth of what it takes as values; who looks at it makes the values anew, in some microseconds.
import type { Entry, EntryId, Machine, Nic, Role, Unfinished, Vcn } from './entry.ts'
import { type Mac, parseMac } from './mac.ts'
import { type DnsName, parseDnsName, parseLabel } from './name.ts'
import { absent, Places } from './places.ts'
import { type Read, readPlain } from './plain-reader.ts'
import { isRole } from './plain-values.ts'
import { hashOf, hashOfPart } from './slots.ts'
import { parseUuid } from './uuid.ts'

export type Device = Machine | Vcn

/** JSON: a list with the id first, each value at its place, null for what is absent. */
export type DeviceText = string

/** Of other kinds there are few: they rest as they are. */
export type AtRest<Other> = DeviceText | Other

interface Named {
  readonly id: EntryId
  readonly kind: string
}

export function atRest<Other extends Named>(entry: Device | Other): AtRest<Other> {
  return isDevice(entry) ? textOf(entry) : entry
}

export function isDevice<Other extends Named>(entry: Device | Other): entry is Device {
  return entry.kind === 'machine' || entry.kind === 'vcn'
}

export function textOf(device: Device): DeviceText {
  return JSON.stringify(device.kind === 'machine' ? machineValues(device) : vcnValues(device))
}

/** Devices are made anew for each who looks: what they say counts, not which of them it is. */
export function isSameEntry(one: Entry | undefined, other: Entry): boolean {
  return one !== undefined && atRest(one) === atRest(other)
}

/** Without looking at the rest of it. */
export function idAtRest(rest: AtRest<Named>): EntryId {
  if (typeof rest !== 'string') return rest.id
  const id = parseUuid(rest.slice(idStart, idStart + idLength))
  if (id === undefined) throw new Error(`no device rests in ${rest}`)
  return id
}

/** Of its id. */
export function hashAtRest(rest: AtRest<Named>): number {
  return typeof rest === 'string' ? hashOfPart(rest, idStart, idStart + idLength) : hashOf(rest.id)
}

export function isIdAtRest(rest: AtRest<Named>, id: EntryId): boolean {
  return typeof rest === 'string' ? rest.startsWith(id, idStart) : rest.id === id
}

/** Without looking at the rest of it. */
export function isKindAtRest(rest: AtRest<Named>, kind: string): boolean {
  return typeof rest === 'string'
    ? rest.startsWith(kind, kindStart) && rest.startsWith(kindEnd, kindStart + kind.length)
    : rest.kind === kind
}

const idStart = '["'.length
const idLength = 36
const kindStart = idStart + idLength + '","'.length
const kindEnd = '",'

/** What `textOf` made; anything else is a broken invariant. */
export function deviceOf(rest: DeviceText): Device {
  const read = readDeviceText(rest)
  if (!read.ok) throw new Error(`no device rests in ${rest}: ${read.refusal}`)
  return Object.freeze(read.value)
}

/** The same for text that came from outside. */
export function readDeviceText(rest: DeviceText): Read<Device> {
  let value: unknown
  try {
    value = JSON.parse(rest)
  } catch {
    return { ok: false, refusal: 'no JSON' }
  }
  const read = readPlain(value, (plain) => device(plain.value))
  // It is found by how it begins.
  const isFound =
    !read.ok || (isIdAtRest(rest, read.value.id) && isKindAtRest(rest, read.value.kind))
  return isFound ? read : { ok: false, refusal: 'spelt in another way' }
}

function machineValues(machine: Machine): readonly unknown[] {
  const { uuid, serial, port, power, bootFile, bootParameters } = machine
  const own = [machine.role, uuid, serial, port, power, bootFile].map((value) => value ?? absent)
  return [...deviceValues(machine), ...own, bootParameters]
}

function vcnValues(vcn: Vcn): readonly unknown[] {
  return [...deviceValues(vcn), vcn.vo, vcn.cluster, vcn.host ?? absent, vcn.image ?? absent]
}

function deviceValues({ id, kind, dn, name, aliases, nics, tags }: Device): readonly unknown[] {
  return [id, kind, dn, name, aliases, nics.map((nic) => nicValues(nic, id)), tags]
}

/** A card that is its machine's own entry has its id. */
function nicValues({ id, label, macs, address, network }: Nic, device: EntryId): unknown {
  return [id === device ? absent : id, label ?? absent, macs, address ?? absent, network ?? absent]
}

function device(value: unknown): Device {
  const places = Places.of(value)
  const kind = places.text(1)
  if (kind === 'machine') return machine(places)
  return kind === 'vcn' ? vcn(places) : places.refuse(1, 'is no device')
}

/** The order of the places is that of `machineValues`. */
function machine(places: Places): Machine {
  const read: Unfinished<Machine> = {
    ...devicePart(places),
    kind: 'machine',
    role: role(places),
    bootParameters: places.list(13, text),
  }
  const uuid = places.parsedIfAny(8, parseUuid)
  const serial = places.textIfAny(9)
  const port = places.textIfAny(10)
  const power = places.textIfAny(11)
  const bootFile = places.textIfAny(12)
  if (uuid !== undefined) read.uuid = uuid
  if (serial !== undefined) read.serial = serial
  if (port !== undefined) read.port = port
  if (power !== undefined) read.power = power
  if (bootFile !== undefined) read.bootFile = bootFile
  return read
}

/** The order of the places is that of `vcnValues`. */
function vcn(places: Places): Vcn {
  const read: Unfinished<Vcn> = {
    ...devicePart(places),
    kind: 'vcn',
    vo: places.parsed(7, parseLabel),
    cluster: places.parsed(8, parseLabel),
  }
  const host = places.parsedIfAny(9, parseDnsName)
  const image = places.textIfAny(10)
  if (host !== undefined) read.host = host
  if (image !== undefined) read.image = image
  return read
}

/** The order of the places is that of `deviceValues`. */
function devicePart(
  places: Places,
): Pick<Device, 'id' | 'dn' | 'name' | 'aliases' | 'nics' | 'tags'> {
  const id = places.parsed(0, parseUuid)
  return {
    id,
    dn: places.text(2),
    name: places.parsed(3, parseDnsName),
    aliases: places.list(4, dnsName),
    nics: nics(places, id),
    tags: places.list(6, text),
  }
}

function nics(places: Places, device: EntryId): readonly Nic[] {
  return places.list(5, (all, at) => nic(all.at(at), device))
}

/** The order of the places is that of `nicValues`. */
function nic(places: Places, device: EntryId): Nic {
  const read: Unfinished<Nic> = {
    id: places.parsedIfAny(0, parseUuid) ?? device,
    macs: places.list(2, mac),
  }
  const label = places.parsedIfAny(1, parseLabel)
  const address = places.addressIfAny(3)
  const network = places.parsedIfAny(4, parseLabel)
  if (label !== undefined) read.label = label
  if (address !== undefined) read.address = address
  if (network !== undefined) read.network = network
  return read
}

function role(places: Places): Role {
  const value = places.text(7)
  return isRole(value) ? value : places.refuse(7, 'is neither host nor other')
}

function text(places: Places, at: number): string {
  return places.text(at)
}

function dnsName(places: Places, at: number): DnsName {
  return places.parsed(at, parseDnsName)
}

function mac(places: Places, at: number): Mac {
  return places.parsed(at, parseMac)
}

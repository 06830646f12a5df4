// Why this file exists: nearly all of a directory is asked about never or once a day. A device that rests is one flat text
// of 200 bytes, a sixth of what it takes as values; who looks at it makes the values anew, in some microseconds.
import type { Entry, EntryId, Machine, Nic, Vcn } from './entry.ts'
import { parseMac } from './mac.ts'
import { parseDnsName, parseLabel } from './name.ts'
import {
  list,
  type Plain,
  type Read,
  readPlain,
  parsed,
  place,
  refuse,
  text,
} from './plain-reader.ts'
import { address, role } from './plain-values.ts'
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

/** No number and no text of ours. */
const absent = null

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

export function isIdAtRest(rest: AtRest<Named>, id: EntryId): boolean {
  return typeof rest === 'string' ? rest.startsWith(id, idStart) : rest.id === id
}

/** Without looking at the rest of it. */
export function isKindAtRest(rest: AtRest<Named>, kind: string): boolean {
  return typeof rest === 'string' ? rest.startsWith(`"${kind}"`, kindStart) : rest.kind === kind
}

const idStart = '["'.length
const idLength = 36
const kindStart = idStart + idLength + '",'.length

/** What `textOf` made; anything else is a broken invariant. */
export function deviceOf(rest: DeviceText): Device {
  const read = readDeviceText(rest)
  if (!read.ok) throw new Error(`no device rests in ${rest}: ${read.refusal}`)
  return read.value
}

/** The same for text that came from outside. */
export function readDeviceText(rest: DeviceText): Read<Device> {
  let value: unknown
  try {
    value = JSON.parse(rest)
  } catch {
    return { ok: false, refusal: 'no JSON' }
  }
  const read = readPlain(value, device)
  // It is found by how it begins.
  const isFound = !read.ok || rest.startsWith(`["${read.value.id}","${read.value.kind}",`)
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
function nicValues({ id, label, macs, address: at, network }: Nic, device: EntryId): unknown {
  return [id === device ? absent : id, label ?? absent, macs, at ?? absent, network ?? absent]
}

function device(plain: Plain): Device {
  const kind = text(place(plain, 1))
  if (kind === 'machine') return machine(plain)
  return kind === 'vcn' ? vcn(plain) : refuse(plain, 'no device')
}

function machine(plain: Plain): Machine {
  const uuid = optional(place(plain, 8), (item) => parsed(item, parseUuid))
  const serial = optional(place(plain, 9), text)
  const port = optional(place(plain, 10), text)
  const power = optional(place(plain, 11), text)
  const bootFile = optional(place(plain, 12), text)
  return Object.freeze({
    kind: 'machine',
    ...devicePart(plain),
    role: role(place(plain, 7)),
    bootParameters: list(place(plain, 13), text),
    ...(uuid === undefined ? {} : { uuid }),
    ...(serial === undefined ? {} : { serial }),
    ...(port === undefined ? {} : { port }),
    ...(power === undefined ? {} : { power }),
    ...(bootFile === undefined ? {} : { bootFile }),
  })
}

function vcn(plain: Plain): Vcn {
  const host = optional(place(plain, 9), (item) => parsed(item, parseDnsName))
  const image = optional(place(plain, 10), text)
  return Object.freeze({
    kind: 'vcn',
    ...devicePart(plain),
    vo: parsed(place(plain, 7), parseLabel),
    cluster: parsed(place(plain, 8), parseLabel),
    ...(host === undefined ? {} : { host }),
    ...(image === undefined ? {} : { image }),
  })
}

function devicePart(
  plain: Plain,
): Pick<Device, 'id' | 'dn' | 'name' | 'aliases' | 'nics' | 'tags'> {
  const id = parsed(place(plain, 0), parseUuid)
  return {
    id,
    dn: text(place(plain, 2)),
    name: parsed(place(plain, 3), parseDnsName),
    aliases: list(place(plain, 4), (item) => parsed(item, parseDnsName)),
    nics: list(place(plain, 5), (item) => nic(item, id)),
    tags: list(place(plain, 6), text),
  }
}

function nic(plain: Plain, id: EntryId): Nic {
  const label = optional(place(plain, 1), (item) => parsed(item, parseLabel))
  const at = optional(place(plain, 3), address)
  const network = optional(place(plain, 4), (item) => parsed(item, parseLabel))
  return {
    id: optional(place(plain, 0), (item) => parsed(item, parseUuid)) ?? id,
    macs: list(place(plain, 2), (item) => parsed(item, parseMac)),
    ...(label === undefined ? {} : { label }),
    ...(at === undefined ? {} : { address: at }),
    ...(network === undefined ? {} : { network }),
  }
}

function optional<T>(plain: Plain, read: (plain: Plain) => T): T | undefined {
  return plain.value === absent ? undefined : read(plain)
}

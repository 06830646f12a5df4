// Why this table exists: the procedures about a connection and the host behind it, with libvirt's own numbers.
import type { XdrReader } from '../xdr/reader.ts'
import {
  readDomain,
  readNamed,
  readText,
  readTypedValues,
  type TypedValues,
  type DomainRef,
} from './objects.ts'
import { procedure, readNothing, slow, writeNothing } from './procedure.ts'

export interface Version {
  readonly major: number
  readonly minor: number
  readonly release: number
}

export interface NodeInfo {
  readonly model: string
  readonly memoryKib: number
  readonly cpus: number
  readonly mhz: number
  readonly numaNodes: number
  readonly sockets: number
  readonly coresPerSocket: number
  readonly threadsPerCore: number
}

export interface DomainStats {
  readonly domain: DomainRef
  readonly values: TypedValues
}

/** libvirt's own limits on lists. */
export const listCountMax = 16_384
const authTypeCountMax = 20
const memoryStatCountMax = 16
const domainStatCountMax = 262_144

/** libvirt packs a version into one number: 9.0.0 is 9,000,000. */
function readVersion(reader: XdrReader): Version {
  const packed = reader.size()
  return {
    major: Math.floor(packed / 1_000_000),
    minor: Math.floor(packed / 1000) % 1000,
    release: packed % 1000,
  }
}

/** `char model[32]` is 32 words in XDR, a character in each. */
function readModel(reader: XdrReader): string {
  const characters = Array.from({ length: 32 }, () => reader.int())
  const end = characters.indexOf(0)
  const bytes = characters.slice(0, end < 0 ? undefined : end)
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

function readNodeInfo(reader: XdrReader): NodeInfo {
  return {
    model: readModel(reader),
    memoryKib: reader.size(),
    cpus: reader.int(),
    mhz: reader.int(),
    numaNodes: reader.int(),
    sockets: reader.int(),
    coresPerSocket: reader.int(),
    threadsPerCore: reader.int(),
  }
}

/** A list procedure answers with the list and its count again. */
export function readListed<T>(read: (reader: XdrReader) => T): (reader: XdrReader) => readonly T[] {
  return (reader) => {
    const list = reader.array(listCountMax, read)
    reader.uint()
    return list
  }
}

export const connectProcedures = {
  connectOpen: slow(
    procedure(
      'connectOpen',
      1,
      (writer, asked: { readonly uri: string }) =>
        writer.optional(asked.uri, (each, uri) => each.string(uri)).uint(0),
      readNothing,
    ),
  ),
  connectClose: procedure('connectClose', 2, writeNothing, readNothing),
  connectGetType: procedure('connectGetType', 3, writeNothing, readText),
  connectGetVersion: slow(procedure('connectGetVersion', 4, writeNothing, readVersion)),
  nodeGetInfo: procedure('nodeGetInfo', 6, writeNothing, readNodeInfo),
  connectGetCapabilities: slow(procedure('connectGetCapabilities', 7, writeNothing, readText)),
  connectGetHostname: procedure('connectGetHostname', 59, writeNothing, readText),
  connectSupportsFeature: procedure(
    'connectSupportsFeature',
    60,
    (writer, asked: { readonly feature: number }) => writer.int(asked.feature),
    (reader) => reader.int() !== 0,
  ),
  authList: procedure('authList', 66, writeNothing, (reader) =>
    reader.array(authTypeCountMax, (each) => each.int()),
  ),
  nodeGetFreeMemory: procedure('nodeGetFreeMemory', 102, writeNothing, (reader) => reader.size()),
  connectGetUri: procedure('connectGetUri', 110, writeNothing, readText),
  connectGetLibVersion: procedure('connectGetLibVersion', 157, writeNothing, readVersion),
  /** Asked with `count` 0 it tells how many there are; `cell` -1 is the whole host. */
  nodeGetMemoryStats: procedure(
    'nodeGetMemoryStats',
    228,
    (writer, asked: { readonly count: number; readonly cell: number }) =>
      writer.int(asked.count).int(asked.cell).uint(0),
    (reader) => ({
      values: new Map(
        reader.array(memoryStatCountMax, (each) => [readText(each), each.unsignedHyper()] as const),
      ),
      count: reader.int(),
    }),
  ),
  connectListAllDomains: procedure(
    'connectListAllDomains',
    273,
    (writer, asked: { readonly flags?: number }) => writer.int(1).uint(asked.flags ?? 0),
    readListed(readDomain),
  ),
  connectListAllNetworks: procedure(
    'connectListAllNetworks',
    283,
    (writer, asked: { readonly flags?: number }) => writer.int(1).uint(asked.flags ?? 0),
    readListed(readNamed),
  ),
  connectDomainEventCallbackRegisterAny: procedure(
    'connectDomainEventCallbackRegisterAny',
    316,
    (writer, asked: { readonly event: number }) => writer.int(asked.event).uint(0),
    (reader) => reader.int(),
  ),
  connectDomainEventCallbackDeregisterAny: procedure(
    'connectDomainEventCallbackDeregisterAny',
    317,
    (writer, asked: { readonly callback: number }) => writer.int(asked.callback),
    readNothing,
  ),
  /** The figures of every domain of the host in one question. `stats` 0 asks for all groups. */
  connectGetAllDomainStats: procedure(
    'connectGetAllDomainStats',
    344,
    (writer, asked: { readonly stats: number; readonly flags?: number }) =>
      writer
        .uint(0)
        .uint(asked.stats)
        .uint(asked.flags ?? 0),
    (reader): readonly DomainStats[] =>
      reader.array(listCountMax, (each) => ({
        domain: readDomain(each),
        values: readTypedValues(each, domainStatCountMax),
      })),
  ),
} as const

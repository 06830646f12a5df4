// Why this table exists: the procedures about storage pools and volumes, with libvirt's numbers.
import type { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'
import { readListed } from './connect.table.ts'
import {
  type NamedRef,
  readNamed,
  readText,
  readVolume,
  type VolumeRef,
  writeNamed,
  writeVolume,
} from './objects.ts'
import { procedure, readNothing, slow, streaming } from './procedure.ts'

export interface OfPool {
  readonly pool: NamedRef
}

export interface OfPoolFlagged extends OfPool {
  readonly flags?: number
}

export interface OfVolumeFlagged {
  readonly volume: VolumeRef
  readonly flags?: number
}

/** A part of a volume; `length` 0 is all of it. */
export interface VolumePart extends OfVolumeFlagged {
  readonly offset: number
  readonly length: number
}

export interface PoolInfo {
  readonly state: number
  readonly capacityBytes: number
  readonly allocationBytes: number
  readonly availableBytes: number
}

export interface VolumeInfo {
  readonly type: number
  readonly capacityBytes: number
  readonly allocationBytes: number
}

function writeOfPool(writer: XdrWriter, asked: OfPool): void {
  writeNamed(writer, asked.pool)
}

function writePoolFlagged(writer: XdrWriter, asked: OfPoolFlagged): void {
  writeNamed(writer, asked.pool)
  writer.uint(asked.flags ?? 0)
}

function writeVolumeFlagged(writer: XdrWriter, asked: OfVolumeFlagged): void {
  writeVolume(writer, asked.volume)
  writer.uint(asked.flags ?? 0)
}

function writePart(writer: XdrWriter, asked: VolumePart): void {
  writeVolume(writer, asked.volume)
  writer.unsignedHyper(BigInt(asked.offset)).unsignedHyper(BigInt(asked.length))
  writer.uint(asked.flags ?? 0)
}

function readPoolInfo(reader: XdrReader): PoolInfo {
  return {
    state: reader.uint(),
    capacityBytes: reader.size(),
    allocationBytes: reader.size(),
    availableBytes: reader.size(),
  }
}

function readVolumeInfo(reader: XdrReader): VolumeInfo {
  return { type: reader.int(), capacityBytes: reader.size(), allocationBytes: reader.size() }
}

export const storageProcedures = {
  storagePoolDefineXml: procedure(
    'storagePoolDefineXml',
    77,
    (writer, asked: { readonly xml: string }) => writer.string(asked.xml).uint(0),
    readNamed,
  ),
  storagePoolCreate: slow(procedure('storagePoolCreate', 78, writePoolFlagged, readNothing)),
  storagePoolBuild: slow(procedure('storagePoolBuild', 79, writePoolFlagged, readNothing)),
  storagePoolDestroy: slow(procedure('storagePoolDestroy', 80, writeOfPool, readNothing)),
  storagePoolUndefine: procedure('storagePoolUndefine', 82, writeOfPool, readNothing),
  storagePoolRefresh: slow(procedure('storagePoolRefresh', 83, writePoolFlagged, readNothing)),
  storagePoolLookupByName: procedure(
    'storagePoolLookupByName',
    84,
    (writer, asked: { readonly name: string }) => writer.string(asked.name),
    readNamed,
  ),
  storagePoolGetInfo: procedure('storagePoolGetInfo', 87, writeOfPool, readPoolInfo),
  storageVolCreateXml: slow(
    procedure(
      'storageVolCreateXml',
      93,
      (writer, asked: OfPoolFlagged & { readonly xml: string }) => {
        writeNamed(writer, asked.pool)
        writer.string(asked.xml).uint(asked.flags ?? 0)
      },
      readVolume,
    ),
  ),
  storageVolDelete: slow(procedure('storageVolDelete', 94, writeVolumeFlagged, readNothing)),
  storageVolLookupByName: procedure(
    'storageVolLookupByName',
    95,
    (writer, asked: OfPool & { readonly name: string }) => {
      writeNamed(writer, asked.pool)
      writer.string(asked.name)
    },
    readVolume,
  ),
  storageVolLookupByPath: procedure(
    'storageVolLookupByPath',
    97,
    (writer, asked: { readonly path: string }) => writer.string(asked.path),
    readVolume,
  ),
  storageVolGetInfo: procedure(
    'storageVolGetInfo',
    98,
    (writer, asked: { readonly volume: VolumeRef }) => writeVolume(writer, asked.volume),
    readVolumeInfo,
  ),
  storageVolGetXmlDesc: procedure('storageVolGetXmlDesc', 99, writeVolumeFlagged, readText),
  storageVolUpload: streaming(procedure('storageVolUpload', 208, writePart, readNothing), 'pause'),
  storageVolDownload: streaming(
    procedure('storageVolDownload', 209, writePart, readNothing),
    'pause',
  ),
  connectListAllStoragePools: procedure(
    'connectListAllStoragePools',
    281,
    (writer, asked: { readonly flags?: number }) => writer.int(1).uint(asked.flags ?? 0),
    readListed(readNamed),
  ),
  storagePoolListAllVolumes: procedure(
    'storagePoolListAllVolumes',
    282,
    (writer, asked: OfPool) => {
      writeNamed(writer, asked.pool)
      writer.int(1).uint(0)
    },
    readListed(readVolume),
  ),
} as const

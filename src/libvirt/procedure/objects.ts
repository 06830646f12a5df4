// Why this file exists: libvirt names domains, pools, volumes and filters by small structures that nearly every
// procedure carries; they are read and written in one place.
import { cannotEncode } from '../faults.ts'
import { XdrError, type XdrReader } from '../xdr/reader.ts'
import { stringBytesMax, type XdrWriter } from '../xdr/writer.ts'

/** A domain as libvirt names it. `id` is -1 while it does not run. */
export interface DomainRef {
  readonly name: string
  readonly uuid: string
  readonly id: number
}

/** A network, a storage pool or a network filter. */
export interface NamedRef {
  readonly name: string
  readonly uuid: string
}

export interface VolumeRef {
  readonly pool: string
  readonly name: string
  /** For volumes in a directory: the path. */
  readonly key: string
}

export type TypedValue = number | bigint | boolean | string
export type TypedValues = ReadonlyMap<string, TypedValue>

const uuidBytes = 16

export function readText(reader: XdrReader): string {
  return reader.string(stringBytesMax)
}

export function readUuid(reader: XdrReader): string {
  return reader
    .fixedOpaque(uuidBytes)
    .toHex()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function writeUuid(writer: XdrWriter, uuid: string): void {
  const digits = uuid.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw cannotEncode(`"${uuid}" is not a UUID`)
  writer.fixedOpaque(Uint8Array.fromHex(digits))
}

export function readDomain(reader: XdrReader): DomainRef {
  return { name: readText(reader), uuid: readUuid(reader), id: reader.int() }
}

export function writeDomain(writer: XdrWriter, domain: DomainRef): void {
  writeNamed(writer, domain)
  writer.int(domain.id)
}

export function readNamed(reader: XdrReader): NamedRef {
  return { name: readText(reader), uuid: readUuid(reader) }
}

export function writeNamed(writer: XdrWriter, named: NamedRef): void {
  writer.string(named.name)
  writeUuid(writer, named.uuid)
}

export function readVolume(reader: XdrReader): VolumeRef {
  return { pool: readText(reader), name: readText(reader), key: readText(reader) }
}

export function writeVolume(writer: XdrWriter, volume: VolumeRef): void {
  writer.string(volume.pool).string(volume.name).string(volume.key)
}

/** virTypedParameter: the answer's values say their own types. */
export function readTypedValues(reader: XdrReader, countMax: number): TypedValues {
  return new Map(reader.array(countMax, (each) => [readText(each), readTypedValue(each)] as const))
}

function readTypedValue(reader: XdrReader): TypedValue {
  const type = reader.int()
  switch (type) {
    case 1:
      return reader.int()
    case 2:
      return reader.uint()
    case 3:
      return reader.hyper()
    case 4:
      return reader.unsignedHyper()
    case 5:
      return reader.double()
    case 6:
      return reader.int() !== 0
    case 7:
      return readText(reader)
    default:
      throw new XdrError(`a typed value of type ${type}`)
  }
}

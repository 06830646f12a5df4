// Why this table exists: the procedures about domains (libvirt's word for virtual machines), with libvirt's numbers.
import type { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'
import { type DomainRef, readDomain, readText, writeDomain, writeUuid } from './objects.ts'
import { procedure, readNothing, slow, streaming } from './procedure.ts'

export interface OfDomain {
  readonly domain: DomainRef
}

export interface OfDomainFlagged extends OfDomain {
  readonly flags?: number
}

export interface DomainInfo {
  readonly state: number
  readonly memoryMaxKib: number
  readonly memoryKib: number
  readonly vcpus: number
  /** Of all its virtual CPUs together; large enough to outgrow a double. */
  readonly cpuTimeNanos: bigint
}

/** What is kept in a domain's `<metadata>` under one namespace. */
export interface MetadataKey extends OfDomainFlagged {
  /** The namespace that is ours among foreign ones. */
  readonly uri: string
}

/** VIR_DOMAIN_METADATA_ELEMENT; title and description belong to people. */
const metadataElement = 2

function writeOfDomain(writer: XdrWriter, asked: OfDomain): void {
  writeDomain(writer, asked.domain)
}

function writeFlagged(writer: XdrWriter, asked: OfDomainFlagged): void {
  writeDomain(writer, asked.domain)
  writer.uint(asked.flags ?? 0)
}

function writeText(writer: XdrWriter, text: string): void {
  writer.string(text)
}

function readInfo(reader: XdrReader): DomainInfo {
  return {
    state: reader.uint(),
    memoryMaxKib: reader.size(),
    memoryKib: reader.size(),
    vcpus: reader.uint(),
    cpuTimeNanos: reader.unsignedHyper(),
  }
}

export const domainProcedures = {
  domainGetXmlDesc: procedure('domainGetXmlDesc', 14, writeFlagged, readText),
  domainGetInfo: procedure('domainGetInfo', 16, writeOfDomain, readInfo),
  domainLookupByName: procedure(
    'domainLookupByName',
    23,
    (writer, asked: { readonly name: string }) => writer.string(asked.name),
    readDomain,
  ),
  domainLookupByUuid: procedure(
    'domainLookupByUuid',
    24,
    (writer, asked: { readonly uuid: string }) => writeUuid(writer, asked.uuid),
    readDomain,
  ),
  domainResume: procedure('domainResume', 28, writeOfDomain, readNothing),
  domainSuspend: procedure('domainSuspend', 34, writeOfDomain, readNothing),
  domainManagedSave: slow(procedure('domainManagedSave', 182, writeFlagged, readNothing)),
  domainHasManagedSaveImage: procedure(
    'domainHasManagedSaveImage',
    183,
    writeFlagged,
    (reader) => reader.int() !== 0,
  ),
  domainManagedSaveRemove: procedure('domainManagedSaveRemove', 184, writeFlagged, readNothing),
  domainCreateWithFlags: slow(procedure('domainCreateWithFlags', 196, writeFlagged, readDomain)),
  domainOpenConsole: streaming(
    procedure(
      'domainOpenConsole',
      201,
      (writer, asked: OfDomainFlagged & { readonly device?: string }) => {
        writeDomain(writer, asked.domain)
        writer.optional(asked.device, writeText).uint(asked.flags ?? 0)
      },
      readNothing,
    ),
    'cut',
  ),
  domainGetState: procedure('domainGetState', 212, writeFlagged, (reader) => ({
    state: reader.int(),
    reason: reader.int(),
  })),
  domainUndefineFlags: procedure('domainUndefineFlags', 231, writeFlagged, readNothing),
  domainDestroyFlags: slow(procedure('domainDestroyFlags', 234, writeFlagged, readNothing)),
  domainReset: procedure('domainReset', 245, writeFlagged, readNothing),
  domainShutdownFlags: procedure('domainShutdownFlags', 258, writeFlagged, readNothing),
  /** `xml` absent: what is kept under `uri` is removed. */
  domainSetMetadata: procedure(
    'domainSetMetadata',
    264,
    (
      writer,
      asked: MetadataKey & { readonly prefix: string; readonly xml: string | undefined },
    ) => {
      writeDomain(writer, asked.domain)
      writer.int(metadataElement)
      writer.optional(asked.xml, writeText)
      writer.optional(asked.prefix, writeText)
      writer.optional(asked.uri, writeText)
      writer.uint(asked.flags ?? 0)
    },
    readNothing,
  ),
  domainGetMetadata: procedure(
    'domainGetMetadata',
    265,
    (writer, asked: MetadataKey) => {
      writeDomain(writer, asked.domain)
      writer
        .int(metadataElement)
        .optional(asked.uri, writeText)
        .uint(asked.flags ?? 0)
    },
    readText,
  ),
  domainDefineXmlFlags: procedure(
    'domainDefineXmlFlags',
    350,
    (writer, asked: { readonly xml: string; readonly flags?: number }) =>
      writer.string(asked.xml).uint(asked.flags ?? 0),
    readDomain,
  ),
} as const

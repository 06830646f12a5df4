// Why this file exists: libvirt's own error numbers decide what a caller does next (no such domain is an answer, an
// internal error is not), so they are kept as they came.
import { XdrReader } from '../xdr/reader.ts'
import { readDomain, readNamed, readText } from '../procedure/objects.ts'

/** The numbers of virErrorNumber that callers ask about. */
export const libvirtErrorCode = {
  internalError: 1,
  noSupport: 3,
  invalidArgument: 8,
  operationFailed: 9,
  xmlError: 27,
  xmlDetail: 35,
  noDomain: 42,
  noNetwork: 43,
  noStoragePool: 49,
  noStorageVolume: 50,
  operationInvalid: 55,
  noNetworkFilter: 62,
  configUnsupported: 67,
  operationTimeout: 68,
  noDomainMetadata: 80,
  accessDenied: 88,
  storageVolumeExists: 90,
} as const

export class LibvirtError extends Error {
  override readonly name = 'LibvirtError'
  /** virErrorNumber */
  readonly code: number
  /** virErrorDomain: the part of libvirt that speaks. */
  readonly domain: number
  /** virErrorLevel: 1 warning, 2 error. */
  readonly level: number

  constructor(facts: { code: number; domain: number; level: number; message: string }) {
    super(facts.message)
    this.code = facts.code
    this.domain = facts.domain
    this.level = facts.level
  }
}

export function decodeLibvirtError(payload: Uint8Array): LibvirtError {
  const reader = new XdrReader(payload)
  const code = reader.int()
  const domain = reader.int()
  const message = reader.optional(readText)
  const level = reader.int()
  reader.optional(readDomain)
  // The finer parts repeat the message; they are read so that a wrong layout is noticed.
  for (let part = 1; part <= 3; part++) reader.optional(readText)
  reader.int()
  reader.int()
  reader.optional(readNamed)
  reader.end()
  return new LibvirtError({ code, domain, level, message: message ?? `libvirt error ${code}` })
}

/** The daemon's own error below whatever wraps it. */
export function libvirtErrorOf(error: unknown): LibvirtError | undefined {
  if (error instanceof LibvirtError) return error
  return error instanceof Error && error.cause instanceof LibvirtError ? error.cause : undefined
}

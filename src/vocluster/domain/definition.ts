// Why this file exists: what a host must run for one node, as facts. From these come its XML and the answer to whether
// what runs is still what is wanted.
import type { DnsName, Ip4, Mac, Uuid } from '#directory'
import type { ImageFormat } from '../image/header/inspect.ts'
import type { VcnMark } from './mark.ts'

export interface NicDefinition {
  readonly mac: Mac
  readonly address: Ip4
  readonly vni: number
}

export interface VcnDefinition {
  readonly uuid: Uuid
  /** `compute3.hpl.physics`: also the name of the domain. */
  readonly name: DnsName
  readonly mark: VcnMark
  readonly vcpus: number
  readonly memoryBytes: number
  readonly base: ImageBase
  /** The VO's network first. */
  readonly nics: readonly NicDefinition[]
}

export interface ImageBase {
  /** Below the folder of images. */
  readonly file: string
  /** Recorded when the image came in, and never found out by looking (HOSTILE 47). */
  readonly format: ImageFormat
  readonly virtualBytes: number
}

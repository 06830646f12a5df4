// Why this file exists: what the wire sees is the only clock of a boot. These are its words, spoken upward to core.
import type { Ip4, Mac, Uuid } from '#directory'

/** Who is speaking: the machine's firmware, the loader we gave it, or an operating system. */
export type LoaderStage = 'firmware' | 'ipxe' | 'os'

interface SightingBase {
  /** Wall clock, milliseconds. */
  readonly at: number
  readonly mac?: Mac
  readonly address?: Ip4
}

export interface DhcpSighting extends SightingBase {
  readonly kind: 'dhcp'
  readonly asked: string
  /** Absent when we stayed silent. */
  readonly answered?: string
  readonly stage: LoaderStage
  readonly interfaceName: string
  /** A relay's circuit id. */
  readonly port?: string
  readonly uuid?: Uuid
  readonly why: string
}

/** The loader asked what to boot. `claim` is the one-use number that went into its command line. */
export interface ScriptSighting extends SightingBase {
  readonly kind: 'script'
  readonly decision: string
  readonly uuid?: Uuid
  readonly serial?: string
  readonly claim?: string
  readonly why: string
}

export interface TransferSighting extends SightingBase {
  readonly kind: 'transfer'
  readonly protocol: 'tftp' | 'http'
  readonly file: string
  readonly bytes: number
  readonly millis: number
  readonly outcome: 'whole' | 'probe' | 'cut-off' | 'refused'
  readonly why: string
}

/** Something a person should know: a rogue server, a flood, a conflict. `code` is of the fault catalogue. */
export interface AlarmSighting extends SightingBase {
  readonly kind: 'alarm'
  readonly code: string
  readonly why: string
}

export type Sighting = DhcpSighting | ScriptSighting | TransferSighting | AlarmSighting

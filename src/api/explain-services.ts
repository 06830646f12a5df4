// Why this file exists: the shapes in which programs see what a machine would get, and ask what would be if.
import type { MachineRequest, LintView } from './services.ts'

/** One thing that is so. Programs go by topic, rule and values; the text is for people and may change. */
export interface FactView {
  readonly topic: string
  readonly text: string
  readonly why?: string
  /** Of DHCP, DNS, TFTP and HTTP, the name under which /metrics counts it. */
  readonly rule?: string
  readonly operands?: readonly (string | number)[]
  /** DN of the entry that it comes from. */
  readonly entry?: string
  readonly values?: Readonly<Record<string, string>>
  /** Which packet of the request, from 0. */
  readonly packet?: number
}

export interface ExplanationView {
  readonly subject: string
  /** machine, vcn, stranger, address, person, packets. */
  readonly kind: string
  /** For people, in the order in which a machine meets it. */
  readonly lines: readonly string[]
  readonly facts: readonly FactView[]
}

/** One of the two. */
export interface WhatIfEntries {
  readonly machine?: MachineRequest | undefined
  readonly ldif?: string | undefined
}

/** One of the two. */
export interface WhatIfPackets {
  /** A pcap or pcapng file, in base64. */
  readonly pcap?: string | undefined
  /** One UDP payload. */
  readonly hex?: string | undefined
  /** Of what `hex` is a packet; DHCP if it is not said. */
  readonly protocol?: 'dhcp' | 'dns' | 'tftp' | undefined
}

export interface WhatIfView {
  readonly lines: readonly string[]
  /** What lint would find that it does not find now. */
  readonly findings: readonly LintView[]
  readonly explained: readonly ExplanationView[]
  /** The entries as they would be written. */
  readonly ldif: string
}

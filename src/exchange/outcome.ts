// Why this file exists: whatever the format was, what comes of an import has one shape: machines and networks of the
// directory, and a full account of what was understood and what was left out.
import type { DnsName, Ip4, Label, Mac, Role, Route, Subnet, Uuid } from '#directory'

export interface ImportedNetwork extends Subnet {
  readonly where: string
  readonly name: Label
  readonly gateway?: Ip4
  /** Without the default route by `gateway`, which is told in any case. */
  readonly routes?: readonly Route[]
  readonly pool?: { readonly first: Ip4; readonly last: Ip4 }
  readonly leaseSeconds?: number
}

export interface ImportedNic {
  /** Absent on the machine's own card. */
  readonly label?: Label
  readonly macs: readonly Mac[]
  /** Several only on the machine's own card, each on another network. */
  readonly addresses: readonly Ip4[]
}

/** What a file may say of a machine beside its cards. */
export interface MachineFacts {
  readonly tags?: readonly string[]
  readonly role?: Role
  readonly uuid?: Uuid
  readonly port?: string
  /** URL of its BMC. */
  readonly power?: string
  readonly bootFile?: string
  readonly bootParameters?: readonly string[]
}

export interface ImportedMachine {
  readonly where: string
  /** Relative to the appliance's domain. */
  readonly name: DnsName
  /** The file has no name for it, so it is called by its card. */
  readonly isNameMade: boolean
  readonly aliases: readonly DnsName[]
  /** The first is its own. */
  readonly nics: readonly ImportedNic[]
  readonly facts: MachineFacts
}

/** `where` is file:line:column. */
export interface LeftOut {
  readonly where: string
  readonly what: string
  readonly why: string
}

export interface ImportOutcome {
  readonly format: FormatName
  readonly networks: readonly ImportedNetwork[]
  readonly machines: readonly ImportedMachine[]
  readonly understood: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

export type ImportProblemCode = 'CPC-IMP-001' | 'CPC-IMP-002' | 'CPC-IMP-003'

/** Why nothing of the files is taken. */
export interface ImportProblem {
  readonly code: ImportProblemCode
  readonly where: string
  readonly why: string
}

export type ImportResult =
  | { readonly ok: true; readonly value: ImportOutcome }
  | { readonly ok: false; readonly refusal: readonly ImportProblem[] }

export const formatNames = ['dhcpd', 'kea', 'dnsmasq', 'hosts', 'csv', 'warewulf'] as const
export type FormatName = (typeof formatNames)[number]

/** What people call them otherwise. */
const formatAliases: Readonly<Record<string, FormatName>> = {
  isc: 'dhcpd',
  'dhcpd.conf': 'dhcpd',
  'isc-dhcp': 'dhcpd',
  'kea-dhcp4': 'kea',
  'dnsmasq.conf': 'dnsmasq',
  ethers: 'hosts',
  'nodes.conf': 'warewulf',
  ww: 'warewulf',
  ww4: 'warewulf',
}

export function findFormat(text: string): FormatName | undefined {
  const lower = text.toLowerCase()
  const alias = Object.hasOwn(formatAliases, lower) ? formatAliases[lower] : undefined
  return formatNames.find((name) => name === lower) ?? alias
}

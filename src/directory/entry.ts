// Why this file exists: what the directory can hold, as values. Every other room asks questions of these.
import type { Ip4, Subnet } from './ip4.ts'
import type { Mac } from './mac.ts'
import type { DnsName, Label } from './name.ts'
import type { Route } from './route.ts'
import type { Uuid } from './uuid.ts'

/** LDAP's entryUUID: the only key that survives a rename. */
export type EntryId = Uuid

interface EntryBase {
  readonly id: EntryId
  /** As LDAP spells it; for messages and for writing back, never for comparing. */
  readonly dn: string
}

export interface Network extends EntryBase, Subnet {
  readonly kind: 'network'
  readonly name: Label
  readonly gateway?: Ip4
  /** Beside the gateway, in the order of `settleRoutes`; absent rather than empty. */
  readonly routes?: readonly Route[]
  /** Addresses for machines that nobody has described, both ends included. */
  readonly pool?: { readonly first: Ip4; readonly last: Ip4 }
  readonly leaseSeconds: number
  /** VXLAN number of a VO's own network; absent on a physical one. */
  readonly vni?: number
}

/** A network card: a child entry of its machine, or the machine's own entry when it is flat. */
export interface Nic {
  readonly id: EntryId
  /** Absent on the NIC that the machine's own entry describes. */
  readonly label?: Label
  readonly macs: readonly Mac[]
  /** Absent until somebody, or we, decided one. */
  readonly address?: Ip4
  readonly network?: Label
}

export type Role = 'host' | 'other'

interface Device extends EntryBase {
  /** Relative to the domain, canonical (the RDN's value): `n001`, or `compute3.hpl.physics`. */
  readonly name: DnsName
  /** Further values of cn, also relative to the domain. */
  readonly aliases: readonly DnsName[]
  /** The first is the device's own; child NICs follow. */
  readonly nics: readonly Nic[]
  readonly tags: readonly string[]
}

export interface Machine extends Device {
  readonly kind: 'machine'
  readonly role: Role
  readonly uuid?: Uuid
  /** RFC 4519's serialNumber. With the UUID it identifies a machine whose MAC nobody has written down. */
  readonly serial?: string
  /** A relay's circuit id, as text. */
  readonly port?: string
  /** URL of its BMC, without the secret. */
  readonly power?: string
  readonly bootFile?: string
  readonly bootParameters: readonly string[]
}

export interface Vcn extends Device {
  readonly kind: 'vcn'
  readonly vo: Label
  readonly cluster: Label
  readonly host?: DnsName
  readonly image?: string
}

export interface Cluster extends EntryBase {
  readonly kind: 'cluster'
  readonly vo: Label
  readonly name: Label
}

export interface Vo extends EntryBase {
  readonly kind: 'vo'
  readonly name: Label
  readonly quota: Readonly<Record<string, string>>
  readonly members: readonly string[]
}

export interface Person extends EntryBase {
  readonly kind: 'person'
  readonly uid: string
  readonly uidNumber?: number
  readonly gidNumber?: number
  /** As the directory has it; a host may lack it. */
  readonly loginShell?: string
  /** For people to read: any text. */
  readonly fullName?: string
  readonly sshKeys: readonly string[]
  readonly tags: readonly string[]
  readonly sudo: boolean
}

export type Entry = Network | Machine | Vcn | Cluster | Vo | Person

/** An entry that cannot be served, with the reason that `lint` and the log show. */
export interface SetAside {
  readonly id: EntryId
  readonly dn: string
  readonly reason: string
}

/**
 * An entry that is being made: members that are absent are left out, so that it has the same ones wherever it comes from.
 * Spreading what is nearly always absent would take longer than all else.
 */
export type Unfinished<T> = { -readonly [Key in keyof T]: T[Key] }

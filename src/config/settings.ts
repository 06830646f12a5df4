// Why this file exists: what coppice.yaml can say, as a type, so that no other file asks whether a key was there.
import type { DnsName } from '#directory'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export type OnOff = 'on' | 'off'

/** More than this share and more than this many within the window are held, until a person decides. */
export interface RemovalSettings {
  readonly percentMax: number
  readonly countMax: number
  readonly windowMillis: number
}

export interface EmbeddedDirectory {
  readonly kind: 'embedded'
  /** `127.0.0.1:3890`, always on loopback. */
  readonly listen: string
  /** LDAP over TLS, on any address of this machine; absent: off. */
  readonly ldaps?: Endpoint
  readonly base: string
  readonly removals: RemovalSettings
}

export interface ExternalDirectory {
  readonly kind: 'external'
  readonly url: string
  readonly base: string
  /** Absent with `secretFile`: we read without a name and write nothing. */
  readonly bindDn?: string
  readonly secretFile?: string
  readonly caFile?: string
  /** With ldap://, whose connections begin in clear: encrypted before anything else is said. */
  readonly startTls?: true
  readonly removals: RemovalSettings
}

export type DirectorySettings = EmbeddedDirectory | ExternalDirectory

export type NfsSettings = 'auto' | 'kernel' | 'ganesha' | { readonly export: string }

/** A whole configuration: every default filled in, every path absolute or below the working directory. */
export interface Settings {
  readonly version: number
  readonly site: string
  readonly domain: DnsName
  readonly interfaces: readonly string[]
  readonly services: {
    readonly dhcp: 'authoritative' | 'proxy' | 'off'
    readonly dns: OnOff
    readonly tftp: OnOff
    readonly http: OnOff
  }
  readonly dns: { readonly forwarders: readonly Endpoint[] }
  readonly api: { readonly listen: readonly Endpoint[] }
  readonly directory: DirectorySettings
  readonly images: { readonly store: string; readonly nfs: NfsSettings }
  /** Where new hosts ask for their certificates, over HTTPS, on the provisioning addresses. */
  readonly enrol: { readonly port: number }
  readonly boot: {
    /** The folder with the kernel and the initial RAM disk of a KVM host. */
    readonly hostImage: string
    /** Stretches or shortens the deadline of every phase of a boot. */
    readonly patiencePercent: number
  }
  /** What virtual nodes may have of a host. */
  readonly placement: {
    readonly vcpusPerCpu: number
    /** Kept back for the host itself. */
    readonly hostMemoryBytes: number
  }
}

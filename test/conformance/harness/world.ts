// Why this file exists: every subject, ours or a peer, is given the same little world in its own language of
// configuration, so that one case can be put to all of them.
export const server = '10.91.0.1'
export const serverMac = '52:54:00:91:00:01'
export const router = '10.91.0.254'
export const domain = 'cluster.test'
export const leaseSeconds = 600
export const base = 'dc=cluster,dc=test'

export interface Net {
  readonly name: string
  readonly number: string
  readonly prefix: number
  readonly mask: string
  readonly broadcast: string
  readonly router: string
  readonly pool: readonly [first: string, last: string]
}

/** `near` is the wire of the server; the others lie behind a relay, whose addresses are their routers'. */
export const nets = {
  /** Wide, so that cases that run side by side hardly ever meet at one address. */
  near: {
    name: 'near',
    number: '10.91.0.0',
    prefix: 22,
    mask: '255.255.252.0',
    broadcast: '10.91.3.255',
    router,
    pool: ['10.91.1.1', '10.91.3.200'],
  },
  far: behind('far', '10.92.0'),
  farther: behind('farther', '10.93.0'),
} as const satisfies Record<string, Net>

function behind(name: string, start: string): Net {
  return {
    name,
    number: `${start}.0`,
    prefix: 24,
    mask: '255.255.255.0',
    broadcast: `${start}.255`,
    router: `${start}.1`,
    pool: [`${start}.100`, `${start}.229`],
  }
}

/** Reached by the router of the farther network, as its hosts are told. */
export const routed = '198.51.100.0/24'
export const relay = nets.far.router
export const otherRelay = nets.farther.router

export interface Host {
  readonly name: string
  readonly mac: string
  readonly address: string
  readonly bootFile?: string
}

/** n001 and n002 take the loader of their architecture, the desk one of its own; far1 is behind the relay. */
export const hosts = {
  n001: { name: 'n001', mac: '52:54:00:91:00:11', address: '10.91.0.11' },
  n002: { name: 'n002', mac: '52:54:00:91:00:12', address: '10.91.0.12' },
  /** For what gives addresses back and takes them: nobody else's case uses it. */
  n003: { name: 'n003', mac: '52:54:00:91:00:13', address: '10.91.0.13' },
  desk: {
    name: 'desk',
    mac: '52:54:00:91:00:14',
    address: '10.91.0.14',
    bootFile: 'desk/loader.efi',
  },
  far1: { name: 'far1', mac: '52:54:00:92:00:11', address: '10.92.0.11' },
} as const satisfies Record<string, Host>

/** Says that the server is still there: what it had to say before this host's answer, it has said. */
export const witness: Host = { name: 'n099', mac: '52:54:00:91:00:99', address: '10.91.0.99' }

export const allHosts: readonly Host[] = [...Object.values(hosts), witness]

/** Names of the zone. `deep.inside` makes a name that has nothing of its own (RFC 8020). */
export const dnsRecords: readonly { readonly name: string; readonly address: string }[] = [
  ...allHosts,
  { name: 'www', address: hosts.n001.address },
  { name: 'deep.inside', address: '10.91.0.21' },
]

/** By processor architecture (RFC 4578 §2.1). */
export const loaders = { bios: 'undionly.kpxe', efi: 'snponly.efi' } as const

/** Where the tests' own programs live. */
export const clientAddress = '10.91.0.2'
/** A second address of the same machine, for packets from strangers. */
export const strangerAddress = '10.91.0.3'

export interface BootFile {
  readonly name: string
  readonly bytes: Uint8Array
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff)
}

/** Of sizes that matter: several blocks, an exact multiple of 512, nothing, lines, and more than 65,535 blocks of 8. */
export const files = {
  blocks: { name: 'snponly.efi', bytes: pattern(20_000) },
  exact: { name: 'undionly.kpxe', bytes: pattern(512 * 4) },
  empty: { name: 'ipxe.efi', bytes: new Uint8Array(0) },
  lines: {
    name: 'boot/kvm-host/vmlinuz',
    bytes: new TextEncoder().encode('one\ntwo\r\nthree\rfour\n'),
  },
  many: { name: 'boot/kvm-host/initrd', bytes: pattern(8 * 65_540 + 3) },
} as const satisfies Record<string, BootFile>

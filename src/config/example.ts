// Why this file exists: the first configuration a person sees is the one that `coppice init` writes; it explains itself.
import type { DnsName } from '#directory'
import type { ExternalDirectory } from './settings.ts'

export interface ExampleOptions {
  readonly domain: DnsName
  readonly interfaces: readonly string[]
  readonly site?: string
  /** Absent: a directory server of our own. */
  readonly external?: Omit<ExternalDirectory, 'kind' | 'removals'>
}

/** The text of a coppice.yaml that `readSettings` accepts, whatever the values are. */
export function exampleSettings(options: ExampleOptions): string {
  const { domain, interfaces, external, site = domain } = options
  return `# Coppice. Everything else (networks, machines, virtual organizations) lives in the directory.
# Only version, domain, interfaces and directory are required; the rest shows its default.
version: 1

# What this place is called in logs and in the web.
site: ${plain(site)}

# Machines are NAME.${domain}; we answer for this zone and for the reverse zones of our networks.
domain: ${plain(domain)}

# DHCP, DNS, TFTP and HTTP boot listen on these and nowhere else.
interfaces: [${interfaces.map(plain).join(', ')}]

# dhcp: authoritative (we hand out addresses) | proxy (another server does, we only say what to boot) | off
services: { dhcp: authoritative, dns: on, tftp: on, http: on }

# Who is asked for names that are not ours, as [192.0.2.53]. None: such questions are refused.
dns: { forwarders: [] }

# The HTTP API, beside the unix socket DIR/api.sock, which is always there. DIR is the data directory.
api: { listen: [127.0.0.1:8420] }

${external ? externalLines(external) : embeddedLines(domain)}
# Where disk images lie, and who exports them to the hosts: auto | kernel | ganesha | { export: server:/path }
images: { store: DIR/images, nfs: auto }

# Where new hosts ask for their certificates (HTTPS, on the interfaces above).
enrol: { port: 8443 }

# The kernel and the initial RAM disk that a machine with the role "host" boots, and how long each phase of a boot may
# take (100: ten minutes for the firmware, four for Linux; emulated or very large machines want more).
boot: { hostImage: DIR/boot/kvm-host, patiencePercent: 100 }

# How many virtual CPUs may stand on each CPU of a host, and what memory the host keeps for itself. 4 suits services,
# tests and emulated racks, whose hosts have one CPU; for benchmarks and tight computing write 1.
placement: { vcpusPerCpu: 4, hostMemory: 384MiB }
`
}

function embeddedLines(domain: DnsName): string {
  const base = domain.split('.').map((label) => `dc=${label}`)
  return `# A directory server that the appliance starts, watches and stops; its administrator is cn=admin,BASE, whose secret
# is in DIR/ldap-admin.secret. It speaks StartTLS; "ldaps: 10.0.0.1:636" beside listen opens it to other machines, over TLS.
# For a server of your own write url, base, bindDn, secretFile and caFile instead.
directory:
  embedded: { listen: 127.0.0.1:3890, base: ${plain(base.join(','))} }
${removalLines}`
}

function externalLines(external: Omit<ExternalDirectory, 'kind' | 'removals'>): string {
  const { url, base, bindDn, secretFile, caFile, startTls } = external
  const lines = Object.entries({ url, base, bindDn, secretFile, caFile })
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([key, value]) => `  ${key}: ${plain(value)}\n`)
  if (startTls) lines.push('  startTls: true\n')
  return `# The LDAP server that describes the machines. Without bindDn and secretFile it is only read.
directory:
${lines.join('')}${removalLines}`
}

const removalLines = `  # More of it than this, vanishing at once, is held and served on, until: coppice directory accept, or reject.
  removals: { percent: 10, count: 5, window: 60s }
`

/** Words that mean nothing else in any YAML stand as they are; JSON's quotes are YAML's too. */
function plain(text: string): string {
  const isWord = /^[a-z][a-z0-9.-]*$/.test(text)
  return isWord && !/^(true|false|null|on|off|yes|no|y|n)$/.test(text) ? text : JSON.stringify(text)
}

// Why this table exists: the codes CPC-SRV-… that `serve` may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const srvFaults = {
  'CPC-SRV-002': {
    title: 'A part of the appliance did not become ready',
    explanation:
      'serve starts the directory server, wire and core, and waits for each. The part named ended or said nothing within its deadline; its own log lines above say why.',
    exit: 'failed',
    status: 503,
  },
  'CPC-SRV-003': {
    title: 'A part of the appliance keeps dying',
    explanation:
      'serve starts a part again whenever it dies, and waits longer each time. After many deaths within a minute it gives up, since restarting does not help; the last lines of that part say what does.',
    exit: 'failed',
    status: 503,
  },
  'CPC-SRV-004': {
    title: 'An interface of the configuration has no IPv4 address',
    explanation:
      'DHCP, DNS, TFTP and HTTP boot answer on the addresses of the interfaces that coppice.yaml lists. The interface named does not exist or has no IPv4 address. Give it one (ip address add …) or correct `interfaces:`.',
    exit: 'failed',
    status: 503,
  },
  'CPC-SRV-005': {
    title: 'The disk is full, or nearly',
    explanation:
      'Less than 256 MiB are free where the data directory lies, or less than a tenth of a small disk. Below one MiB changes of the directory are refused. What was answered is on the disk, and machines go on being served from memory. Make room, or give the data directory a larger disk; nothing has to be started again.',
    exit: 'failed',
    status: 507,
  },
} as const satisfies Record<string, FaultEntry>

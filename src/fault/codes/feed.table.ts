// Why this table exists: the codes CPC-FEED-… that the room feed may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const feedFaults = {
  'CPC-FEED-001': {
    title: 'The process that answers machines is away',
    explanation:
      'Explain and whatif are answered by wire, from the very copy of the directory and the very leases from which it answers machines. It is not connected: it is starting, or it ended and is being started again. Machines are not answered either until it is back. "coppice status" shows wire as connected when it is; the log of "coppice serve" says why it ended.',
    exit: 'failed',
    status: 503,
  },
  'CPC-FEED-002': {
    title: 'The process that answers machines did not tell in time what it would do',
    explanation:
      'Wire was asked by explain or whatif and did not answer within five seconds. It answers machines first, so a boot storm can be the reason; ask again. When it stays so, look at its log.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-FEED-003': {
    title: 'Too many questions of explain and whatif are open at once',
    explanation:
      'Each holds wire from its work for some milliseconds, so their number is limited. Ask one after the other.',
    exit: 'failed',
    status: 503,
  },
  'CPC-FEED-004': {
    title: 'What whatif was given cannot be read',
    explanation:
      'A capture must be a pcap or pcapng file of at most 8 MiB, a packet the hex digits of one UDP payload, entries LDIF as ldapadd takes it. The reason says what is wrong. Of a large capture take what matters: tcpdump -r BIG -w SMALL port 67 or port 68.',
    exit: 'usage',
    status: 400,
  },
} as const satisfies Record<string, FaultEntry>

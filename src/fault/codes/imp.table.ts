// Why this table exists: the codes CPC-IMP-… of what comes from other programs' files and goes into them, each explained
// once.
import type { FaultEntry } from '../fault.ts'

export const impFaults = {
  'CPC-IMP-001': {
    title: 'A file is of no format that is known, or looks like several',
    explanation:
      'A format is taken from the content only where that is unmistakable, since a file read as something else would lose half of what it says. Name it: coppice import dhcpd FILE, with dhcpd, kea, dnsmasq, hosts, csv or warewulf. Files of one import are of one format; /etc/hosts and /etc/ethers count as one.',
    exit: 'usage',
    status: 400,
  },
  'CPC-IMP-002': {
    title: 'A file is not what its format asks for',
    explanation:
      'The program that the file was written for would refuse it too, so what it means is not known and nothing of it is taken. Each place is named as file:line:column. What is merely not understood never leads here: it is left out and told.',
    exit: 'usage',
    status: 400,
  },
  'CPC-IMP-003': {
    title: 'Files are too large for one import',
    explanation:
      'One import takes 256 files of 64 Mi characters together (a nodes.conf of 8 Mi), and 100,000 machines. Cut the files in parts and import one after the other; what is there already is not written again.',
    exit: 'usage',
    status: 413,
  },
} as const satisfies Record<string, FaultEntry>

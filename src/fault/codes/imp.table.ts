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
  'CPC-IMP-004': {
    title: 'An import was carried out in part',
    explanation:
      'Everything that could be written is written and served. The others are listed with the reason: the directory holds something else under the same name, card or address, or the LDAP server refused the entry. Correct the file or the directory and import again: what is there already is not written again.',
    exit: 'partly',
    status: 409,
  },
  'CPC-IMP-005': {
    title: 'There is no such zone',
    explanation:
      'The appliance serves the zone of its domain and a reverse zone for each network: whole octets, so that a /16 has one and a /20 sixteen of /24. The message lists the zones that there are.',
    exit: 'notFound',
    status: 404,
  },
} as const satisfies Record<string, FaultEntry>

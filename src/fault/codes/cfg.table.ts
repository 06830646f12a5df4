// Why this table exists: the codes CPC-CFG-… that the room config may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const cfgFaults = {
  'CPC-CFG-001': {
    title: 'The configuration cannot be read',
    explanation:
      'The file is missing, may not be opened, is far too large, or is not YAML. The reason names the place. "coppice init" writes a file with comments to start from.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CFG-002': {
    title: 'The configuration has a key that is not known',
    explanation:
      'An unknown key is an error and not ignored, because most are misspelt known ones. The message names the nearest known key. Networks, machines and virtual organizations are not configured here: they live in the directory.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CFG-003': {
    title: 'The configuration lacks a required key',
    explanation:
      'version, domain, interfaces and directory are required, because a guess would be wrong on most sites. A bindDn needs a secretFile and the other way round.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CFG-004': {
    title: 'A value of the configuration cannot be used',
    explanation:
      'The value is of another kind than its key asks for; the message says what may stand there. Text that looks like a number or a date needs quotes in YAML.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CFG-005': {
    title: 'The configuration was written for a newer Coppice',
    explanation:
      'Files of older versions are brought up to date as they are read; what a newer version means cannot be known. Install the version that wrote the file, or write it anew with "coppice init".',
    exit: 'usage',
    status: 400,
  },
  'CPC-CFG-006': {
    title: 'The configuration would send a secret in clear',
    explanation:
      'Over plain LDAP the secret of bindDn could be read by anyone on the way, so it is sent over TLS, on loopback or through a unix socket only. The embedded server listens on loopback for the same reason; directory.embedded.ldaps opens it to others, over TLS.',
    exit: 'refused',
    status: 403,
  },
} as const satisfies Record<string, FaultEntry>

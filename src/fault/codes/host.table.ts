// Why this table exists: the codes CPC-HOST-… that the life of a host may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const hostFaults = {
  'CPC-HOST-001': {
    title: 'No machine has this name',
    explanation:
      'Machines are entries of the LDAP directory. A name may be any cn of the entry, with or without the domain. Entries that cannot be served (a bad address, a MAC that another holds) are set aside and have no name here; `coppice lint` lists them with the reason.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-HOST-002': {
    title: 'The port on which hosts enrol cannot be opened',
    explanation:
      'Machines that boot our host image fetch their certificate over HTTPS from the provisioning address, port 8443 unless coppice.yaml says otherwise (enrol: { port: … }). Another program holds that port.',
    exit: 'failed',
    status: 503,
  },
} as const satisfies Record<string, FaultEntry>

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
  'CPC-HOST-003': {
    title: 'A value in a request cannot be read',
    explanation:
      'Names, MACs, addresses, UUIDs and networks have one form each; the line "why" of the error shows it.',
    exit: 'usage',
    status: 400,
  },
  'CPC-HOST-004': {
    title: 'The name is taken',
    explanation:
      'A machine, an alias or a virtual node has this name already. Names are unique within the domain.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-HOST-005': {
    title: 'The machine has no power address',
    explanation:
      'A machine is switched through its BMC, whose URL stands in coppicePower: redfish+https://…, ipmi://… or wol://. Its user and password are kept in the store (machine set --power-secret-file), never in LDAP.',
    exit: 'refused',
    status: 409,
  },
  'CPC-HOST-006': {
    title: 'No network has this name',
    explanation:
      'Networks are entries below ou=networks. `coppice network list` shows those that are served.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-HOST-007': {
    title: 'No token has this id',
    explanation:
      '`coppice token list` shows the ids; a token that was revoked cannot be revoked again.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-HOST-008': {
    title: 'The machine is not taken for off',
    explanation:
      'Somebody confirmed that a machine is off (machine confirm-off), but its libvirt answers, or its BMC says that it is on. Its nodes would then be started a second time elsewhere, so the word is not believed. Switch the machine off, or find out whether name and machine belong together: a wrong coppicePower asks the BMC of another.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-HOST-009': {
    title: 'Virtual nodes are placed on the host',
    explanation:
      'A host that is removed, or is a host no more, while clusters have nodes on it can neither be asked nor be switched off, and these clusters could not be changed any more. Take them down first, or let their nodes move: a host that is lost is confirmed to be off (coppice machine confirm-off NAME --i-looked), and the cluster applied again.',
    exit: 'conflict',
    status: 409,
  },
} as const satisfies Record<string, FaultEntry>

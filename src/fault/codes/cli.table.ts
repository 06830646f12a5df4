// Why this table exists: the codes CPC-CLI-… that the room cli may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const cliFaults = {
  'CPC-CLI-001': {
    title: 'The command line cannot be understood',
    explanation:
      'A command, a flag or an argument is unknown, missing or of the wrong kind. Each command explains itself with --help, for example: coppice machine add --help.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CLI-002': {
    title: 'The appliance cannot be reached',
    explanation:
      'Nothing answers where the appliance was looked for: at --server, else COPPICE_SERVER (unix:PATH or http://HOST:PORT), else the socket /var/lib/coppice/api.sock, else http://127.0.0.1:8420. Look whether "coppice serve" runs, with which --data directory (its socket is DIR/api.sock), and whether you may open that socket: only its owner may.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-CLI-003': {
    title: 'A list does not fit the names',
    explanation:
      'A flag such as --ip or --mac takes a list that runs beside the names: one item for each name, in the same order, as in: machine add "n[1-4]" --ip "10.1.0.[1-4]". The message tells both lengths.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CLI-004': {
    title: 'The appliance did not answer in time',
    explanation:
      'The request was sent, and no answer came before the deadline. It may still be carried out: look before you repeat it.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-CLI-005': {
    title: 'The answer is not what an appliance answers',
    explanation:
      'The program at that address is not Coppice, or a Coppice of another version. "coppice version" and "coppice status" tell both versions.',
    exit: 'failed',
    status: 502,
  },
  'CPC-CLI-006': {
    title: 'Some of it was done, some was not',
    explanation:
      'The order was for several, and only some could be served. Each failure is printed before, with the names that it hit; what succeeded stays done. Correct the causes and repeat the order for the failed names.',
    exit: 'partly',
    status: 207,
  },
  'CPC-CLI-007': {
    title: 'A file cannot be read or written',
    explanation:
      'The file that the command line names cannot be used: it is not there, is a directory, may not be read by this user, is larger than any such file should be, or is no UTF-8 text. The line with the reason says which.',
    exit: 'failed',
    status: 400,
  },
  'CPC-CLI-008': {
    title: 'The file exists already',
    explanation:
      '"coppice init" never overwrites a configuration. Choose another place with --file, or move the old one away.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-CLI-009': {
    title: 'The order was not confirmed',
    explanation:
      'What removes something asks before it does, when a person sits at the terminal. Answer with yes, or give --yes.',
    exit: 'refused',
    status: 403,
  },
  'CPC-CLI-010': {
    title: 'There is no such error code',
    explanation:
      'Codes look like CPC-DHCP-012. "coppice explain-error" without a code lists all that this version knows.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-CLI-011': {
    title: 'This machine is not ready for the appliance',
    explanation:
      '"coppice doctor" found something without which "coppice serve" cannot start; each finding has its remedy beside it. "coppice doctor --install" installs what is missing from Debian.',
    exit: 'failed',
    status: 503,
  },
  'CPC-CLI-012': {
    title: 'A machine that was named is not described',
    explanation:
      'A list was asked for by names, and some of them are no machines of the directory. Nothing is listed then, because a short list would look like a whole one. A tag (@rack3) names only what there is.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-CLI-013': {
    title: 'No cluster or no node has this name',
    explanation:
      'A cluster is named hpl when only one VO has such a cluster, else physics/hpl or hpl.physics; a node compute1.hpl.physics, or less of it as long as only one node answers to it. --vo narrows it down. "coppice cluster list" and "coppice vcn list" show what there is.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-CLI-014': {
    title: 'The order needs a yes, and nobody is there to give it',
    explanation:
      'Applying a plan and taking a cluster down are shown and confirmed before they begin. Where no person sits at the terminal, as in a script, the order itself must say so: with --yes, or for a plan that was seen before, with --plan HASH.',
    exit: 'usage',
    status: 400,
  },
  'CPC-CLI-015': {
    title: 'The job was cancelled',
    explanation:
      'Somebody ended the job before it was done: with "coppice job cancel", or by taking the cluster down while it was still being applied. "coppice cluster show" tells what stands; the same order may be given again.',
    exit: 'failed',
    status: 409,
  },
  'CPC-CLI-016': {
    title: 'The job failed and does not say why',
    explanation:
      'A job that failed tells its trouble in four lines; this one has none, which is a fault of Coppice. The log of the appliance has more; please report it.',
    exit: 'failed',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>

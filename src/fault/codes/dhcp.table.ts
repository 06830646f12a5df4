// Why this table exists: the codes CPC-DHCP-… that the room pxe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const dhcpFaults = {
  'CPC-DHCP-001': {
    title: 'Another DHCP server answers on our wire',
    explanation:
      'A machine that takes its offer boots what it says. The alarm carries the address of that server. Find the port of that address in your switch and unplug it; or, when that server is the right one, set services.dhcp to proxy.',
    exit: 'failed',
    status: 409,
  },
  'CPC-DHCP-002': {
    title: 'No address is left for a machine that the directory does not describe',
    explanation:
      'The pool is full, or one port or the whole wire shows more unknown machines than is plausible. Described machines are not concerned. Look at "coppice lease list"; enlarge coppicePool, or find who floods the port that is named.',
    exit: 'failed',
    status: 503,
  },
  'CPC-DHCP-003': {
    title: 'A relay spoke that is not known for its network',
    explanation:
      'A relay says for which network it asks, and anybody can claim to be one. It is believed when its address is the coppiceGateway of a network or belongs to a described machine in it, and never on the network of a VO. Describe the relay, or find who forges it.',
    exit: 'failed',
    status: 403,
  },
  'CPC-DHCP-004': {
    title: 'An address that was given out is in use by a stranger',
    explanation:
      'The client probed its new address and somebody answered. A pool address is set aside for an hour; a described one is given again, since the directory names no other. Look for a machine with a hand-made address.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DHCP-005': {
    title: 'Somebody tried to give back an address that it does not hold',
    explanation:
      'RELEASE and DECLINE count only from the card and client id that hold the lease. A single one may be a machine whose card was swapped; many are an attack on the leases of others.',
    exit: 'refused',
    status: 403,
  },
  'CPC-DHCP-006': {
    title: 'Leases cannot be recorded',
    explanation:
      'The disk is full or broken. Addresses from the directory are given all the same, renewals get the time that is recorded, new pool addresses are not given. Make room in the data folder; nothing needs a restart.',
    exit: 'failed',
    status: 507,
  },
  'CPC-DHCP-007': {
    title: 'An address of the directory is still held by another machine',
    explanation:
      'The address moved between entries. The old holder is refused at its next renewal and the new one gets it then; until then it gets a pool address. It ends by itself within one lease time, or at once when the old holder restarts.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DHCP-008': {
    title: 'A boot script was asked for by somebody else than its machine',
    explanation:
      'A script is given only to the address that its card holds by DHCP. A machine with two cards, or an address set by hand, can cause it; so can somebody who wants to pose as a host. The script was not given.',
    exit: 'refused',
    status: 403,
  },
  'CPC-DHCP-009': {
    title: 'The clock of the appliance jumped',
    explanation:
      'Leases run on by the monotonic clock and are not concerned. Leases of an earlier run whose age nobody can tell are kept for one whole term. Set the clock right: certificates and timelines depend on it.',
    exit: 'failed',
    status: 500,
  },
  'CPC-DHCP-010': {
    title: 'A machine is not who it seems to be',
    explanation:
      'Its card is described, but its UUID or its switch port belongs to somebody else; or its port is described and its card is not. It gets its address, but no host boot and no certificate, until somebody corrects the entry or chooses its next boot.',
    exit: 'refused',
    status: 403,
  },
  'CPC-DHCP-011': {
    title: 'A pool is running low',
    explanation:
      'Four fifths of the addresses for machines that the directory does not describe are taken. Described machines are not concerned. Adopt or describe those that are to stay (coppice machine waiting), enlarge coppicePool, or shorten coppiceLeaseSeconds. It is said again when the pool has eased to below 70 % and fills once more.',
    exit: 'failed',
    status: 503,
  },
  'CPC-DHCP-012': {
    title: 'Nobody holds this address',
    explanation:
      'There is no lease to show or to release. It may have ended, been given back or released a moment ago; an address of the directory is nobody’s lease before its machine has asked.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-DHCP-013': {
    title: 'The address is held by another card by now',
    explanation:
      'Between looking and releasing it was given to somebody else, who keeps it. Look again: coppice lease list.',
    exit: 'conflict',
    status: 409,
  },
} as const satisfies Record<string, FaultEntry>

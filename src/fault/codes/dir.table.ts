// Why this table exists: the codes CPC-DIR-… that the room directory may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const dirFaults = {
  'CPC-DIR-001': {
    title: 'A node set cannot be read or is too large',
    explanation:
      'Names may be given as n[001-128], n[1-9/2], @tag, joined by a comma (and), ! (without), & (both) or ^ (either, not both), worked off from left to right. The message names the place where reading stopped. A node set may name 1,000,000 nodes at most; its size is known before any name is made.',
    exit: 'usage',
    status: 400,
  },
  'CPC-DIR-002': {
    title: 'An entry of the directory is set aside',
    explanation:
      'The entry cannot be served: a value in it cannot be read, or it claims a MAC, an address or a name that another entry claims too. The one that held it in the last good copy keeps it; if neither did, neither has it. All other entries go on being served, and this one returns by itself once it is corrected.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-003': {
    title: 'An address is outside every network',
    explanation:
      'DNS tells the address, but DHCP can hand it out on no wire. Correct ipHostNumber, or describe the network below ou=networks.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-004': {
    title: 'A fixed address is inside the pool for unknown machines',
    explanation:
      'The appliance does not lend an address that an entry holds, so nothing breaks at once; but a lease from before the entry was written may still be in use. Move the address or narrow coppicePool.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-005': {
    title: 'A MAC names no network card',
    explanation:
      'Group addresses and 00:00:00:00:00:00 are never the sender of a packet, so this value can identify nobody. It is usually a placeholder; remove it or write the real one.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-006': {
    title: 'One UUID is described for several machines',
    explanation:
      'Some vendors ship a whole batch with one UUID. A shared one identifies nobody and raises no doubt; these machines are told apart by MAC or port only.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-007': {
    title: 'One port is described for several machines without a MAC',
    explanation:
      'A port identifies an entry without macAddress, but only when it is the only such entry on that port. Write the MACs, or correct coppicePort.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-008': {
    title: 'Two networks overlap',
    explanation:
      'An address in both belongs to the narrower one. If that is not what is meant, correct ipNetworkNumber or ipNetmaskNumber of one of them.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-009': {
    title: 'A network card is on a network that does not exist',
    explanation:
      'coppiceOnNetwork names a network that has no entry below ou=networks, so no address can be chosen for this card.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-010': {
    title: 'An address is the first or the last of its network',
    explanation:
      'The network number and the broadcast address are not for machines: most systems refuse to configure them.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-011': {
    title: 'An address and the network named beside it disagree',
    explanation:
      'coppiceOnNetwork names one network, ipHostNumber lies in another. The address counts. Correct one of the two.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-020': {
    title: 'A change was written to the directory but does not show',
    explanation:
      'Writes through the appliance answer after our own feed of the directory has shown them. This one did not come back in time: the directory server is slow or away, or the entry was set aside because another holds its MAC, address or name.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-DIR-081': {
    title: 'It is not known whether an order was carried out',
    explanation:
      'The connection to the directory server was lost after the order was sent and before its answer came, and the server did not come back in time to be asked. The order may have been carried out or not: look at the entry. Repeating the order does no harm.',
    exit: 'failed',
    status: 502,
  },
} as const satisfies Record<string, FaultEntry>

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
  'CPC-DIR-040': {
    title: 'A value of an entry is left out',
    explanation:
      'The entry is served, but one of its values is not: a cn that is no host name or is one in another domain, a MAC or address that cannot be read beside one that can, an IPv6 address, a key or a text with characters that do not show themselves. Correct the value, or leave it: it does no harm.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-041': {
    title: 'A part of a name is made of digits alone',
    explanation:
      'DNS allows it, but many programs take such a name for a number or an address. Put a letter before it.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-042': {
    title: 'A name has two hyphens side by side',
    explanation:
      'Behind xn, two hyphens mean punycode, which shows people another name than programs see; elsewhere they are reserved, and shells and node sets read them as the beginning of an option. Choose a name without.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-043': {
    title: 'A name that programs look for by themselves',
    explanation:
      'localhost, wpad, isatap and their like are asked for by every machine of the network, and ns and hostmaster are the names of this appliance in DNS: whoever has such a name answers for all. Rename the entry, or remove the alias.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-044': {
    title: 'A name ends like that of another domain',
    explanation:
      'Names are relative to the domain of the appliance, so n1.example.org is served as n1.example.org and the domain behind it. If the machine is meant to be n1 here, add n1 as a cn: then the long name is left out.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-045': {
    title: "An address is the appliance's own",
    explanation:
      'Two that answer for one address disturb each other at once. That is right only where the entry describes the appliance itself.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-046': {
    title: 'The pools of two networks share addresses',
    explanation:
      'The networks overlap, and so do their pools: an address of both is lent by the narrower network only. Correct coppicePool of one of them.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-047': {
    title: 'A gateway stands in the pool of its own network',
    explanation:
      "The appliance never lends the gateway's address, but nothing keeps other tools from it. Let coppicePool begin after it or end before it.",
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-048': {
    title: 'The lease time of a network is out of the usual',
    explanation:
      'Below five minutes renewals are most of the traffic; above thirty days a machine that is gone keeps its address for as long. Correct coppiceLeaseSeconds.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-049': {
    title: 'The router of a route is outside of its network',
    explanation:
      'Machines can send only to routers on their own wire: most systems refuse such a route, some refuse all that came with it. Correct coppiceRoute (DESTINATION/PREFIX ROUTER); 0.0.0.0 as the router says that the destination is on the same wire.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-050': {
    title: 'A virtual node or a cluster stands below nothing that is served',
    explanation:
      'Its VO or its cluster is set aside or was removed while it stayed. Until it is back, nothing new is placed there. Look for the entry above it in: coppice lint.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-051': {
    title: 'A virtual node names a host that is none',
    explanation:
      'coppiceHost should be the name of a machine with coppiceRole host. The host was renamed or removed, or has another role now.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-052': {
    title: 'A VO and its network do not belong together',
    explanation:
      'The network of VO physics is called vo-physics and has a coppiceVni; a VO without one cannot hold clusters, and a network of that kind without its VO serves nobody. Make the missing one, or remove the other: coppice vo add makes both.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-053': {
    title: 'A virtual node has an address on a network of machines',
    explanation:
      'Virtual nodes live on the network of their VO, which hosts keep apart from their own. The address is in a network without a coppiceVni. Correct ipHostNumber.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-054': {
    title: 'A member of a VO is no person that is served',
    explanation:
      'The DN in member leads to nobody: the person was removed, is set aside, or is written otherwise. Whoever it was meant to be has no rights in the VO.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-055': {
    title: 'A quota of a VO is not understood',
    explanation:
      'Known are vcpus, vcns, memory and image-bytes, the last two with a unit such as GiB. A limit that is not understood is never taken for no limit: nothing of the VO is planned until it is corrected.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-080': {
    title: 'Several things are wrong with an order',
    explanation:
      'An order for many machines or networks is checked as a whole before any of it is written: names, MACs and addresses that cannot be read, that others have, or that the order gives twice. Nothing was written. The line "why" names each of them, at most twenty.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-081': {
    title: 'It is not known whether an order was carried out',
    explanation:
      'The connection to the directory server was lost after the order was sent and before its answer came, and the server did not come back in time to be asked. The order may have been carried out or not: look at the entry. Repeating the order does no harm.',
    exit: 'failed',
    status: 502,
  },
  'CPC-DIR-082': {
    title: 'A MAC, an address or a name is taken',
    explanation:
      'Each belongs to one machine. The message tells who has it: another entry of the directory, one that is set aside, the appliance itself, or another line of the same order.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-DIR-083': {
    title: 'A part of an order was not tried',
    explanation:
      'An order for many ended early: whoever gave it went away (Ctrl-C ends what is under way and begins nothing more), or the connection to the directory server was lost and did not return. What was done is done; the order can be repeated for the names that are told.',
    exit: 'failed',
    status: 503,
  },
} as const satisfies Record<string, FaultEntry>

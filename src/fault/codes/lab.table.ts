// Why this table exists: the codes CPC-LAB-… that the room lab may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const labFaults = {
  'CPC-LAB-001': {
    title: 'A flag of "coppice lab" cannot be used.',
    explanation:
      'The rack is built from its flags alone: its name, number of machines, domain, network, MAC prefix, memory and deadline. One of them is outside what a rack can be. Nothing was made.',
    exit: 'usage',
    status: 400,
  },
  'CPC-LAB-002': {
    title: 'A command that builds or serves the emulated rack failed.',
    explanation:
      'The rack is made of network namespaces, a bridge, veth pairs and taps by "ip", and driven by ordinary programs. One of these commands ended badly; its own words stand in the reason. Namespaces want root, and taps want /dev/net/tun. "coppice lab down" takes away what stands already.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-003': {
    title: 'The BMCs of the emulated machines did not start.',
    explanation:
      'One process keeps the emulated machines: it answers Redfish, runs ipmi_sim for IPMI and starts QEMU. It ended or said nothing; its log says why.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-004': {
    title: 'A rack of this name stands already.',
    explanation:
      'A rack is raised once. A run may be at work on it, an earlier one may have left it up with --keep, or namespaces of its name belong to somebody else. A rack whose run has crashed is taken away by the next "up" without asking.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-LAB-005': {
    title: 'The plain server of the comparison did not get a machine to its boot script.',
    explanation:
      'Before our own services start, a plain dnsmasq serves the first machine in the same rack, so that both figures come from one run. The machine never asked for its script, so there is nothing to compare with.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-006': {
    title: 'The appliance of the rack did not get ready.',
    explanation:
      'The lab starts "coppice serve" as anybody would and waits for its line "ready". It ended before, or said nothing in time. The reason holds its own error.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-007': {
    title: 'A machine of the rack did not become a host.',
    explanation:
      'The appliance declared the boot failed, asked for a person, or the deadline of the run passed. Above the error stand the last packets, the last lines of the console and what the appliance saw last.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-008': {
    title: 'A rack wants root.',
    explanation:
      'Network namespaces, tap devices and the ports of DHCP, DNS, TFTP and HTTP are for root. Everything is made inside two network namespaces of its own; nothing of the machine itself is changed.',
    exit: 'refused',
    status: 403,
  },
  'CPC-LAB-009': {
    title: 'Debian packages that the rack needs are missing.',
    explanation:
      'The rack is built from ordinary Debian programs. Root may install them, and the lab then does it by itself; anybody else is given the command.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-010': {
    title: 'A BIOS machine reached its boot script not much sooner than with a plain server.',
    explanation:
      'iPXE waits three seconds for a proxy DHCP server and about thirteen for an IPv6 router, unless the server ends both waits: by suboption 176 of option 175, and by a router advertisement. The promise is that a BIOS machine asks for its script at least five times sooner than with a plain dnsmasq in the same run.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-011': {
    title: 'A change in the directory did not show in the next answer.',
    explanation:
      'While machines boot, the lab changes an entry with ldapmodify and asks by DHCP and DNS. The old answer was still given, or none.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-012': {
    title: 'The appliance refused an order of the lab.',
    explanation:
      'The lab describes its rack and switches its machines on by the same commands that a person types. One of them failed; its own error stands in the reason.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-013': {
    title: 'A machine is ready, but steps are missing from its timeline.',
    explanation:
      'Every step from power-on to ready is timed by the appliance from what it saw. A step that nobody saw was not shown to work, so the run does not count as done.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-014': {
    title: 'There is no image to boot.',
    explanation:
      'The lab has the image of its hosts and those of virtual nodes built by "coppice image build", or taken from its cache. The build failed; its last lines stand in the reason.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-017': {
    title: 'A virtual cluster of the rack did not come up.',
    explanation:
      'The lab orders a cluster by "coppice cluster apply", as a person does, and looks on. The order failed; its own error stands in the reason, and above it the last lines of the appliance and of each host.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-018': {
    title: 'A promise of the lab was not kept.',
    explanation:
      'Each chapter of a run makes promises: who can log in to a host and for whom that ends, what a node is on its host, what can and cannot be reached from inside it, that a second apply writes nothing, that nothing is left after down. Each is looked for. What was found instead stands in the reason.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-019': {
    title: 'A look at a host of the rack failed.',
    explanation:
      'The lab owns its rack, and looks into hosts over SSH with the key of the appliance. The host did not answer, or the look itself ended badly.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-020': {
    title: 'Nothing could be learned from inside a virtual node.',
    explanation:
      'Commands are typed at the serial console of a node by "coppice vcn console", since it has no other way in that does not go through its network. Nobody answered there in time.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-015': {
    title: 'The run was interrupted.',
    explanation:
      'It was asked to end by a signal. What it had made has been taken away; its logs stay until the next run.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LAB-016': {
    title: 'There is no such fault to try.',
    explanation:
      'The faults that the lab can do to a rack are rows of one table. The name given is none of them.',
    exit: 'notFound',
    status: 404,
  },
} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-NET-… that the room net may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const netFaults = {
  'CPC-NET-001': {
    title: 'A port that a service needs is taken.',
    explanation:
      'Another program on this machine holds the port, often dnsmasq, systemd-resolved, isc-dhcp-server or a ' +
      'second appliance. Where the system lets us see it, the message names the program. Stop it, or turn our ' +
      'service off under services in coppice.yaml. ss -lunp and ss -ltnp show every holder.',
    exit: 'conflict',
    status: 500,
  },
  'CPC-NET-002': {
    title: 'The system does not let us open a socket.',
    explanation:
      'Ports under 1024, sockets that are bound to an interface and packets below IP want root, or the ' +
      'capabilities CAP_NET_BIND_SERVICE and CAP_NET_RAW; serving the networks of VOs wants CAP_SYS_ADMIN too. In a ' +
      'container they must be granted from outside.',
    exit: 'refused',
    status: 500,
  },
  'CPC-NET-003': {
    title: 'There is no interface of that name.',
    explanation:
      'The configuration or the directory names a network interface that this machine, or this network ' +
      'namespace, does not have. ip link shows those that exist. An interface that is made later (a bridge, a ' +
      'VLAN) must be there before the appliance starts.',
    exit: 'notFound',
    status: 500,
  },
  'CPC-NET-004': {
    title: 'The address that a service should answer from is not on this machine.',
    explanation:
      'A service was told to answer from an address that no interface has. Give the interface the address, or ' +
      'correct the network in the directory.',
    exit: 'failed',
    status: 500,
  },
  'CPC-NET-005': {
    title: 'The interface has no IPv6 link-local address.',
    explanation:
      'Boot loaders look for an IPv6 router and wait about 13 seconds when nobody answers. We answer at once ' +
      'that there is none, which needs a link-local address on our side; no other IPv6 is needed. It is a ' +
      'warning: machines boot without it, only later. It is missing when IPv6 is switched off ' +
      '(net.ipv6.conf.NAME.disable_ipv6, or ipv6.disable=1 on the kernel command line) or the interface is down.',
    exit: 'failed',
    status: 500,
  },
  'CPC-NET-006': {
    title: 'The system refused a socket.',
    explanation:
      'A system call failed for a reason that has no code of its own; the message carries the name of the call ' +
      'and the system’s reason, as ENFILE (too many open files in the system) or EAFNOSUPPORT (a protocol that ' +
      'the kernel does not have).',
    exit: 'failed',
    status: 500,
  },
  'CPC-NET-007': {
    title: 'Router solicitations are not answered.',
    explanation:
      'The thread that answers IPv6 router solicitations could not start, or ended because its interface failed. ' +
      'Machines boot without it, but their loaders wait about 13 seconds for a router.',
    exit: 'failed',
    status: 500,
  },
  'CPC-NET-008': {
    title: 'There is no network namespace of that name.',
    explanation:
      'The appliance serves each network of a VO within a namespace of its own, cvo and the VXLAN number, which it ' +
      'makes when the first cluster of that network is applied. It was not there when its sockets were to be ' +
      'opened, or somebody has removed it. It is looked for again every few seconds; the machines of the ' +
      'provisioning network are not concerned.',
    exit: 'notFound',
    status: 500,
  },
  'CPC-NET-009': {
    title: 'The appliance has no address on the network of a VO.',
    explanation:
      'Its end of the network, the device cvx and the VXLAN number within the namespace cvo and the same number, ' +
      'is not there, is down, or has no IPv4 address. The nodes of that VO get no address and no names from us ' +
      'until it has; it is looked for again every few seconds. coppice cluster apply makes it anew.',
    exit: 'failed',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>

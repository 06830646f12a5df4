// Why this table exists: the codes CPC-VCN-… of core's hands on hosts, each explained once.
import type { FaultEntry } from '../fault.ts'

export const vcnFaults = {
  'CPC-VCN-001': {
    title: 'A step was given up',
    explanation:
      'The job that the step belongs to was cancelled, or the appliance is stopping. What had been asked of a host or of the directory may still be carried out; the next plan looks at what is there and goes on from that.',
    exit: 'failed',
    status: 409,
  },
  'CPC-VCN-002': {
    title: 'The host of a node is not there',
    explanation:
      'A step needs libvirt and SSH on a host that is not ready, or not in the directory any more. "coppice machine show" tells what it is doing; the step is done again once the host is ready, or the node is placed elsewhere once the host is known to be off.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-VCN-003': {
    title: 'A command for a network end failed',
    explanation:
      'The end of a VO network on a host or on the appliance is made by ip, bridge and sysctl. One of them failed; its own words are shown. Usual reasons: a kernel without vxlan or bridge, a missing program, or a device of that name which somebody else made.',
    exit: 'failed',
    status: 502,
  },
  'CPC-VCN-004': {
    title: 'The wire does not serve an entry yet',
    explanation:
      'A node starts only when DHCP and DNS know it. The entry is in the directory, but the process that answers packets has not said that it serves it. It may be starting again; the step is tried again.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-VCN-005': {
    title: 'A node does not answer',
    explanation:
      'The node was started, and did not answer a ping on its VO network in time. "coppice vcn console" shows how far it has come: an image that does not boot, has no virtio drivers, or does not ask for an address by DHCP ends here.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-VCN-006': {
    title: 'The name of a node does not resolve',
    explanation:
      'The node answers, but our own DNS does not lead from its name to its address and back. Usual reasons: the service dns is off in coppice.yaml, or another entry has the address.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-VCN-007': {
    title: 'What a step stands on is missing in the directory',
    explanation:
      'Somebody took away the VO, the cluster or the network that a step needs, between the plan and the step. Plan again.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-VCN-008': {
    title: 'A node was resumed and stopped again',
    explanation:
      'QEMU stops a node in the middle when its disk gives an error: no room left for its overlay on the host, or images that cannot be read from the store. "cluster apply" lets it go on; what stopped it did so again. The line with the reason is libvirt’s. Mend the cause and apply again: nothing of the node is lost as long as it is paused.',
    exit: 'failed',
    status: 502,
  },
} as const satisfies Readonly<Record<string, FaultEntry>>

// Why this table exists: the codes CPC-VO-… of virtual organizations and what is theirs, each explained once.
import type { FaultEntry } from '../fault.ts'

export const voFaults = {
  'CPC-VO-001': {
    title: 'There is no such VO, cluster, node or job',
    explanation:
      'A virtual organization is an entry coppiceVo below ou=vos; its clusters and their nodes stand below it. The name that was asked for is none of those that the directory shows now. An entry that was set aside shows in "coppice lint".',
    exit: 'notFound',
    status: 404,
  },
  'CPC-VO-002': {
    title: 'A VO is there already, or still holds something',
    explanation:
      'A name belongs to one VO. A VO is removed when nothing of it is left: its clusters must be down and its images removed first, since both would be out of reach without it.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-VO-003': {
    title: 'What a VO was given cannot be used',
    explanation:
      'A quota is written as vcpus=64,memory=128GiB,vcns=64,image-bytes=100GiB; a limit that is left out is none. A network must not overlap another one. Members are DNs of people, or the uid of one that the directory has. An image has a name of small letters, digits, dots, hyphens and underscores, and a version from 1.',
    exit: 'usage',
    status: 422,
  },
  'CPC-VO-004': {
    title: 'The token is of another VO',
    explanation:
      'A member of a VO sees and changes the images and clusters of that VO. An admin may act for each.',
    exit: 'refused',
    status: 403,
  },
  'CPC-VO-005': {
    title: 'A node shows no console',
    explanation:
      'The serial console of a node is a stream from the libvirt of its host. A node that was not placed yet, or whose host is away, has none.',
    exit: 'failed',
    status: 409,
  },
} as const satisfies Readonly<Record<string, FaultEntry>>

// Why this table exists: the codes CPC-VOC-… that the room vocluster may report of cluster files, plans and nodes, each
// explained once.
import type { FaultEntry } from '../fault.ts'

export const vocFaults = {
  'CPC-VOC-001': {
    title: 'The cluster file cannot be read',
    explanation:
      'The file is far too large, or is not YAML. The reason names the place. docs/reference shows a cluster file with every key.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-002': {
    title: 'The cluster file has a key that is not known',
    explanation:
      'An unknown key is an error and not ignored, because most are misspelt known ones: a cluster with a "memroy" would start with another memory than its owner thinks. The message names the nearest known key.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-003': {
    title: 'The cluster file lacks a required key',
    explanation:
      'version, cluster, vo and roles are required, and every node needs an image and memory, from its role, a class or an override. vcpus is 1 and count is 1 where nothing is said.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-004': {
    title: 'A value of the cluster file cannot be used',
    explanation:
      'The value is of another kind than its key asks for, or beyond a limit; the message says what may stand there. Sizes are written 512MiB or 1GiB, or as a number of bytes. YAML aliases are not read.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-005': {
    title: 'The cluster file was written for a newer Coppice',
    explanation:
      'Files of older versions are brought up to date as they are read; what a newer version means cannot be known.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-006': {
    title: 'The cluster file names something that it does not define',
    explanation:
      'A "from" names a class, a network name a network of the file, an override a node that a role makes. The message names the nearest that exists. Classes that come from each other in a circle have no meaning and are shown as the circle.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-007': {
    title: 'The nodes of a cluster file are too many, or two have one name',
    explanation:
      'Nodes are named after their role and numbered from 1 (compute1, compute2); the only node of a role also answers to the name of the role. Two roles such as "a" and "a1" may so make the same name. A cluster has 1024 nodes at most.',
    exit: 'usage',
    status: 400,
  },
} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-VOC-… that the room vocluster may report of cluster files, plans and nodes, each
// explained once.
import type { FaultEntry } from '../fault.ts'

export const vocFaults = {
  'CPC-VOC-001': {
    title: 'The cluster file cannot be read',
    explanation: 'The file is far too large, or is not YAML. The reason names the place.',
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
  'CPC-VOC-008': {
    title: 'A name of the cluster is longer than DNS allows',
    explanation:
      'A node is NODE.CLUSTER.VO.DOMAIN, of 253 characters at most, and each part, as the name of a network, of 63. The message shows the name.',
    exit: 'usage',
    status: 400,
  },
  'CPC-VOC-010': {
    title: 'There is no room for the whole cluster',
    explanation:
      'All nodes of a cluster get room, or none does. The message names the first node without room and, host by host, the limit that it would break: cordoned or not ready, a tag, per-host, vCPUs or memory. Nothing was changed.',
    exit: 'refused',
    status: 409,
  },
  'CPC-VOC-011': {
    title: 'The cluster would take its VO over its quota',
    explanation:
      'The limits vcns, vcpus and memory count all clusters of a VO together. A quota that was lowered below what is used stops growth, not shrinking. Nothing was changed.',
    exit: 'refused',
    status: 403,
  },
  'CPC-VOC-012': {
    title: 'The quota of a VO cannot be read',
    explanation:
      'A limit that is misspelt or no figure is never taken for no limit, so nothing of the VO is planned until it is corrected. Limits are vcns, vcpus, memory and image-bytes.',
    exit: 'refused',
    status: 409,
  },
  'CPC-VOC-013': {
    title: 'The cluster needs a VO or an image that is not there',
    explanation:
      'The VO of a cluster file must stand in the directory, and each image, with its version, in the image store of that VO. The message names the nearest that exists.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-VOC-014': {
    title: 'An entry of the cluster is set aside in the directory',
    explanation:
      'A node starts only after the directory has shown its entry. One that is set aside, for a bad value or because another entry holds its name, MAC or address, is never shown, so the plan would not end.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-VOC-015': {
    title: 'The cluster cannot have the network that it needs',
    explanation:
      'Each VO has a network of its own, made by "coppice vo add": an entry cn=vo-NAME with a VXLAN number and a subnet that overlaps no other. Further networks of a cluster are chosen in 10.128.0.0/12, or named in the cluster file.',
    exit: 'refused',
    status: 409,
  },
  'CPC-VOC-016': {
    title: 'Nodes of the cluster may still run on a host that does not answer',
    explanation:
      'A node that was started again while the first one still runs would exist twice. It is placed anew only when the power of its host is known to be off, or a person confirms it: coppice machine confirm-off NAME --i-looked.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-VOC-017': {
    title: 'The plan is stale',
    explanation:
      'A plan is known by a hash of what it was computed from. Something of that has changed since: another apply, an entry, a host. What is applied is always what was shown, so the plan is refused and not adapted.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-VOC-018': {
    title: 'The node is not in a state for that',
    explanation:
      'A node goes from Pending over Prolog and Boot to Running, and over Shutdown and Epilog to Done; only a Pending one can be put on Hold. The message says what may come next.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-VOC-019': {
    title: 'Nodes of the cluster are placed on a host that is described no more',
    explanation:
      'The entry of a host was removed from the directory, or lost its role or its address, while nodes were placed on it. They may still run there, and nobody can ask. Describe the host again under the same name. When it is back, all goes on; when it is off for good, say so (coppice machine confirm-off NAME --i-looked), apply the cluster so that its nodes move, or take it down, and remove the host after that.',
    exit: 'conflict',
    status: 409,
  },
} as const satisfies Record<string, FaultEntry>

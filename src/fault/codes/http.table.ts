// Why this table exists: the codes CPC-HTTP-… that the room pxe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const httpFaults = {
  'CPC-HTTP-001': {
    title: 'A boot file cannot be read.',
    explanation:
      'A file that machines load when they boot is missing or unreadable. Loaders (snponly.efi, ipxe.efi, ' +
      'undionly.kpxe) come with the Debian package ipxe; the kernel and the initrd of the host image are made by ' +
      'coppice image build. Everything else goes on being served, and the file is looked for again every second ' +
      'in which something is asked for.',
    exit: 'notFound',
    status: 500,
  },
  'CPC-HTTP-002': {
    title: 'A file in a boot folder looks like a secret and is not served.',
    explanation:
      'Boot files go by TFTP and plain HTTP to anyone on the provisioning network, so a private key among them ' +
      'would be public. A file is refused when its content is or contains a private key, or its name ends like ' +
      'one (.key, .p12, .pfx). Move it away and make a new key.',
    exit: 'refused',
    status: 500,
  },
  'CPC-HTTP-003': {
    title: 'A file in a boot folder is not public and is not served.',
    explanation:
      'Only files that everybody on this machine may read are given to everybody on the wire. A file without ' +
      'that permission was perhaps never meant to be here. chmod o+r FILE makes it public.',
    exit: 'refused',
    status: 500,
  },
  'CPC-HTTP-004': {
    title: 'A link in a boot folder leads out of it and is not followed.',
    explanation:
      'A symbolic link may point to a file of its own boot folder only (folders of the distribution excepted), so that nothing else on this machine can ' +
      'be given away by a link. Copy the file instead.',
    exit: 'refused',
    status: 500,
  },
  'CPC-HTTP-005': {
    title: 'A boot file does not fit into memory.',
    explanation:
      'Boot files are served from memory: up to 512 MiB each and 2 GiB together. A file that does not fit is read from ' +
      'the disk for each machine that asks: slower, and by HTTP only, since TFTP is for loaders. Compress it, or ' +
      'remove files that no machine loads.',
    exit: 'refused',
    status: 500,
  },
  'CPC-HTTP-006': {
    title: 'A boot file changed while it was read.',
    explanation:
      'Somebody is writing the file. Until that has ended the version before it is served. To change a boot file ' +
      'without this, write it under another name beside it and rename it.',
    exit: 'conflict',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>

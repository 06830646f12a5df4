// Why this table exists: the codes CPC-IMG-… that disk images and their store may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const imgFaults = {
  'CPC-IMG-001': {
    title: 'A disk image is not what it was declared to be',
    explanation:
      'Coppice takes disk images in the formats qcow2 and raw, and whoever pushes one says which it is. The format is never guessed: a file that looks like another format, like two at once, or like none is refused, because a host might take it for something else later. Compressed files and archives are to be unpacked first; other formats are converted with: qemu-img convert -f FORMAT -O qcow2 OLD NEW.',
    exit: 'refused',
    status: 422,
  },
  'CPC-IMG-002': {
    title: 'A disk image leads to another file',
    explanation:
      'A QCOW2 file can name a backing file or an external data file, and whoever opens the image opens that file as well: a host would hand its own files to a guest. Such images are refused, and the name in them is never followed. Make one file of it on your side, where the other file is yours: qemu-img convert -O qcow2 OLD NEW.',
    exit: 'refused',
    status: 422,
  },
  'CPC-IMG-003': {
    title: 'The header of a disk image is faulty',
    explanation:
      'The tables that the header tells of do not fit each other, the length of the file, or the limits that QEMU sets. The file was cut off, or somebody made it so that the program that opens it takes all memory. The message names the field. Writing it anew with qemu-img convert -O qcow2 makes a sound header, if the data is sound.',
    exit: 'refused',
    status: 422,
  },
  'CPC-IMG-004': {
    title: 'A disk image has something that base images may not have',
    explanation:
      'Encryption, internal snapshots, bitmaps of backup tools, features that Coppice does not know, or marks that it was not closed cleanly or is corrupt. A base image is read by many hosts at once and repaired by none of them, so these are refused. Write it anew with qemu-img convert -O qcow2; repair a copy with qemu-img check -r all.',
    exit: 'refused',
    status: 422,
  },
  'CPC-IMG-005': {
    title: 'A disk image is too large',
    explanation:
      'Either the file itself or the disk that it describes is larger than the limit. A small file can describe a very large disk, so both are checked, and an upload is stopped as soon as it passes the limit.',
    exit: 'refused',
    status: 413,
  },
  'CPC-IMG-006': {
    title: 'The image quota of the VO does not allow this',
    explanation:
      'All images of a VO together may have so many bytes as image-bytes in its quota says; the same bytes under two names count once. Remove images that are no longer used, or raise the quota: coppice vo set NAME --quota image-bytes=….',
    exit: 'refused',
    status: 403,
  },
  'CPC-IMG-007': {
    title: 'That name and version means other bytes already',
    explanation:
      'An image is immutable: name@version means the same bytes for ever, also after it was removed. Push without a version and it gets the next number; the same bytes get the number that they have.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-IMG-008': {
    title: 'An upload did not come whole',
    explanation:
      'The connection broke, the sender fell silent, or what came is not as long or has not the digest that was announced. Nothing of it was kept, and no image of that name is listed. Push again.',
    exit: 'failed',
    status: 400,
  },
  'CPC-IMG-009': {
    title: 'There is no such image',
    explanation:
      'Images belong to a VO; that VO has none with this name and version, or it was removed. coppice image list shows those that there are.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-IMG-010': {
    title: 'The image is in use',
    explanation:
      'Virtual nodes run from it, or room is reserved for some that will. Their disks lie over this image and would be lost without it. Take the clusters down first.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-IMG-011': {
    title: 'An image on the disk is not what was stored',
    explanation:
      'Its bytes are gone, or they no longer have the digest under which they were stored: the disk fails, or somebody changed the file. Virtual nodes that run from it may read wrong data. Look at the disk; remove the image and push the original again, which gives it the same version.',
    exit: 'failed',
    status: 500,
  },
  'CPC-IMG-012': {
    title: 'The image store cannot write',
    explanation:
      'The disk is full, was mounted read-only, or fails. What was being stored is not there, and what was stored before is untouched.',
    exit: 'failed',
    status: 507,
  },
  'CPC-IMG-013': {
    title: 'The process that looks at images gave no answer',
    explanation:
      'Images from others are opened only by a process of their own, with limits on memory and time and without a network. It was ended by one of these limits, or could not be started; the image was not taken. prlimit, setpriv and unshare (util-linux) must be installed.',
    exit: 'failed',
    status: 500,
  },
  'CPC-IMG-014': {
    title: 'A record of the image store cannot be read',
    explanation:
      'Beside the bytes of the images the store keeps a small file for each name and version. One of them was changed or damaged; that image is not listed, and until this is mended no bytes are cleared away. Restore the file from a backup, or move it away and push the image again.',
    exit: 'failed',
    status: 500,
  },
  'CPC-IMG-015': {
    title: 'Too many uploads or changes of images at once',
    explanation:
      'So many uploads are under way, in all or for this VO, that one more was sent away instead of kept waiting without end. Try again when one of them has ended.',
    exit: 'failed',
    status: 503,
  },
  'CPC-IMG-016': {
    title: 'The image store holds bytes that no record explains',
    explanation:
      'A file lies among the images although no name refers to it. Coppice removes only what it can show to be its own leftover, so the file was left: somebody copied it there, or records were lost.',
    exit: 'partly',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>

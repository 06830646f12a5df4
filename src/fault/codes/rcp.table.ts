// Why this table exists: the codes CPC-RCP-… that the room recipe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const rcpFaults = {
  'CPC-RCP-001': {
    title: 'A recipe cannot be read.',
    explanation:
      'recipe.yaml says what an image is made of. It has a mistake of form: not YAML, an unknown key, or a value of the wrong kind. Every mistake is listed with its line.',
    exit: 'usage',
    status: 422,
  },
  'CPC-RCP-002': {
    title: 'The packages of a recipe cannot be resolved.',
    explanation:
      'apt was asked which packages the recipe needs, and had no answer, even after its lists were fetched anew. A name may be wrong, the sources of this machine may not be those of Debian 12, or they cannot be reached.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-003': {
    title: 'Packages cannot be downloaded.',
    explanation:
      'apt could not fetch a package, or it did not match its signed digest. Old package lists name versions that the archive no longer has: run apt-get update. What has arrived is kept, so the next build goes on from there.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-004': {
    title: 'A package cannot be unpacked.',
    explanation:
      'dpkg-deb could not lay out the files of a package, because the disk is full or the archive is damaged. The archive is removed from the cache and fetched anew by the next build.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-005': {
    title: 'The kernel package does not have what the recipe wants.',
    explanation:
      'The recipe names kernel modules that the chosen kernel has neither as files nor built in, or the package holds no kernel. linux-image-cloud-amd64 has no drivers for common physical network cards.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-006': {
    title: 'The index of kernel modules cannot be made.',
    explanation:
      'depmod, taken from the unpacked packages, did not finish. The recipe must name the package kmod, and the build needs room on the disk.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-007': {
    title: 'The packages do not hold all that the recipe wants.',
    explanation:
      'A program, a file or a library that a program needs is in none of the packages. Each is listed with what needs it. Most often its package stands under leave-out, or the path is misspelt.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-008': {
    title: 'An image is larger than it may be.',
    explanation:
      'The whole image lies in the memory of each host, so a recipe has a budget. Leave something out, or raise the limits, and give the hosts that much more memory.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-009': {
    title: 'busybox does not say which programs it can play.',
    explanation:
      'The links to busybox are made from the list that it prints itself. It was not found among the packages, or does not run on the machine that builds.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-010': {
    title: 'A library cannot be hollowed out.',
    explanation:
      'The recipe says that the tables of a library are never read and shall take no room. The library is not there, or is laid out in another way than expected, perhaps since an update of Debian. Without the line under hollow the image works, and is larger.',
    exit: 'failed',
    status: 500,
  },
  'CPC-RCP-011': {
    title: 'A tool that writes the image failed.',
    explanation:
      'File systems, boot loader and disk format are written by programs that are taken from the packages of the recipe. One of them is in none of the packages, or did not finish, most often because the disk is full.',
    exit: 'failed',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>

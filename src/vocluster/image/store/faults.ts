// Why this file exists: each way in which a push, a look or a removal can fail is worded once, with what to do about it.
import { Fault } from '#fault'
import type { Refusal } from '../header/refusal.ts'
import { formatImageId } from '../image-name.ts'
import type { ImageRecord } from './record.ts'
import { refusalWords } from './refusal-words.table.ts'

export function refusedImage(where: string, refusal: Refusal): Fault {
  const { code, why, todo } = refusalWords[refusal.kind]
  return new Fault(code, {
    what: 'the image was refused',
    where,
    why: `${why} (${refusal.fact})`,
    todo,
  })
}

export function tooLargeDisk(where: string, virtualBytes: number, limit: number): Fault {
  return new Fault('CPC-IMG-005', {
    what: 'the image was refused',
    where,
    why: `its disk has ${virtualBytes} bytes, the limit is ${limit}`,
    todo: 'make the disk smaller, or ask an administrator for a higher limit',
  })
}

export function tooManyBytes(where: string, bytesMax: number): Fault {
  return new Fault('CPC-IMG-005', {
    what: 'the upload was stopped',
    where,
    why: `it is longer than ${bytesMax} bytes`,
    todo: 'compress the image (qemu-img convert -c -O qcow2), or ask for a higher quota',
  })
}

export function overQuota(where: string, neededBytes: number, quotaBytes: number): Fault {
  return new Fault('CPC-IMG-006', {
    what: 'the image was refused',
    where,
    why: `the VO's images would have ${neededBytes} bytes, its quota is ${quotaBytes}`,
    todo: 'remove images that are no longer used, or raise image-bytes in the quota of the VO',
  })
}

export function takenVersion(where: string, there: ImageRecord): Fault {
  const past = there.state === 'removed' ? 'was, before it was removed,' : 'is'
  return new Fault('CPC-IMG-007', {
    what: 'the image was not stored',
    where,
    why: `${formatImageId(there)} ${past} ${there.digest}, and what came is something else`,
    todo: 'push without a version to get the next number',
  })
}

export function noVersionLeft(where: string): Fault {
  return new Fault('CPC-IMG-007', {
    what: 'the image was not stored',
    where,
    why: 'the highest number is taken',
    todo: 'push under another name',
  })
}

export function cutOff(where: string, why: string, cause?: unknown): Fault {
  return new Fault(
    'CPC-IMG-008',
    { what: 'the upload did not come whole', where, why, todo: 'push again; nothing was kept' },
    { cause },
  )
}

export function notFound(where: string): Fault {
  return new Fault('CPC-IMG-009', {
    what: 'there is no such image',
    where,
    why: 'no image of this VO has that name and version, or it was removed',
    todo: 'look with: coppice image list',
  })
}

export function inUse(where: string, users: readonly string[]): Fault {
  return new Fault('CPC-IMG-010', {
    what: 'the image was not removed',
    where,
    why: `it is used by ${users.join(', ')}`,
    todo: 'take these down first',
  })
}

export function damaged(where: string, why: string): Fault {
  return new Fault('CPC-IMG-011', {
    what: 'the image is damaged',
    where,
    why,
    todo: 'look at the disk of the image store; then remove the image and push it again',
  })
}

export function unreadableRecord(where: string, why: string): Fault {
  return new Fault('CPC-IMG-014', {
    what: 'a record of the image store cannot be read',
    where,
    why,
    todo: 'restore the file from a backup, or move it away and push the image again',
  })
}

export function unknownBytes(where: string): Fault {
  return new Fault('CPC-IMG-016', {
    what: 'the image store holds bytes without a name',
    where,
    why: 'no record refers to this file',
    todo: 'if nothing else of yours put it there, remove it',
  })
}

export function busy(why: string): Fault {
  return new Fault('CPC-IMG-015', {
    what: 'the image store is busy',
    where: 'image store',
    why,
    todo: 'try again in a moment',
  })
}

/** What the file system refuses becomes a fault with its own words in it. */
export async function storing<T>(where: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Fault) throw error
    throw notStored(where, error)
  }
}

function notStored(where: string, cause: unknown): Fault {
  return new Fault(
    'CPC-IMG-012',
    {
      what: 'the image store cannot write',
      where,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'make room on the disk of the image store, or look at that disk; then try again',
    },
    { cause },
  )
}

// Why this file exists: a file that is too large for memory is read piece by piece for each who asks; a file that is
// replaced or written to meanwhile ends that transfer, so that nobody gets two versions in one.
import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { DiskFile, DiskReader } from './boot-files.ts'

const readOnly = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** What tells one version of a file from all others without reading it. */
export function markOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`
}

interface OnDisk {
  readonly name: string
  readonly path: string
  readonly size: number
  readonly mark: string
}

export function diskFile(about: OnDisk): DiskFile {
  const { name, size, mark } = about
  const digest = createHash('sha256').update(mark).digest('hex')
  return { kind: 'disk', name, size, digest, open: () => openReader(about) }
}

async function openReader(about: OnDisk): Promise<DiskReader> {
  const handle = await open(about.path, readOnly)
  try {
    await check(handle, about)
  } catch (cause) {
    await handle.close()
    throw cause
  }
  return {
    close: () => handle.close(),
    async fill(into, at) {
      await readAll(handle, into, at)
      await check(handle, about)
    },
  }
}

async function readAll(handle: FileHandle, into: Uint8Array, at: number): Promise<void> {
  for (let have = 0; have < into.length;) {
    const { bytesRead } = await handle.read(into, have, into.length - have, at + have)
    if (bytesRead === 0) throw new Error('the file is shorter than it was')
    have += bytesRead
  }
}

async function check(handle: FileHandle, { mark }: OnDisk): Promise<void> {
  const now = markOf(await handle.stat({ bigint: true }))
  if (now !== mark) throw new Error('the file is not what it was')
}

// Why this file exists: a boot file is read once, checked, and then served from memory, whole: a file that is replaced
// on disk while a machine loads it never mixes two versions.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Fault } from '#fault'
import type { BootFile } from './boot-files.ts'
import { diskFile, markOf } from './disk-file.ts'
import { looksSecret } from './secret.ts'

/** Where boot files come from: a folder, and what stands before their names. */
export interface FileRoot {
  readonly folder: string
  /** Part of the name that machines ask for: '' or as `kvm-host/`. */
  readonly prefix: string
  /** Only these; absent: every plain file of the folder whose name starts with no dot. */
  readonly only?: readonly string[]
  /** For folders that the distribution owns: Debian's ipxe.efi is a link to /boot. */
  readonly linksMayLeadOut?: boolean
}

/** What a file looked like when it was read; as long as it looks so, it is not read again. */
export interface LoadedFile {
  readonly file: BootFile
  readonly mark: string
}

export type Loaded =
  | { readonly ok: true; readonly loaded: LoadedFile }
  | { readonly ok: false; readonly fault: Fault }

/** A folder with more is no folder of boot files. */
const filesPerRootMax = 1_000
const worldReadable = 0o004
/** A pipe must not make us wait for its writer, nor a link that comes in after the look lead us elsewhere. */
const readOnly = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

export interface Candidate {
  readonly name: string
  readonly path: string
}

/**
 * The files that a root offers now; those named in `only`, whether they exist or not. A folder that cannot be read is
 * the Fault CPC-HTTP-001.
 */
export async function candidatesOf(root: FileRoot): Promise<readonly Candidate[]> {
  const names = root.only ?? (await listed(root.folder))
  return names
    .slice(0, filesPerRootMax)
    .map((name) => ({ name: `${root.prefix}${name}`, path: join(root.folder, name) }))
}

async function listed(folder: string): Promise<readonly string[]> {
  try {
    const items = await readdir(folder, { withFileTypes: true })
    return items
      .filter((item) => !item.isDirectory() && !item.name.startsWith('.'))
      .map((item) => item.name)
      .toSorted()
  } catch (cause) {
    // Made later, or never: then it offers nothing.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw unreadable({ name: folder, path: folder }, cause)
  }
}

export interface Asking {
  readonly candidate: Candidate
  /** What is in memory: given back when it has not changed. */
  readonly known: LoadedFile | undefined
  /** A larger file stays on the disk. */
  readonly heldBytesMax: number
}

/** Reads one file, if it is not too large for that. */
export async function load(root: FileRoot, asking: Asking): Promise<Loaded> {
  const { candidate } = asking
  try {
    const real = await realpath(candidate.path)
    if (!root.linksMayLeadOut && !real.startsWith(`${await realpath(root.folder)}${sep}`)) {
      throw leadsOut(candidate, real)
    }
    const handle = await open(real, readOnly)
    try {
      return { ok: true, loaded: await read(handle, real, asking) }
    } finally {
      await handle.close()
    }
  } catch (cause) {
    return { ok: false, fault: cause instanceof Fault ? cause : unreadable(candidate, cause) }
  }
}

async function read(handle: FileHandle, real: string, asking: Asking): Promise<LoadedFile> {
  const { candidate, known, heldBytesMax } = asking
  const { name } = candidate
  const { mark, size } = await lookedAt(handle, candidate)
  const kind = size <= heldBytesMax ? 'held' : 'disk'
  if (known?.mark === mark && known.file.kind === kind) return known
  if (kind === 'disk') {
    const secret = looksSecret(name, new Uint8Array(0))
    if (secret !== undefined) throw secretFile(candidate, secret)
    return { mark, file: diskFile({ name, path: real, size, mark }) }
  }
  const bytes = await handle.readFile()
  if ((await lookedAt(handle, candidate)).mark !== mark) throw stillWritten(candidate)
  const secret = looksSecret(name, bytes)
  if (secret !== undefined) throw secretFile(candidate, secret)
  const digest = createHash('sha256').update(bytes).digest('hex')
  return { mark, file: { kind, name, bytes, digest } }
}

async function lookedAt(handle: FileHandle, candidate: Candidate) {
  const stat = await handle.stat({ bigint: true })
  if (!stat.isFile()) throw unreadable(candidate, new Error('it is no plain file'))
  if ((Number(stat.mode) & worldReadable) === 0) throw notPublic(candidate)
  return { mark: markOf(stat), size: Number(stat.size) }
}

function unreadable({ name, path }: Candidate, cause: unknown): Fault {
  const text = {
    what: `the boot file ${name} is not served`,
    where: path,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'put the file there (loaders: apt-get install ipxe; host image: coppice image build)',
  }
  return new Fault('CPC-HTTP-001', text, { cause })
}

function secretFile({ name, path }: Candidate, why: string): Fault {
  return new Fault('CPC-HTTP-002', {
    what: `the boot file ${name} is not served: it looks like a secret`,
    where: path,
    why,
    todo: 'move it out of the boot folder, and replace the key: others may have read it',
  })
}

function notPublic({ name, path }: Candidate): Fault {
  return new Fault('CPC-HTTP-003', {
    what: `the boot file ${name} is not served: it is not public`,
    where: path,
    why: 'not everybody on this machine may read it, and boot files go to anyone on the wire',
    todo: `if it holds no secret: chmod o+r ${path}`,
  })
}

function leadsOut({ name, path }: Candidate, real: string): Fault {
  return new Fault('CPC-HTTP-004', {
    what: `the boot file ${name} is not served: it is a link that leads out of its folder`,
    where: path,
    why: `it leads to ${real}`,
    todo: 'copy the file into the folder',
  })
}

/** Boot files are held in memory, and memory has an end. */
export function notHeld({ name, path }: Candidate, why: string): Fault {
  return new Fault('CPC-HTTP-005', {
    what: `the boot file ${name} is read from the disk for each who asks, and given by HTTP only`,
    where: path,
    why,
    todo: 'if machines load it often: make it smaller (zstd -19), or remove others',
  })
}

function stillWritten({ name, path }: Candidate): Fault {
  return new Fault('CPC-HTTP-006', {
    what: `the boot file ${name} is not served yet: it is being written`,
    where: path,
    why: 'it changed while it was read',
    todo: 'nothing; it is read again in a moment. Write elsewhere and rename to avoid this',
  })
}

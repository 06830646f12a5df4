// Why this file exists: the image store asks little of a file system, and each thing it asks can fail alone in a test. Here
// is what it asks, and the real one.
import { constants } from 'node:fs'
import { chmod, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'

export interface ImageFsFile {
  /** How many bytes were taken; fewer than given is allowed. */
  write(bytes: Uint8Array): Promise<number>
  sync(): Promise<void>
  close(): Promise<void>
}

export interface ImageFs {
  /** Its parent exists; it may too. */
  makeFolder(path: string): Promise<void>
  /** Names only; an absent folder is empty, and so is what is none. */
  list(path: string): Promise<readonly string[]>
  /** Fails when the file exists. */
  create(path: string): Promise<ImageFsFile>
  read(path: string): Promise<Uint8Array | undefined>
  bytesOf(path: string): Promise<number | undefined>
  /** From now on nobody writes to it. */
  seal(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** A second name for the same file; false, and nothing done, when that name is taken. */
  link(from: string, to: string): Promise<boolean>
  /** An absent file is removed already. */
  remove(path: string): Promise<void>
  /** What was made, renamed or removed in it survives a power cut from now on. */
  syncFolder(path: string): Promise<void>
}

/** Root's alone: hosts come by NFS as root and are not squashed; other accounts of the appliance have no business here. */
const folderMode = 0o700
const draftMode = 0o600
const sealedMode = 0o440

export const nodeImageFs: ImageFs = {
  makeFolder: (path) => unlessCode('EEXIST', makeOne(path), undefined),
  list: (path) => unlessCode('ENOENT', unlessCode('ENOTDIR', readdir(path), []), []),
  create: createFile,
  read: (path) => unlessCode('ENOENT', readFile(path), undefined),
  bytesOf: (path) =>
    unlessCode(
      'ENOENT',
      stat(path).then(({ size }) => size),
      undefined,
    ),
  seal: (path) => chmod(path, sealedMode),
  rename,
  link: (from, to) =>
    unlessCode(
      'EEXIST',
      link(from, to).then(() => true),
      false,
    ),
  remove: (path) => rm(path, { force: true }),
  syncFolder,
}

async function makeOne(path: string): Promise<void> {
  await mkdir(path, folderMode)
}

async function unlessCode<T, U>(code: string, work: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return instead
    throw error
  }
}

async function createFile(path: string): Promise<ImageFsFile> {
  // A name that somebody prepared as a link is not followed: O_EXCL.
  const file = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    draftMode,
  )
  return {
    write: async (bytes) => (await file.write(bytes)).bytesWritten,
    sync: () => file.sync(),
    close: () => file.close(),
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

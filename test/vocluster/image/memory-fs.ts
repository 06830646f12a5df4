// Why this file exists: power cuts, full disks and kills come between two steps; this file system can do each of them at any
// step, and afterwards remembers only what was synced.
import { dirname } from 'node:path'
import type { ImageFs, ImageFsFile } from '#vocluster'

interface Inode {
  bytes: Uint8Array
  synced: Uint8Array
  sealed: boolean
}

type Folder = Map<string, Inode | 'folder'>

/** After a kill all is there that was written. A power cut keeps what was synced, and of names perhaps all. */
export type Ending = 'kill' | 'power cut' | 'power cut that keeps all names'

/** What goes wrong, at which step (counted from 1). */
export interface Trouble {
  readonly atStep: number
  /** `killed`: nothing works from then on. `full`: this one step fails. `short`: writes take one byte less. */
  readonly kind: 'killed' | 'full' | 'short'
}

export class MemoryFs implements ImageFs {
  readonly #live: Map<string, Folder>
  readonly #durable: Map<string, Folder>
  readonly #trouble: Trouble | undefined
  steps = 0

  constructor(root: string, trouble?: Trouble) {
    this.#live = new Map([[root, new Map()]])
    this.#durable = new Map([[root, new Map()]])
    this.#trouble = trouble
  }

  /** The disk as the next start finds it. */
  afterwards(how: Ending, trouble?: Trouble): MemoryFs {
    const fs = new MemoryFs('', trouble)
    const folders = how === 'power cut' ? this.#durable : this.#live
    const inodes = new Map<Inode, Inode>()
    for (const [path, folder] of folders) {
      const copy: Folder = new Map()
      for (const [name, item] of folder) copy.set(name, copyOf(item, how, inodes))
      fs.#live.set(path, copy)
      fs.#durable.set(path, new Map(copy))
    }
    return fs
  }

  files(folder: string): readonly string[] {
    return [...(this.#live.get(folder) ?? [])].map(([name]) => name)
  }

  /** Somebody changes a file behind our back. */
  spoil(path: string, bytes: Uint8Array): void {
    const inode = this.#inode(path)
    if (inode === undefined) throw noSuch(path)
    inode.bytes = bytes
  }

  put(path: string, bytes: Uint8Array): void {
    this.#folderOf(path).set(nameOf(path), { bytes, synced: bytes, sealed: false })
  }

  /** Another process reads; our steps and troubles are not its own. */
  peek(path: string): Uint8Array {
    const inode = this.#inode(path)
    if (inode === undefined) throw noSuch(path)
    return inode.bytes
  }

  isSealed(path: string): boolean {
    return this.#inode(path)?.sealed ?? false
  }

  async makeFolder(path: string): Promise<void> {
    this.#step()
    if (this.#live.has(path)) return
    this.#folderOf(path).set(nameOf(path), 'folder')
    this.#live.set(path, new Map())
    this.#durable.set(path, new Map())
  }

  async list(path: string): Promise<readonly string[]> {
    this.#step()
    return this.files(path)
  }

  async create(path: string): Promise<ImageFsFile> {
    this.#step()
    const folder = this.#folderOf(path)
    if (folder.has(nameOf(path))) throw new Error(`EEXIST ${path}`)
    const inode: Inode = { bytes: new Uint8Array(), synced: new Uint8Array(), sealed: false }
    folder.set(nameOf(path), inode)
    return {
      write: async (bytes) => {
        const short = this.#step() === 'short' ? Math.max(1, bytes.length - 1) : bytes.length
        if (inode.sealed) throw new Error(`EROFS ${path}`)
        inode.bytes = Buffer.concat([inode.bytes, bytes.subarray(0, short)])
        return short
      },
      sync: async () => {
        this.#step()
        inode.synced = inode.bytes
      },
      close: async () => void this.#step(),
    }
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    this.#step()
    return this.#inode(path)?.bytes
  }

  async bytesOf(path: string): Promise<number | undefined> {
    this.#step()
    return this.#inode(path)?.bytes.length
  }

  async seal(path: string): Promise<void> {
    this.#step()
    const inode = this.#inode(path)
    if (inode === undefined) throw noSuch(path)
    inode.sealed = true
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step()
    const inode = this.#inode(from)
    if (inode === undefined) throw noSuch(from)
    this.#folderOf(to).set(nameOf(to), inode)
    this.#folderOf(from).delete(nameOf(from))
  }

  async link(from: string, to: string): Promise<boolean> {
    this.#step()
    const inode = this.#inode(from)
    if (inode === undefined) throw noSuch(from)
    if (this.#folderOf(to).has(nameOf(to))) return false
    this.#folderOf(to).set(nameOf(to), inode)
    return true
  }

  async remove(path: string): Promise<void> {
    this.#step()
    this.#folderOf(path).delete(nameOf(path))
  }

  async syncFolder(path: string): Promise<void> {
    this.#step()
    this.#durable.set(path, new Map(this.#folderAt(path)))
  }

  #step(): 'short' | undefined {
    this.steps += 1
    const { atStep, kind } = this.#trouble ?? { atStep: Infinity, kind: 'full' }
    if (kind === 'short') return 'short'
    if (kind === 'killed' && this.steps >= atStep) throw new Error('killed')
    if (kind === 'full' && this.steps === atStep) throw new Error('ENOSPC: no space left on device')
    return undefined
  }

  #inode(path: string): Inode | undefined {
    const item = this.#live.get(dirname(path))?.get(nameOf(path))
    return item === 'folder' ? undefined : item
  }

  #folderOf(path: string): Folder {
    return this.#folderAt(dirname(path))
  }

  #folderAt(path: string): Folder {
    const folder = this.#live.get(path)
    if (folder === undefined) throw noSuch(path)
    return folder
  }
}

/** Two names of one file stay two names of one file. What was not synced comes back torn. */
function copyOf(item: Inode | 'folder', how: Ending, inodes: Map<Inode, Inode>): Inode | 'folder' {
  if (item === 'folder') return item
  const known = inodes.get(item)
  if (known !== undefined) return known
  const bytes = how === 'kill' ? item.bytes : item.synced
  const copy = { bytes, synced: bytes, sealed: item.sealed }
  inodes.set(item, copy)
  return copy
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function noSuch(path: string): Error {
  return new Error(`ENOENT ${path}`)
}

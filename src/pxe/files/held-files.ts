// Why this file exists: the map of boot files in memory follows the disk by itself, so that a new host image needs no
// restart; a request never waits for the disk.
import { Fault } from '#fault'
import { type BootFile, type BootFiles, sizeOf } from './boot-files.ts'
import {
  type Candidate,
  candidatesOf,
  type FileRoot,
  load,
  type LoadedFile,
  notHeld,
} from './load.ts'

export interface HeldFilesOptions {
  readonly roots: readonly FileRoot[]
  /** Told once for each file that is not served, and again when the reason changes. */
  readonly onFault: (fault: Fault) => void
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly limits?: Partial<HeldLimits>
}

/** What goes over either is read from the disk for each who asks. */
export interface HeldLimits {
  readonly fileBytesMax: number
  /** All files together. */
  readonly allBytesMax: number
}

/** How old the last look at the disk may be when a file is asked for. */
export const lookAgainMillis = 1_000
/** A first host image and its successor fit at once. */
export const heldLimits: HeldLimits = { fileBytesMax: 536_870_912, allBytesMax: 2_147_483_648 }

export class HeldFiles implements BootFiles {
  readonly #options: HeldFilesOptions
  readonly #told = new Map<string, string>()
  #files: ReadonlyMap<string, LoadedFile> = new Map()
  #lookedAt = 0
  #looking: Promise<void> | undefined

  private constructor(options: HeldFilesOptions) {
    this.#options = options
  }

  /** Reads every file once before it is there. */
  static async open(options: HeldFilesOptions): Promise<HeldFiles> {
    const held = new HeldFiles(options)
    await held.refresh()
    return held
  }

  /** What is in memory; a look at the disk starts beside it when the last one is too old. */
  find(name: string): BootFile | undefined {
    if (this.#options.now() - this.#lookedAt >= lookAgainMillis) void this.refresh()
    return this.#files.get(name)?.file
  }

  names(): readonly string[] {
    return [...this.#files.keys()]
  }

  /** Looks at the disk now. Never rejects: what cannot be read is a fault that is told. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#lookedAt = this.#options.now()
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const files = new Map<string, LoadedFile>()
    let held = 0
    for (const root of this.#options.roots) {
      for (const candidate of await this.#candidates(root)) {
        // Of two roots that offer one name, the first counts.
        if (files.has(candidate.name)) continue
        const loaded = await this.#read(root, candidate, held)
        if (!loaded) continue
        files.set(candidate.name, loaded)
        if (loaded.file.kind === 'held') held += loaded.file.bytes.length
      }
    }
    this.#files = files
  }

  async #candidates(root: FileRoot): Promise<readonly Candidate[]> {
    try {
      return await candidatesOf(root)
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      this.#tell(root.folder, cause)
      return []
    }
  }

  async #read(root: FileRoot, candidate: Candidate, held: number): Promise<LoadedFile | undefined> {
    const known = this.#files.get(candidate.name)
    const { fileBytesMax, allBytesMax } = { ...heldLimits, ...this.#options.limits }
    const heldBytesMax = Math.min(fileBytesMax, allBytesMax - held)
    const answer = await load(root, { candidate, known, heldBytesMax })
    if (!answer.ok) {
      this.#tell(candidate.path, answer.fault)
      return keptWhileWritten(answer.fault, known)
    }
    const { file } = answer.loaded
    const why = `it has ${sizeOf(file)} bytes, and memory is left for ${heldBytesMax}`
    this.#tell(candidate.path, file.kind === 'disk' ? notHeld(candidate, why) : undefined)
    return answer.loaded
  }

  #tell(path: string, fault: Fault | undefined): void {
    const before = this.#told.get(path)
    if (!fault) this.#told.delete(path)
    else if (before !== fault.message) {
      this.#told.set(path, fault.message)
      this.#options.onFault(fault)
    }
  }
}

/** While a new version is being written, the old one is served. */
function keptWhileWritten(fault: Fault, known: LoadedFile | undefined): LoadedFile | undefined {
  return fault.code === 'CPC-HTTP-006' ? known : undefined
}

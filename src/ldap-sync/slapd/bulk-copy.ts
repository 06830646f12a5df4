// Why this file exists: a large order must not cost a sync of the disk for each entry, and no crash may leave half a
// database. So it is written into a copy, while the served database takes no writes; the copy is synced once, and takes
// the place of the other. Whatever happens before that has changed nothing.
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type CopyPlace, CopyServer } from './copy-server.ts'
import type { ServedConfig } from './served-config.ts'
import { bytesOf, clear, exchange, finishExchange } from './database-files.ts'

export interface BulkParts {
  readonly place: CopyPlace
  /** Of the served slapd, for its next start. */
  readonly config: Pick<ServedConfig, 'close' | 'reopen'>
  /** The one that runs; rejects when none does. */
  readonly tellServed: (readOnly: boolean) => Promise<void>
  /** Ends the served slapd, does the work, and starts it again, whatever came of the work. */
  readonly whileStopped: (work: () => void) => Promise<void>
  readonly log: (line: string) => void
}

export type Opened =
  | { readonly ok: true; readonly value: BulkCopy }
  | { readonly ok: false; readonly refusal: string }

/** More than any machine takes, with its indexes. */
const orderBytesMax = 16 * 1024
/** A slow disk copies so much in the time that it takes for one sync. */
const copiedBytesPerOrderMax = 128 * 1024

export class BulkCopy {
  readonly #parts: BulkParts
  readonly #server: CopyServer
  readonly #began: number

  private constructor(parts: BulkParts, server: CopyServer, began: number) {
    this.#parts = parts
    this.#server = server
    this.#began = began
  }

  /** Until it is published or discarded nobody else can write. */
  static async open(orders: number, parts: BulkParts): Promise<Opened> {
    const began = performance.now()
    const refusal = whyNot(orders, parts.place.folder)
    if (refusal !== undefined) return { ok: false, refusal }
    try {
      await refuseWrites(parts)
      const server = await CopyServer.open(parts.place)
      return { ok: true, value: new BulkCopy(parts, server, began) }
    } catch (error) {
      await takeWritesAgain(parts)
      return { ok: false, refusal: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Where the orders go; the same names and secrets are good there. */
  get url(): string {
    return this.#server.url
  }

  /** When it resolves, the orders are served and on the disk. When it rejects, the copy is still to be discarded. */
  async publish(): Promise<void> {
    const { place, config, whileStopped, log } = this.#parts
    const { folder } = place
    await this.#server.seal()
    await whileStopped(() => {
      try {
        exchange(folder)
      } catch (error) {
        finishExchange(folder)
        throw error
      } finally {
        config.reopen()
      }
    })
    clear(join(folder, 'db.old'))
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1)
    log(`a large order is in the directory; nobody else could write for ${seconds} s`)
  }

  async discard(): Promise<void> {
    await this.#server.discard()
    await takeWritesAgain(this.#parts)
  }
}

function whyNot(orders: number, folder: string): string | undefined {
  const bytes = bytesOf(join(folder, 'db'))
  if (bytes > orders * copiedBytesPerOrderMax) return 'a copy takes longer than the orders'
  const { bavail, bsize } = statfsSync(folder)
  // Others write to this disk, too.
  const needed = 2 * (bytes + orders * orderBytesMax)
  return bavail * bsize < needed ? 'there is no room for a copy' : undefined
}

/** In this order: one that is started meanwhile refuses writes as well. */
async function refuseWrites({ config, tellServed, whileStopped }: BulkParts): Promise<void> {
  config.close()
  try {
    await tellServed(true)
  } catch (error) {
    // It may still come to hear it.
    await whileStopped(() => config.reopen())
    throw error
  }
}

/** One that cannot be told, because it is just starting, may have read the old word: it is started once more. */
async function takeWritesAgain({ config, tellServed, whileStopped }: BulkParts): Promise<void> {
  config.reopen()
  try {
    await tellServed(false)
  } catch {
    await whileStopped(() => undefined)
  }
}

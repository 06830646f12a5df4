// Why this file exists: while a large order is written into a copy, a slapd that is started again must refuse writes,
// too; and it must take them afterwards, even when the disk has become full meanwhile.
import { linkSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export class ServedConfig {
  readonly path: string
  /** As it was, kept for `reopen`: a renaming needs no room. */
  readonly #kept: string
  readonly #writeClosed: () => string

  /** `writeClosed` writes one that refuses writes, elsewhere, and returns its path. */
  constructor(folder: string, writeClosed: () => string) {
    this.path = join(folder, 'slapd.conf')
    this.#kept = join(folder, 'slapd.conf.open')
    this.#writeClosed = writeClosed
    rmSync(this.#kept, { force: true })
  }

  close(): void {
    const closed = this.#writeClosed()
    linkSync(this.path, this.#kept)
    renameSync(closed, this.path)
  }

  /** Once for each time that it was closed; more often does no harm. */
  reopen(): void {
    try {
      renameSync(this.#kept, this.path)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

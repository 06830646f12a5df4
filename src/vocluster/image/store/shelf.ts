// Why this file exists: the steps by which bytes and their name come to the disk and go from it, in such an order that a
// power cut between any two of them leaves nothing half visible and nothing that the next start cannot explain.
import { dirname } from 'node:path'
import type { Catalogue } from './catalogue.ts'
import type { Draft } from './draft.ts'
import { writeAll } from './draft.ts'
import { takenVersion } from './faults.ts'
import type { ImageFs } from './image-fs.ts'
import {
  blobPath,
  incomingPaths,
  type Layout,
  manifestPath,
  nameFolder,
  recordPath,
  voFolder,
} from './layout.ts'
import { type ImageRecord, readRecord, type StoredImage, writeRecord } from './record.ts'

export class Shelf {
  readonly #fs: ImageFs
  readonly #layout: Layout
  readonly #catalogue: Catalogue

  constructor(fs: ImageFs, layout: Layout, catalogue: Catalogue) {
    this.#fs = fs
    this.#layout = layout
    this.#catalogue = catalogue
  }

  /** `again`: the record of a removed one makes room. The record's name is the last thing to appear. */
  async place(
    draft: Draft,
    image: StoredImage,
    how: 'new' | 'again',
    token: string,
  ): Promise<void> {
    const incoming = incomingPaths(this.#layout, token)
    // First of all the intent: with it the next start can tell our own leftovers from other people's files.
    await this.#writeWhole(incoming.record, writeRecord(image))
    await this.#fs.syncFolder(this.#layout.incoming)
    await this.#placeBytes(draft, image, incoming.manifest)
    const target = recordPath(this.#layout, image.vo, image)
    await this.#makeFolders(image)
    if (how === 'again') await this.#fs.rename(incoming.record, target)
    else if (!(await this.#fs.link(incoming.record, target))) throw takenVersion(target, image)
    await this.#fs.syncFolder(dirname(target))
    await this.#fs.remove(incoming.record)
  }

  /** After a failure: what stands on the disk decides whether the image is there, and the rest follows it. */
  async settle(image: StoredImage, token: string): Promise<void> {
    const target = recordPath(this.#layout, image.vo, image)
    const bytes = await this.#fs.read(target)
    const record = bytes === undefined ? undefined : readRecord(bytes)
    if (typeof record === 'object') {
      this.#catalogue.set(record)
      await this.#fs.syncFolder(dirname(target))
    }
    await this.dropUnneeded(image)
    await this.#fs.remove(incomingPaths(this.#layout, token).manifest)
    await this.#fs.remove(incomingPaths(this.#layout, token).record)
  }

  /** From now on the number is spent, and the bytes go when nobody else needs them. */
  async remove(record: ImageRecord, token: string): Promise<void> {
    const fresh = incomingPaths(this.#layout, token).record
    const target = recordPath(this.#layout, record.vo, record)
    await this.#writeWhole(fresh, writeRecord(record))
    await this.#fs.rename(fresh, target)
    await this.#fs.syncFolder(dirname(target))
    this.#catalogue.set(record)
    await this.dropUnneeded(record)
  }

  async dropUnneeded(record: ImageRecord): Promise<void> {
    if (this.#catalogue.needs(record.digest)) return
    await this.#fs.remove(blobPath(this.#layout, record))
    await this.#fs.remove(manifestPath(this.#layout, record))
    await this.#fs.syncFolder(this.#layout.blobs)
  }

  /** The same bytes may lie there already, brought by another VO. */
  async #placeBytes(draft: Draft, image: StoredImage, freshManifest: string): Promise<void> {
    const blob = blobPath(this.#layout, image)
    if ((await this.#fs.bytesOf(blob)) !== draft.bytes) {
      await this.#fs.seal(draft.path)
      await this.#fs.rename(draft.path, blob)
    }
    const manifest = manifestPath(this.#layout, image)
    if ((await this.#fs.bytesOf(manifest)) === undefined) {
      await this.#writeWhole(freshManifest, writeRecord(image))
      await this.#fs.rename(freshManifest, manifest)
    }
    await this.#fs.syncFolder(this.#layout.blobs)
  }

  async #makeFolders({ vo, name }: StoredImage): Promise<void> {
    for (const folder of [voFolder(this.#layout, vo), nameFolder(this.#layout, vo, name)]) {
      await this.#fs.makeFolder(folder)
      // Also when it was there: whoever made it may not have come so far.
      await this.#fs.syncFolder(dirname(folder))
    }
  }

  async #writeWhole(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#fs.create(path)
    try {
      await writeAll(file, bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  }
}

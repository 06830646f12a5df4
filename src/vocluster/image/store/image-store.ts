// Why this file exists: the image store as others see it: bytes come in by a stream, go through every check, and are from
// then on immutable under `name@version` of their VO, until they are removed.
import type { Label } from '#directory'
import { Fault } from '#fault'
import type { ImageFacts, ImageFormat, Inspection } from '../header/inspect.ts'
import { formatImageId, type ImageName, type ImageVersion } from '../image-name.ts'
import { Catalogue } from './catalogue.ts'
import type { ImageDigest } from './digest.ts'
import { type Announced, type Draft, type ImageClock, receiveDraft } from './draft.ts'
import {
  damaged,
  inUse,
  noVersionLeft,
  notFound,
  overQuota,
  refusedImage,
  storing,
  takenVersion,
  tooLargeDisk,
} from './faults.ts'
import type { ImageFs } from './image-fs.ts'
import { blobPath, incomingPaths, type Layout, layoutOf } from './layout.ts'
import type { StoredImage } from './record.ts'
import { Shelf } from './shelf.ts'
import { startUp } from './start.ts'
import { Slots, Turn } from './turn.ts'

/** Work on a stranger's bytes, done outside of this process. */
export interface ImageTools {
  inspect(path: string, format: ImageFormat): Promise<Inspection>
  hash(path: string): Promise<{ readonly digest: ImageDigest; readonly bytes: number }>
}

export interface StoreLimits {
  readonly bytesMax: number
  readonly virtualBytesMax: number
  readonly uploadsMax: number
  /** With the limit on one upload, this bounds what a VO can take beyond its quota, for a while. */
  readonly uploadsPerVoMax: number
  readonly silenceMsMax: number
}

export const storeLimits: StoreLimits = {
  bytesMax: 2 ** 40,
  virtualBytesMax: 2 * 2 ** 40,
  uploadsMax: 8,
  uploadsPerVoMax: 2,
  silenceMsMax: 60_000,
}

const changesWaitingMax = 64

export interface ImageStoreOptions {
  /** An existing folder; NFS exports it. */
  readonly root: string
  readonly fs: ImageFs
  readonly clock: ImageClock
  readonly tools: ImageTools
  /** The names of those who use the image or have room reserved for it. */
  readonly isUsed: (image: StoredImage) => Promise<readonly string[]>
  /** A fresh word for each call, safe in a file name. */
  readonly newToken: () => string
  readonly onAlarm: (fault: Fault) => void
  readonly limits?: StoreLimits
}

export interface Push {
  readonly vo: Label
  readonly name: ImageName
  readonly version?: ImageVersion
  readonly format: ImageFormat
  readonly by: string
  /** The VO's quota for all of its images; absent: none. */
  readonly imageBytesMax?: number
  /** What the sender said of it beforehand; it must come true. */
  readonly announced?: Announced
}

export interface Received {
  readonly image: StoredImage
  /** False: these very bytes were there already. */
  readonly isNew: boolean
}

export type Verdict = { readonly whole: true } | { readonly whole: false; readonly fault: Fault }

export class ImageStore {
  readonly #options: ImageStoreOptions
  readonly #limits: StoreLimits
  readonly #layout: Layout
  readonly #catalogue = new Catalogue()
  readonly #shelf: Shelf
  readonly #turn = new Turn(changesWaitingMax)
  readonly #uploads: Slots

  private constructor(options: ImageStoreOptions) {
    this.#options = options
    this.#limits = options.limits ?? storeLimits
    this.#layout = layoutOf(options.root)
    this.#shelf = new Shelf(options.fs, this.#layout, this.#catalogue)
    const { uploadsMax, uploadsPerVoMax } = this.#limits
    this.#uploads = new Slots({ totalMax: uploadsMax, perOwnerMax: uploadsPerVoMax })
  }

  static async open(options: ImageStoreOptions): Promise<ImageStore> {
    const store = new ImageStore(options)
    await storing(options.root, () =>
      startUp({
        ...options,
        layout: store.#layout,
        catalogue: store.#catalogue,
        shelf: store.#shelf,
      }),
    )
    return store
  }

  list(): readonly StoredImage[] {
    return this.#catalogue.held()
  }

  /** Without a version: the newest. */
  find(vo: Label, name: ImageName, version?: ImageVersion): StoredImage | undefined {
    return this.#catalogue.find(vo, name, version)
  }

  show(vo: Label, name: ImageName, version?: ImageVersion): StoredImage {
    const image = this.find(vo, name, version)
    if (image !== undefined) return image
    throw notFound(`image ${vo}/${name}${version === undefined ? '' : `@${version}`}`)
  }

  async receive(stream: AsyncIterable<Uint8Array>, push: Push): Promise<Received> {
    using _slot = this.#uploads.enter(push.vo)
    const token = this.#options.newToken()
    const { bytes: path } = incomingPaths(this.#layout, token)
    try {
      const draft = await receiveDraft(this.#options, path, {
        stream,
        where: whereOf(push),
        bytesMax: Math.min(this.#limits.bytesMax, push.imageBytesMax ?? Infinity),
        silenceMsMax: this.#limits.silenceMsMax,
        announced: push.announced ?? {},
      })
      const facts = await this.#inspect(draft, push)
      return await this.#turn.take(() => this.#publish({ draft, push, facts, token }))
    } finally {
      await this.#tidy(() => this.#options.fs.remove(path))
    }
  }

  /** Re-hashes the bytes on the disk. */
  async verify(image: StoredImage): Promise<Verdict> {
    const path = blobPath(this.#layout, image)
    const there = await storing(path, () => this.#options.fs.bytesOf(path))
    if (there === undefined) {
      return { whole: false, fault: damaged(path, 'the file is gone') }
    }
    const { digest, bytes } = await this.#options.tools.hash(path)
    if (digest === image.digest && bytes === image.bytes) return { whole: true }
    return { whole: false, fault: damaged(path, `it is ${digest} with ${bytes} bytes now`) }
  }

  remove(image: StoredImage, by: string): Promise<void> {
    return this.#turn.take(() => this.#removeNow(image, by))
  }

  async #inspect(draft: Draft, push: Push): Promise<ImageFacts> {
    const where = whereOf(push)
    const inspection = await this.#options.tools.inspect(draft.path, push.format)
    if (!inspection.ok) throw refusedImage(where, inspection.refusal)
    const { facts } = inspection
    const { virtualBytesMax } = this.#limits
    if (facts.virtualBytes > virtualBytesMax)
      throw tooLargeDisk(where, facts.virtualBytes, virtualBytesMax)
    return facts
  }

  async #publish(arrived: Arrived): Promise<Received> {
    const { draft, push, facts, token } = arrived
    const decision = this.#catalogue.decide({ ...push, digest: draft.digest })
    switch (decision.kind) {
      case 'same':
        return { image: decision.image, isNew: false }
      case 'taken':
        throw takenVersion(whereOf(push), decision.by)
      case 'spent':
        throw noVersionLeft(whereOf(push))
      case 'new':
      case 'again': {
        this.#checkQuota(draft, push)
        const image = this.#imageOf(push, draft, { facts, version: decision.version })
        await this.#place(arrived, image, decision.kind, token)
        return { image, isNew: true }
      }
    }
  }

  #imageOf(
    { vo, name, by }: Push,
    { digest, bytes }: Draft,
    rest: Pick<StoredImage, 'facts' | 'version'>,
  ): StoredImage {
    const pushedAt = this.#options.clock.now()
    return { state: 'held', vo, name, digest, bytes, pushedBy: by, pushedAt, ...rest }
  }

  async #place({ draft, push }: Arrived, image: StoredImage, how: 'new' | 'again', token: string) {
    try {
      await storing(whereOf(push), () => this.#shelf.place(draft, image, how, token))
      this.#catalogue.set(image)
    } catch (error) {
      await this.#tidy(() => this.#shelf.settle(image, token))
      throw error
    }
  }

  #checkQuota(draft: Draft, push: Push): void {
    if (push.imageBytesMax === undefined) return
    const bytes = new Map(this.#catalogue.bytesOf(push.vo)).set(draft.digest, draft.bytes)
    const needed = bytes.values().reduce((sum, one) => sum + one, 0)
    if (needed > push.imageBytesMax) throw overQuota(whereOf(push), needed, push.imageBytesMax)
  }

  /** Hidden first, asked then: who reserves first and looks second finds it, or keeps it from going. */
  async #removeNow(image: StoredImage, by: string): Promise<void> {
    const where = whereOf(image)
    if (this.find(image.vo, image.name, image.version) === undefined) throw notFound(where)
    using _hidden = this.#catalogue.hide(image)
    const users = await this.#options.isUsed(image)
    if (users.length > 0) throw inUse(where, users)
    const removed = {
      ...image,
      state: 'removed',
      removedBy: by,
      removedAt: this.#options.clock.now(),
    } as const
    const token = this.#options.newToken()
    try {
      await storing(where, () => this.#shelf.remove(removed, token))
    } catch (error) {
      await this.#tidy(() => this.#shelf.settle(image, token))
      throw error
    }
  }

  /** What cannot be cleared away now is cleared away at the next start; the reason we are here matters more. */
  async #tidy(act: () => Promise<void>): Promise<void> {
    try {
      await storing(this.#layout.incoming, act)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.#options.onAlarm(error)
    }
  }
}

interface Arrived {
  readonly draft: Draft
  readonly push: Push
  readonly facts: ImageFacts
  readonly token: string
}

function whereOf({ vo, name, version }: Pick<Push, 'vo' | 'name' | 'version'>): string {
  return `image ${vo}/${version === undefined ? name : formatImageId({ name, version })}`
}

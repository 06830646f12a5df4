// Why this file exists: which images there are is answered from memory, by one picture of all records; and one rule says
// which version a new arrival becomes.
import type { Label } from '#directory'
import {
  formatImageId,
  type ImageId,
  type ImageName,
  type ImageVersion,
  imageVersion,
} from '../image-name.ts'
import type { ImageDigest } from './digest.ts'
import type { ImageRecord, StoredImage } from './record.ts'

/** What an arrival is to become. */
export type Decision =
  | { readonly kind: 'same'; readonly image: StoredImage }
  | { readonly kind: 'new'; readonly version: ImageVersion }
  /** These bytes had this number once and were removed. */
  | { readonly kind: 'again'; readonly version: ImageVersion }
  | { readonly kind: 'taken'; readonly by: ImageRecord }
  | { readonly kind: 'spent' }

export interface Arrival {
  readonly vo: Label
  readonly name: ImageName
  /** Absent: the next one, or the one that these bytes have already. */
  readonly version?: ImageVersion
  readonly digest: ImageDigest
}

export class Catalogue {
  readonly #records = new Map<string, ImageRecord>()
  /** On their way out: nobody may start to use them any more. */
  readonly #leaving = new Set<string>()

  set(record: ImageRecord): void {
    this.#records.set(keyOf(record.vo, record), record)
  }

  hide(image: StoredImage): Disposable {
    const key = keyOf(image.vo, image)
    this.#leaving.add(key)
    return { [Symbol.dispose]: () => this.#leaving.delete(key) }
  }

  /** Sorted by VO, name and number. */
  held(): readonly StoredImage[] {
    return [...this.#records]
      .flatMap(([key, record]) =>
        record.state === 'held' && !this.#leaving.has(key) ? [record] : [],
      )
      .toSorted(byName)
  }

  removed(): readonly ImageRecord[] {
    return [...this.#records.values()].filter(({ state }) => state === 'removed')
  }

  find(vo: Label, name: ImageName, version?: ImageVersion): StoredImage | undefined {
    return this.held().findLast(
      (image) =>
        image.vo === vo && image.name === name && (version ?? image.version) === image.version,
    )
  }

  /** Those on their way out count: their bytes are still there. */
  needs(digest: ImageDigest): boolean {
    return this.#records.values().some((one) => one.state === 'held' && one.digest === digest)
  }

  /** The same bytes under two names of a VO weigh once. */
  bytesOf(vo: Label): ReadonlyMap<ImageDigest, number> {
    const mine = this.#records.values().filter((one) => one.state === 'held' && one.vo === vo)
    return new Map(mine.map(({ digest, bytes }) => [digest, bytes]))
  }

  decide(arrival: Arrival): Decision {
    const { vo, name, version, digest } = arrival
    const versions = this.#versions(vo, name)
    const there =
      version === undefined
        ? (versions.findLast((one) => one.state === 'held' && one.digest === digest) ??
          versions.findLast((one) => one.digest === digest))
        : versions.find((one) => one.version === version)
    if (there !== undefined) return meet(there, digest)
    const next = version ?? imageVersion((versions.at(-1)?.version ?? 0) + 1)
    return next === undefined ? { kind: 'spent' } : { kind: 'new', version: next }
  }

  #versions(vo: Label, name: ImageName): readonly ImageRecord[] {
    return [...this.#records.values()]
      .filter((one) => one.vo === vo && one.name === name)
      .toSorted(byName)
  }
}

function keyOf(vo: Label, id: ImageId): string {
  return `${vo}/${formatImageId(id)}`
}

function meet(there: ImageRecord, digest: ImageDigest): Decision {
  if (there.digest !== digest) return { kind: 'taken', by: there }
  if (there.state === 'held') return { kind: 'same', image: there }
  return { kind: 'again', version: there.version }
}

function byName(one: ImageRecord, other: ImageRecord): number {
  return compare(one.vo, other.vo) || compare(one.name, other.name) || one.version - other.version
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}

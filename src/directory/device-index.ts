// Why this file exists: a MAC, an address or a name leads to a device and one of its cards. The index holds where the device
// rests and a hash of the key; whether it is the key itself, the device says.
import { type Device, deviceOf, type DeviceText } from './at-rest.ts'
import type { Lookup } from './buckets.ts'
import type { TakeKey } from './device-keys.ts'
import { hashOf, Slots, type SlotsDraft } from './slots.ts'

/** Where a MAC or an address leads: the device and which of its NICs. */
export interface Found {
  readonly device: Device
  readonly nicIndex: number
}

export type KeysOf<K> = (device: Device, take: TakeKey<K>) => void

export class DeviceIndex<K extends string | number> implements Lookup<K, Found> {
  readonly #slots: Slots<DeviceText>
  readonly #keysOf: KeysOf<K>

  private constructor(slots: Slots<DeviceText>, keysOf: KeysOf<K>) {
    this.#slots = slots
    this.#keysOf = keysOf
  }

  static empty<K extends string | number>(keysOf: KeysOf<K>): DeviceIndex<K> {
    return new DeviceIndex<K>(Slots.empty(), keysOf)
  }

  get size(): number {
    return this.#slots.size
  }

  get(key: K): Found | undefined {
    for (const rest of this.#slots.all(hashOf(key))) {
      const device = deviceOf(rest)
      let found: number | undefined
      this.#keysOf(device, (own, nicIndex) => {
        if (own === key) found ??= nicIndex
      })
      if (found !== undefined) return { device, nicIndex: found }
    }
    return undefined
  }

  /** The hash of a number is as good as the number, so nobody need look at the device. */
  has(key: K): boolean {
    if (typeof key === 'number') return this.#slots.find(hashOf(key), () => true) !== undefined
    return this.get(key) !== undefined
  }

  *values(): Generator<Found> {
    for (const [, found] of this.entries()) yield found
  }

  *entries(): Generator<[K, Found]> {
    for (const [hash, rest] of this.#slots.withHashes()) {
      const device = deviceOf(rest)
      for (const [key, nicIndex] of this.#keysIn(device))
        if (hashOf(key) === hash) yield [key, { device, nicIndex }]
    }
  }

  /** In a quiet moment, so that the first change is as quick as the next. */
  settle(): void {
    this.#slots.settle()
  }

  edit(expected = 0): DeviceIndexDraft<K> {
    const seal = (slots: Slots<DeviceText>): DeviceIndex<K> =>
      slots === this.#slots ? this : new DeviceIndex<K>(slots, this.#keysOf)
    return new DeviceIndexDraft(this.#slots.edit(expected), this.#keysOf, seal)
  }

  copiedSince(before: DeviceIndex<K>): number {
    return this.#slots.copiedSince(before.#slots)
  }

  #keysIn(device: Device): ReadonlyMap<K, number> {
    const keys = new Map<K, number>()
    this.#keysOf(device, (key, nicIndex) => {
      if (!keys.has(key)) keys.set(key, nicIndex)
    })
    return keys
  }
}

export class DeviceIndexDraft<K extends string | number> {
  readonly #slots: SlotsDraft<DeviceText>
  readonly #keysOf: KeysOf<K>
  readonly #seal: (slots: Slots<DeviceText>) => DeviceIndex<K>
  readonly #hashes: number[] = []
  readonly #noteKey = (key: K): void => {
    const hash = hashOf(key)
    if (!this.#hashes.includes(hash)) this.#hashes.push(hash)
  }

  constructor(
    slots: SlotsDraft<DeviceText>,
    keysOf: KeysOf<K>,
    seal: (slots: Slots<DeviceText>) => DeviceIndex<K>,
  ) {
    this.#slots = slots
    this.#keysOf = keysOf
    this.#seal = seal
  }

  add(device: Device, rest: DeviceText): void {
    for (const hash of this.#hashesOf(device)) this.#slots.add(hash, rest)
  }

  /** By the hash of a key that it has. */
  addAt(hash: number, rest: DeviceText): void {
    this.#slots.add(hash, rest)
  }

  /** What leads to another device by now is not touched: a slot names its device. */
  remove(device: Device, rest: DeviceText): void {
    for (const hash of this.#hashesOf(device)) this.#slots.remove(hash, (other) => other === rest)
  }

  done(): DeviceIndex<K> {
    return this.#seal(this.#slots.done())
  }

  /** Each once. Good until it is called again: nearly every device has one, and no list is made for it. */
  #hashesOf(device: Device): readonly number[] {
    this.#hashes.length = 0
    this.#keysOf(device, this.#noteKey)
    return this.#hashes
  }
}

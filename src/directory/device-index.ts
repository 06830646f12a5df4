// Why this file exists: a MAC, an address or a name leads to a device and one of its cards. The index holds where the device
// rests and a hash of the key; whether it is the key itself, the device says.
import { type Device, deviceOf, type DeviceText } from './at-rest.ts'
import type { Lookup } from './buckets.ts'
import { hashOf, Slots, type SlotsDraft } from './slots.ts'

/** Where a MAC or an address leads: the device and which of its NICs. */
export interface Found {
  readonly device: Device
  readonly nicIndex: number
}

/** Each key of a device, with the card that it leads to. Of a key that comes twice the first counts. */
export type KeysOf<K> = (device: Device) => Iterable<readonly [key: K, nicIndex: number]>

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
      for (const [own, nicIndex] of this.#keysOf(device))
        if (own === key) return { device, nicIndex }
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
      for (const [key, nicIndex] of firstOfEach(this.#keysOf(device)))
        if (hashOf(key) === hash) yield [key, { device, nicIndex }]
    }
  }

  edit(expected = 0): DeviceIndexDraft<K> {
    const seal = (slots: Slots<DeviceText>): DeviceIndex<K> =>
      slots === this.#slots ? this : new DeviceIndex<K>(slots, this.#keysOf)
    return new DeviceIndexDraft(this.#slots.edit(expected), this.#keysOf, seal)
  }

  copiedSince(before: DeviceIndex<K>): number {
    return this.#slots.copiedSince(before.#slots)
  }
}

export class DeviceIndexDraft<K extends string | number> {
  readonly #slots: SlotsDraft<DeviceText>
  readonly #keysOf: KeysOf<K>
  readonly #seal: (slots: Slots<DeviceText>) => DeviceIndex<K>

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

  /** What leads to another device by now is not touched: a slot names its device. */
  remove(device: Device, rest: DeviceText): void {
    for (const hash of this.#hashesOf(device)) this.#slots.remove(hash, (other) => other === rest)
  }

  done(): DeviceIndex<K> {
    return this.#seal(this.#slots.done())
  }

  #hashesOf(device: Device): ReadonlySet<number> {
    const hashes = new Set<number>()
    for (const [key] of this.#keysOf(device)) hashes.add(hashOf(key))
    return hashes
  }
}

function firstOfEach<K>(keys: Iterable<readonly [K, number]>): ReadonlyMap<K, number> {
  const first = new Map<K, number>()
  for (const [key, nicIndex] of keys) if (!first.has(key)) first.set(key, nicIndex)
  return first
}

// Why this file exists: vendors ship whole batches with one UUID, and two descriptions may name one port. Who shares
// one is kept, and who stands alone with one can be told from that.
import { deviceOf, type DeviceText } from './at-rest.ts'
import type { Lookup } from './buckets.ts'
import type { Machine } from './entry.ts'
import { hashOf, Slots, type SlotsDraft } from './slots.ts'

export type KeyOf<K> = (machine: Machine) => K | undefined

export class MachineLists<K extends string> implements Lookup<K, readonly Machine[]> {
  readonly #slots: Slots<DeviceText>
  readonly #keyOf: KeyOf<K>

  private constructor(slots: Slots<DeviceText>, keyOf: KeyOf<K>) {
    this.#slots = slots
    this.#keyOf = keyOf
  }

  static empty<K extends string>(keyOf: KeyOf<K>): MachineLists<K> {
    return new MachineLists<K>(Slots.empty(), keyOf)
  }

  /** Of machines, not of keys. */
  get size(): number {
    return this.#slots.size
  }

  get(key: K): readonly Machine[] | undefined {
    const all = Array.from(this.sharing(key))
    return all.length === 0 ? undefined : all
  }

  /** One after the other: a thousand may share it, and most who ask want to know whether there is a second. */
  *sharing(key: K): Generator<Machine> {
    for (const rest of this.#slots.all(hashOf(key))) {
      const machine = machineOf(rest)
      if (machine && this.#keyOf(machine) === key) yield machine
    }
  }

  has(key: K): boolean {
    return this.sharing(key).next().done !== true
  }

  *values(): Generator<readonly Machine[]> {
    for (const [, machines] of this.entries()) yield machines
  }

  *entries(): Generator<[K, readonly Machine[]]> {
    const keys = new Set<K>()
    for (const rest of this.#slots.items()) {
      const machine = machineOf(rest)
      const key = machine && this.#keyOf(machine)
      if (key !== undefined) keys.add(key)
    }
    for (const key of keys) yield [key, this.get(key) ?? []]
  }

  edit(): MachineListsDraft<K> {
    const seal = (slots: Slots<DeviceText>): MachineLists<K> =>
      slots === this.#slots ? this : new MachineLists<K>(slots, this.#keyOf)
    return new MachineListsDraft(this.#slots.edit(), this.#keyOf, seal)
  }
}

export class MachineListsDraft<K extends string> {
  readonly #slots: SlotsDraft<DeviceText>
  readonly #keyOf: KeyOf<K>
  readonly #seal: (slots: Slots<DeviceText>) => MachineLists<K>

  constructor(
    slots: SlotsDraft<DeviceText>,
    keyOf: KeyOf<K>,
    seal: (slots: Slots<DeviceText>) => MachineLists<K>,
  ) {
    this.#slots = slots
    this.#keyOf = keyOf
    this.#seal = seal
  }

  add(machine: Machine, rest: DeviceText): void {
    const key = this.#keyOf(machine)
    if (key !== undefined) this.#slots.add(hashOf(key), rest)
  }

  remove(machine: Machine, rest: DeviceText): void {
    const key = this.#keyOf(machine)
    if (key !== undefined) this.#slots.remove(hashOf(key), (other) => other === rest)
  }

  done(): MachineLists<K> {
    return this.#seal(this.#slots.done())
  }
}

/** Of each list the only one, where there is but one that counts. */
export class Soles<K extends string> implements Lookup<K, Machine> {
  readonly #lists: MachineLists<K>
  readonly #counts: (machine: Machine) => boolean

  constructor(lists: MachineLists<K>, counts: (machine: Machine) => boolean) {
    this.#lists = lists
    this.#counts = counts
  }

  /** Counted when it is asked for: nobody who answers packets does. */
  get size(): number {
    return [...this.entries()].length
  }

  get(key: K): Machine | undefined {
    const [sole, second] = this.#lists.sharing(key).filter(this.#counts).take(2)
    return second === undefined ? sole : undefined
  }

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  *values(): Generator<Machine> {
    for (const [, machine] of this.entries()) yield machine
  }

  *entries(): Generator<[K, Machine]> {
    for (const [key] of this.#lists.entries()) {
      const sole = this.get(key)
      if (sole !== undefined) yield [key, sole]
    }
  }
}

function machineOf(rest: DeviceText): Machine | undefined {
  const device = deviceOf(rest)
  return device.kind === 'machine' ? device : undefined
}

// Why this file exists: a DirectorySync under test, with what it has told so far and a way to wait for more.
import assert from 'node:assert/strict'
import type { Entry, EntryId, Machine } from '#directory'
import { parseDnsName, readDeviceText } from '#directory'
import {
  type Clock,
  type Connect,
  type DirectoryChange,
  type DirectoryState,
  DirectorySync,
  type DirectorySyncSettings,
  type PartChange,
  systemClock,
} from '#ldap-sync'

const deadlineMillis = 10_000
const lookMillis = 5

export interface Source {
  readonly settings: Omit<DirectorySyncSettings, 'domain'>
  readonly connect: Connect
  readonly clock?: Clock
}

export class WatchedSync {
  readonly entries = new Map<EntryId, Entry>()
  readonly refused = new Map<EntryId, string>()
  readonly notes = new Map<EntryId, readonly string[]>()
  readonly batches: (readonly DirectoryChange[])[] = []
  /** Those that it told since it was live for the first time. */
  readonly kinds = new Set<DirectoryState['kind']>()
  partsTold = 0
  brokenOff = 0
  readonly sync: DirectorySync
  #parts: DirectoryChange[] = []
  readonly #waiting = new Set<() => void>()
  #state: DirectoryState | undefined

  constructor({ settings, connect, clock = systemClock }: Source) {
    const domain = parseDnsName('cluster.test')
    assert.ok(domain)
    const edges = { clock, connect, random: () => 0 }
    this.sync = new DirectorySync({ ...settings, domain }, edges, {
      part: (batch) => {
        this.partsTold += 1
        this.#parts.push(...batch.map(asPut))
      },
      brokenOff: () => {
        this.brokenOff += 1
        this.#parts = []
      },
      changes: (batch) => {
        const whole = [...this.#parts, ...batch]
        this.#parts = []
        this.batches.push(whole)
        for (const change of whole) this.#take(change)
        this.#wake()
      },
      state: (state) => {
        this.#state = state
        if (state.kind === 'live' || this.kinds.size > 0) this.kinds.add(state.kind)
        this.#wake()
      },
    })
  }

  get state(): DirectoryState | undefined {
    return this.#state
  }

  get machines(): Machine[] {
    return [...this.entries.values()].filter((entry) => entry.kind === 'machine')
  }

  machine(name: string): Machine | undefined {
    return this.machines.find((machine) => machine.name === name)
  }

  /** Resolves as soon as it is so, at the latest by the deadline. */
  async until(what: string, holds: (watched: this) => boolean): Promise<void> {
    if (holds(this)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => {
      if (holds(this)) resolve()
    }
    this.#waiting.add(look)
    const late = (): void => reject(new Error(`not within ${deadlineMillis} ms: ${what}`))
    const timer = setTimeout(late, deadlineMillis)
    // Some conditions, like a clock's next timer, tell nobody when they come true.
    const looking = setInterval(look, lookMillis)
    await promise.finally(() => {
      clearTimeout(timer)
      clearInterval(looking)
      this.#waiting.delete(look)
    })
  }

  untilLive(): Promise<void> {
    return this.until('it is live', () => this.#state?.kind === 'live')
  }

  #take(change: DirectoryChange): void {
    const id =
      change.kind === 'put' ? change.entry.id : change.kind === 'gone' ? change.id : change.item.id
    this.entries.delete(id)
    this.refused.delete(id)
    if (change.kind === 'put') {
      this.entries.set(id, change.entry)
      this.notes.set(id, change.notes)
    }
    if (change.kind === 'refused') this.refused.set(id, change.item.reason)
  }

  #wake(): void {
    for (const look of this.#waiting) look()
  }
}

/** A machine that is told as it rests is made, for whoever looks. */
function asPut(change: PartChange): DirectoryChange {
  if (change.kind !== 'laid') return change
  const read = readDeviceText(change.rest)
  return read.ok ? { kind: 'put', entry: read.value, notes: [] } : assert.fail(read.refusal)
}

// Why this file exists: the directory becomes the snapshot here, once: changes are judged, numbered, told to wire, and
// shown to whoever waits for what he wrote.
import {
  applyDeltas,
  type Assembly,
  type Delta,
  type EntryId,
  isClaimed,
  type Ip4,
  type Snapshot,
  startAssembly,
  stepAll,
} from '#directory'
import { Fault } from '#fault'
import type { BootSettings, FeedMessage } from '#feed'
import { feedVersion } from '#feed'
import type { DirectoryChange } from '#ldap-sync'
import type { CoreStore } from '#store'
import { withStoredAddress } from './stored-address.ts'

export interface DirectoryKeeperParts {
  readonly empty: Snapshot
  readonly store: CoreStore
  readonly boot: BootSettings
  readonly now: () => number
  readonly send: (message: FeedMessage) => void
  /** After each change: addresses to give, lives to forget. */
  readonly onChange: (deltas: readonly Delta[]) => void
}

/** A write of ours comes back within milliseconds; without the directory it never does. */
export const shownDeadlineMs = 10_000

interface Waiter {
  readonly isShown: (snapshot: Snapshot) => boolean
  readonly resolve: () => void
}

export class DirectoryKeeper {
  readonly #parts: DirectoryKeeperParts
  readonly #waiters = new Set<Waiter>()
  #assembly: Assembly
  #snapshot: Snapshot
  #serial: number

  constructor(parts: DirectoryKeeperParts) {
    this.#parts = parts
    this.#assembly = startAssembly(parts.store.holders.all())
    this.#snapshot = parts.empty
    this.#serial = this.#nextSerial()
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  take(batch: readonly DirectoryChange[]): void {
    const { store } = this.#parts
    const stored = store.addresses.all()
    const changes = batch.map((change) => {
      if (change.kind !== 'put') return change
      return { kind: 'entry', entry: withStoredAddress(change.entry, stored) } as const
    })
    const step = stepAll(this.#assembly, changes)
    this.#assembly = step.assembly
    store.together(() => {
      for (const { key, id } of step.holderChanges) {
        if (id === undefined) store.holders.remove(key)
        else store.holders.put(key, id)
      }
    })
    if (step.deltas.length > 0) this.#publish(step.deltas)
  }

  /** What a wire that knows nothing must hear first. */
  opening(): readonly FeedMessage[] {
    const { boot, store } = this.#parts
    const { domain, number, entries, setAside } = this.#snapshot
    return [
      { kind: 'hello', version: feedVersion, boot },
      {
        kind: 'reset',
        domain,
        number,
        entries: [...entries.values()],
        setAside: [...setAside.values()],
        serial: this.#serial,
      },
      ...[...store.hosts.nextBoots()].map(
        ([id, choice]) => ({ kind: 'next-boot', id, choice }) as const,
      ),
    ]
  }

  /** An address that somebody claims, served or set aside. */
  isClaimed(address: Ip4): boolean {
    return isClaimed(this.#assembly, address)
  }

  /** Resolves when our own feed has shown it; that is what an answer to a writer means. */
  async untilShown(what: string, isShown: (snapshot: Snapshot) => boolean): Promise<void> {
    if (isShown(this.#snapshot)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { isShown, resolve }
    this.#waiters.add(waiter)
    const late = setTimeout(() => reject(notShown(what)), shownDeadlineMs)
    await promise.finally(() => {
      clearTimeout(late)
      this.#waiters.delete(waiter)
    })
  }

  #publish(deltas: readonly Delta[]): void {
    this.#snapshot = applyDeltas(this.#snapshot, deltas, this.#snapshot.number + 1)
    this.#serial = this.#nextSerial()
    this.#parts.send({
      kind: 'delta',
      number: this.#snapshot.number,
      serial: this.#serial,
      deltas,
    })
    for (const { isShown, resolve } of this.#waiters) if (isShown(this.#snapshot)) resolve()
    this.#parts.onChange(deltas)
  }

  #nextSerial(): number {
    const { store, now, empty } = this.#parts
    return store.serials.next(empty.domain, now() / 1000)
  }
}

/** Ids of entries that were served before these deltas and are not after them. */
export function dropped(deltas: readonly Delta[]): readonly EntryId[] {
  return deltas.flatMap((delta) => (delta.kind === 'drop' ? [delta.id] : []))
}

function notShown(what: string): Fault {
  return new Fault('CPC-DIR-020', {
    what: `${what} was written, but does not show`,
    where: 'the directory and our own feed of it',
    why: `the change did not come back within ${shownDeadlineMs / 1000} s, or the entry was set aside`,
    todo: 'look at: coppice lint, and coppice directory status',
  })
}

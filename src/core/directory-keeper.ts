// Why this file exists: the directory becomes the snapshot here, once: changes are judged, numbered, told to wire, and
// shown to whoever waits for what he wrote.
import {
  type Assembly,
  type Change,
  type Delta,
  type DeviceText,
  type EntryId,
  heldBeside,
  isClaimed,
  isPlainlyHeld,
  type Ip4,
  type Laid,
  settleAssembly,
  settleSnapshot,
  type Snapshot,
  startAssembly,
  stepAll,
  StepInParts,
  wholeStep,
  type WholeStep,
} from '#directory'
import { Fault } from '#fault'
import {
  type BootSettings,
  type FeedMessage,
  feedVersion,
  snapshotMessages,
  stepMessages,
} from '#feed'
import type { DirectoryChange, PartChange } from '#ldap-sync'
import type { CoreStore } from '#store'
import { HolderRecord } from './holder-record.ts'
import { withStoredAddress } from './stored-address.ts'
import { ZoneSerial } from './zone-serial.ts'

export interface DirectoryKeeperParts {
  readonly empty: Snapshot
  readonly store: CoreStore
  readonly boot: BootSettings
  readonly now: () => number
  readonly send: (messages: Iterable<FeedMessage>) => void
  /** After each change: addresses to give, lives to forget. */
  readonly onChange: (deltas: readonly Delta[], laid: readonly DeviceText[]) => void
  readonly onTrouble: (reason: string) => void
}

/** A write of ours comes back within milliseconds; without the directory it never does. */
const shownMsMin = 10_000
/** Thousands come back together, behind the last of them; a machine with other work takes a millisecond for each. */
const shownMsPerEntry = 3
const shownMsMax = 300_000

/** So many changes come, at least, where they come in parts. */
const partsMin = 1_000

interface Waiter {
  readonly isShown: (snapshot: Snapshot) => boolean
  readonly resolve: () => void
}

export class DirectoryKeeper implements Disposable {
  readonly #parts: DirectoryKeeperParts
  readonly #waiters = new Set<Waiter>()
  readonly #holders: HolderRecord
  readonly #serial: ZoneSerial
  #assembly: Assembly
  #snapshot: Snapshot
  #coming: StepInParts | undefined

  constructor(parts: DirectoryKeeperParts) {
    this.#parts = parts
    const { store, empty, now, onTrouble } = parts
    this.#holders = new HolderRecord({ store, later, onTrouble })
    this.#serial = new ZoneSerial({ zone: empty.domain, serials: store.serials, now })
    this.#assembly = startAssembly(this.#holders.load())
    this.#snapshot = empty
  }

  /** What DNS tells as its zones' serial. */
  get serial(): number {
    return this.#serial.current
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /** What these changes would come to. Nothing changes. */
  deltasIf(batch: readonly DirectoryChange[]): readonly Delta[] {
    return stepAll(this.#assembly, this.#judged(batch)).deltas
  }

  take(batch: readonly DirectoryChange[]): void {
    const step = this.#whole(this.#judged(batch))
    this.#assembly = step.assembly
    const { number } = this.#snapshot
    this.#snapshot = step.snapshot
    if (step.snapshot.number > number) this.#publish(step)
    this.#holders.note(step.holderChanges)
    for (const delta of step.deltas)
      if (delta.kind === 'set-aside') this.#holders.note(heldBeside(this.#assembly, delta.item.id))
  }

  /** Of the step that the next `take` ends; until then nothing shows of it. Nothing else is taken meanwhile. */
  takePart(batch: readonly PartChange[]): void {
    this.#coming ??= new StepInParts(this.#assembly, this.#snapshot, partsMin)
    const stored = this.#parts.store.addresses.all()
    // What is laid has its address.
    this.#coming.take(batch.map((each) => (each.kind === 'laid' ? each : changeOf(each, stored))))
  }

  /** Nothing will show of what was taken in parts. */
  dropParts(): void {
    this.#coming = undefined
  }

  /** In a quiet moment, so that the first change after many is as quick as the next. */
  settle(): void {
    settleSnapshot(this.#snapshot)
    settleAssembly(this.#assembly)
  }

  /** The directory's copy holds all that was taken until now; what it returns says that it is on the disk. */
  copied(): () => void {
    const assembly = this.#assembly
    return this.#holders.copyTaken((key) => !isPlainlyHeld(assembly, key))
  }

  /** What a wire that knows nothing must hear first, as it is now, however late the last of it is asked for. */
  opening(): Iterable<FeedMessage> {
    const { boot, store } = this.#parts
    const nextBoots = [...store.hosts.nextBoots()].map(
      ([id, choice]) => ({ kind: 'next-boot', id, choice }) as const,
    )
    const head = [{ kind: 'hello', version: feedVersion, boot }] as const
    return inOrder<FeedMessage>(
      head,
      snapshotMessages(this.#snapshot, this.#serial.current, nextBoots),
    )
  }

  /** An address that somebody claims, served or set aside. */
  isClaimed(address: Ip4): boolean {
    return isClaimed(this.#assembly, address)
  }

  /** Resolves when our own feed has shown it; that is what an answer to a writer means. */
  async untilShown(
    what: string,
    isShown: (snapshot: Snapshot) => boolean,
    entriesWritten = 1,
  ): Promise<void> {
    if (isShown(this.#snapshot)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { isShown, resolve }
    this.#waiters.add(waiter)
    const deadlineMs = shownDeadlineMs(entriesWritten)
    const late = setTimeout(() => reject(notShown(what, deadlineMs)), deadlineMs)
    await promise.finally(() => {
      clearTimeout(late)
      this.#waiters.delete(waiter)
    })
  }

  [Symbol.dispose](): void {
    this.#holders.flush()
    this.#serial[Symbol.dispose]()
  }

  #judged(batch: readonly DirectoryChange[]): readonly Change[] {
    const stored = this.#parts.store.addresses.all()
    return batch.map((change) => changeOf(change, stored))
  }

  #whole(changes: readonly Change[]): WholeStep {
    const coming = this.#coming
    this.#coming = undefined
    if (coming === undefined) return wholeStep(this.#assembly, this.#snapshot, changes)
    coming.take(changes)
    return coming.done()
  }

  #publish({ deltas, laid, snapshot: { number } }: WholeStep): void {
    const laidDown = Iterator.from(laid).map((rest): Laid => ({ kind: 'laid', rest }))
    const told = inOrder<Delta | Laid>(deltas, laidDown)
    this.#parts.send(stepMessages(told, { number, serial: this.#serial.next() }))
    for (const { isShown, resolve } of this.#waiters) if (isShown(this.#snapshot)) resolve()
    this.#parts.onChange(deltas, laid)
  }
}

function changeOf(change: DirectoryChange, stored: ReadonlyMap<EntryId, Ip4>): Change {
  if (change.kind !== 'put') return change
  return { kind: 'entry', entry: withStoredAddress(change.entry, stored) }
}

function* inOrder<T>(...stories: readonly Iterable<T>[]): Generator<T> {
  for (const story of stories) yield* story
}

/** No process stays for it: what is unwritten at the end is written then. */
function later(milliseconds: number, action: () => void): () => void {
  const timer = setTimeout(action, milliseconds).unref()
  return () => clearTimeout(timer)
}

/** Ids of entries that were served before these deltas and are not after them. */
export function dropped(deltas: readonly Delta[]): readonly EntryId[] {
  return deltas.flatMap((delta) => (delta.kind === 'drop' ? [delta.id] : []))
}

/** How long those who wrote so many entries at once wait for them. */
function shownDeadlineMs(entriesWritten: number): number {
  return Math.min(Math.max(shownMsMin, entriesWritten * shownMsPerEntry), shownMsMax)
}

function notShown(what: string, deadlineMs: number): Fault {
  return new Fault('CPC-DIR-020', {
    what: `${what} was written, but does not show`,
    where: 'the directory and our own feed of it',
    why: `the change did not come back within ${Math.round(deadlineMs / 1000)} s, or the entry was set aside`,
    todo: 'look at: coppice lint, and coppice directory status',
  })
}

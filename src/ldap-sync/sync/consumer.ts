// Why this file exists: RFC 4533's consumer as a pure state machine: operations of one search go in, steps of
// the tree come out. A refresh is one step or none, so a part of a directory is never applied (HOSTILE 30).
import { describeRefusal } from '#asn1'
import type { EntryId } from '#directory'
import type { Control, Operation, Result } from '../message/message.ts'
import { idOfBytes, rawEntry, type RawEntry, textAttributes } from '../raw-entry.ts'
import { readSyncInfo, readSyncState, type SyncInfo, syncOids } from './sync-control.ts'

export interface Step {
  readonly kind: 'step'
  readonly puts: readonly RawEntry[]
  readonly gone: ReadonlySet<EntryId>
  /** Named as unchanged. */
  readonly alive: ReadonlySet<EntryId>
  /** Where to go on from, once the step is applied. Hex. */
  readonly cookie?: string
  /** The step is a whole refresh: from here on we are up to date. */
  readonly refreshed: boolean
}

export type Heard =
  | { readonly kind: 'nothing' }
  | Step
  /** The server cannot go on from our cookie: ask again without one. */
  | { readonly kind: 'start-over' }
  | { readonly kind: 'ended'; readonly result: Result }
  | { readonly kind: 'broken'; readonly why: string }

const nothing: Heard = { kind: 'nothing' }
const none: ReadonlySet<EntryId> = new Set()
const syncRefreshRequired = 4096
/** What slapd says to a cookie that is newer than itself: it was killed, or restored from a backup. */
const unwillingToPerform = 53

export class SyncConsumer {
  readonly #known: () => Iterable<EntryId>
  readonly #resumed: boolean
  #refreshing = true
  #cookie: string | undefined
  readonly #puts = new Map<EntryId, RawEntry>()
  readonly #gone = new Set<EntryId>()
  readonly #alive = new Set<EntryId>()

  /** `resumed`: the search carried a cookie, so what is not named is unchanged unless a phase says else. */
  constructor(known: () => Iterable<EntryId>, options: { readonly resumed: boolean }) {
    this.#known = known
    this.#resumed = options.resumed
  }

  get refreshing(): boolean {
    return this.#refreshing
  }

  #isCookieUseless({ code }: Result): boolean {
    if (code === syncRefreshRequired) return true
    return code === unwillingToPerform && this.#resumed && this.#refreshing
  }

  take(operation: Operation, controls: readonly Control[]): Heard {
    switch (operation.kind) {
      case 'searchEntry':
        return this.#takeEntry(operation, controls)
      case 'intermediate':
        return this.#takeInfo(operation)
      case 'searchDone':
        return this.#isCookieUseless(operation.result)
          ? { kind: 'start-over' }
          : { kind: 'ended', result: operation.result }
      default:
        // References lead to trees that are not ours to follow.
        return nothing
    }
  }

  #takeEntry(
    operation: Extract<Operation, { kind: 'searchEntry' }>,
    controls: readonly Control[],
  ): Heard {
    const control = controls.find(({ oid }) => oid === syncOids.state)
    if (!control?.value) return broken(`${operation.dn} came without its sync state`)
    const read = readSyncState(control.value)
    if (!read.ok) return broken(describeRefusal(read.refusal))
    const { state, uuid, cookie } = read.value
    const id = idOfBytes(uuid)
    if (id === undefined) return broken(`${operation.dn} has no entryUUID of 16 bytes`)
    this.#remember(cookie)
    if (state === 'delete') this.#markGone(id)
    else if (state === 'present') this.#markAlive(id)
    else this.#stage(rawEntry(id, operation.dn, textAttributes(operation.attributes)))
    return this.#refreshing ? nothing : this.#flush(false)
  }

  #takeInfo(operation: Extract<Operation, { kind: 'intermediate' }>): Heard {
    if (operation.name !== syncOids.info || !operation.value) return nothing
    const read = readSyncInfo(operation.value)
    if (!read.ok) return broken(describeRefusal(read.refusal))
    const info = read.value
    this.#remember(info.cookie)
    if (info.kind === 'idSet') return this.#takeIdSet(info)
    if (info.kind === 'newCookie') return this.#refreshing ? nothing : this.#flush(false)
    if (!this.#refreshing) return broken('a refresh phase ended after the refresh')
    return this.#endPhase(info)
  }

  #takeIdSet(info: Extract<SyncInfo, { kind: 'idSet' }>): Heard {
    for (const bytes of info.uuids) {
      const id = idOfBytes(bytes)
      if (id === undefined) return broken('a set of entryUUIDs holds one that is none')
      if (info.refreshDeletes) this.#markGone(id)
      else this.#markAlive(id)
    }
    return this.#refreshing ? nothing : this.#flush(false)
  }

  #endPhase(info: Extract<SyncInfo, { kind: 'refreshDelete' | 'refreshPresent' }>): Heard {
    // RFC 4533 3.3.2: after a present phase, what was not named is gone. So it is after any refresh that
    // began without a cookie, for then everything that exists was sent.
    if (info.kind === 'refreshPresent' || !this.#resumed) {
      for (const id of this.#known()) {
        if (!this.#alive.has(id) && !this.#puts.has(id)) this.#gone.add(id)
      }
    }
    if (!info.refreshDone) return nothing
    this.#refreshing = false
    return this.#flush(true)
  }

  #stage(entry: RawEntry): void {
    this.#gone.delete(entry.id)
    this.#puts.set(entry.id, entry)
  }

  #markGone(id: EntryId): void {
    this.#puts.delete(id)
    this.#gone.add(id)
  }

  #markAlive(id: EntryId): void {
    this.#gone.delete(id)
    this.#alive.add(id)
  }

  /** The cookie comes in three places; the last one counts. */
  #remember(cookie: Uint8Array | undefined): void {
    if (cookie) this.#cookie = cookie.toHex()
  }

  #flush(refreshed: boolean): Step {
    const step: Step = {
      kind: 'step',
      puts: [...this.#puts.values()],
      gone: this.#gone.size === 0 ? none : new Set(this.#gone),
      alive: this.#alive.size === 0 ? none : new Set(this.#alive),
      ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }),
      refreshed,
    }
    this.#puts.clear()
    this.#gone.clear()
    this.#alive.clear()
    return step
  }
}

function broken(why: string): Heard {
  return { kind: 'broken', why }
}

// Why this file exists: RFC 4533's consumer as a pure state machine: operations of one search go in, steps of
// the tree come out. A refresh is one step or none, so a part of a directory is never applied (HOSTILE 30).
import { describeRefusal } from '#asn1'
import type { EntryId } from '#directory'
import type { Control, Operation, Result } from '../message/message.ts'
import { idOfBytes, type RawEntry, rawEntry, textAttributes } from '../raw-entry.ts'
import { EntryReader } from './entry-reader.ts'
import { type KnownKeys, Staging, type StagingLimits, type Step } from './staging.ts'
import {
  readSyncDone,
  readSyncInfo,
  readSyncState,
  type SyncDone,
  type SyncInfo,
  syncOids,
} from './sync-control.ts'

export type Heard =
  /** Kept until `settle`. */
  | { readonly kind: 'nothing' }
  | Step
  /** The server cannot go on from our cookie: ask again without one. */
  | { readonly kind: 'start-over' }
  /** With a step when the end completed a refresh, or brought the last cookie. */
  | { readonly kind: 'ended'; readonly result: Result; readonly step?: Step }
  | { readonly kind: 'too-many'; readonly what: string }
  | { readonly kind: 'broken'; readonly why: string }

/** What the tree holds before the next step. */
export interface KnownTree extends KnownKeys {
  readonly size: number
  ids(): Iterable<EntryId>
}

export interface ConsumerOptions {
  readonly known: KnownTree
  /** The search carried a cookie, so what is not named is unchanged unless a phase says else. */
  readonly resumed: boolean
  /** The attributes that were asked for. */
  readonly attributes: readonly string[]
  readonly limits?: StagingLimits
}

const nothing: Heard = { kind: 'nothing' }
const success = 0
const syncRefreshRequired = 4096
/** What slapd says to a cookie that is newer than itself: it was killed, or restored from a backup. */
const unwillingToPerform = 53

export class SyncConsumer {
  readonly #options: ConsumerOptions
  readonly #wanted: ReadonlySet<string>
  readonly #staging: Staging
  readonly #reader: EntryReader
  #refreshing = true

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#staging = new Staging(options.limits)
    this.#wanted = new Set(options.attributes.map((name) => name.toLowerCase()))
    this.#reader = new EntryReader(this.#wanted)
  }

  get refreshing(): boolean {
    return this.#refreshing
  }

  /** A whole message where it stands, and the number of ours; `undefined` when it must be decoded for `take`. */
  takeBytes(id: number, bytes: Uint8Array, start?: number, end?: number): Heard | undefined {
    const entry = this.#reader.read(id, bytes, start, end)
    if (entry === undefined) return undefined
    const first = this.#stage(entry)
    return this.#excess() ?? first ?? nothing
  }

  take(operation: Operation, controls: readonly Control[]): Heard {
    switch (operation.kind) {
      case 'searchEntry':
        return this.#takeEntry(operation, controls)
      case 'intermediate':
        return this.#takeInfo(operation)
      case 'searchDone':
        return this.#takeEnd(operation.result, controls)
      default:
        // References lead to trees that are not ours to follow.
        return nothing
    }
  }

  /** To be called when nothing more has arrived: what came together after the refresh is one step. */
  settle(): Step | undefined {
    if (this.#refreshing || !this.#staging.hasNews) return undefined
    return this.#staging.flush({ refreshed: false })
  }

  /**
   * To be called like `settle`: what a first refresh has brought since. Nothing is there that it could be at odds with, so it
   * may be looked at before the rest comes; the step that ends the refresh makes it count.
   */
  part(): readonly RawEntry[] {
    const { known, resumed } = this.#options
    const isFirst = this.#refreshing && !resumed && known.size === 0
    return isFirst ? this.#staging.takeSome() : []
  }

  #takeEntry(
    operation: Extract<Operation, { kind: 'searchEntry' }>,
    controls: readonly Control[],
  ): Heard {
    const value = controlOf(controls, syncOids.state)
    if (!value) return broken(`${operation.dn} came without its sync state`)
    const read = readSyncState(value)
    if (!read.ok) return broken(describeRefusal(read.refusal))
    const { state, uuid, cookie } = read.value
    const id = idOfBytes(uuid)
    if (id === undefined) return broken(`${operation.dn} has no entryUUID of 16 bytes`)
    const isPut = state === 'add' || state === 'modify'
    const first = isPut ? this.#stage(this.#entryOf(id, operation)) : undefined
    if (state === 'delete') this.#staging.markGone(id)
    if (state === 'present') this.#staging.markAlive(id)
    this.#staging.remember(cookie)
    return this.#excess() ?? first ?? nothing
  }

  #entryOf(id: EntryId, operation: Extract<Operation, { kind: 'searchEntry' }>): RawEntry {
    return rawEntry(id, operation.dn, textAttributes(operation.attributes, this.#wanted))
  }

  /** What must be applied before it, if something must. */
  #stage(entry: RawEntry): Step | undefined {
    const isLate = this.#staging.mustComeFirst(entry, this.#options.known)
    const first = isLate ? this.settle() : undefined
    this.#staging.put(entry, { isOrdered: !this.#refreshing })
    return first
  }

  #takeInfo(operation: Extract<Operation, { kind: 'intermediate' }>): Heard {
    if (operation.name !== syncOids.info || !operation.value) return nothing
    const read = readSyncInfo(operation.value)
    if (!read.ok) return broken(describeRefusal(read.refusal))
    const info = read.value
    this.#staging.remember(info.cookie)
    if (info.kind === 'idSet') return this.#takeIdSet(info)
    if (info.kind === 'newCookie') return nothing
    if (!this.#refreshing) return broken('a refresh phase ended after the refresh')
    if (info.kind === 'refreshPresent') this.#staging.dropUnnamed(this.#options.known.ids())
    return info.refreshDone ? this.#endRefresh() : nothing
  }

  #takeIdSet(info: Extract<SyncInfo, { kind: 'idSet' }>): Heard {
    for (const bytes of info.uuids) {
      const id = idOfBytes(bytes)
      if (id === undefined) return broken('a set of entryUUIDs holds one that is none')
      if (info.refreshDeletes) this.#staging.markGone(id)
      else this.#staging.markAlive(id)
    }
    return this.#excess() ?? nothing
  }

  #takeEnd(result: Result, controls: readonly Control[]): Heard {
    if (this.#isCookieUseless(result)) return { kind: 'start-over' }
    const value = controlOf(controls, syncOids.done)
    const read = value && readSyncDone(value)
    if (read?.ok === false) return broken(describeRefusal(read.refusal))
    const step = result.code === success && read ? this.#lastStep(read.value) : this.settle()
    return { kind: 'ended', result, ...(step ? { step } : {}) }
  }

  #isCookieUseless({ code }: Result): boolean {
    if (code === unwillingToPerform) return this.#options.resumed && this.#refreshing
    return code === syncRefreshRequired && (this.#options.resumed || !this.#refreshing)
  }

  /** RFC 4533 2.4: a server that does not persist ends the refresh here, and may give the cookie here. */
  #lastStep(done: SyncDone): Step | undefined {
    this.#staging.remember(done.cookie)
    if (!this.#refreshing) return this.settle()
    if (!done.refreshDeletes) this.#staging.dropUnnamed(this.#options.known.ids())
    return this.#endRefresh()
  }

  #endRefresh(): Step {
    // Whichever phase ends a refresh that began without a cookie: everything that exists was sent.
    if (!this.#options.resumed) this.#staging.dropUnnamed(this.#options.known.ids())
    this.#refreshing = false
    return this.#staging.flush({ refreshed: true })
  }

  #excess(): Heard | undefined {
    const what = this.#staging.excess
    return what === undefined ? undefined : { kind: 'too-many', what }
  }
}

function controlOf(controls: readonly Control[], oid: string): Uint8Array | undefined {
  return controls.find((control) => control.oid === oid)?.value
}

function broken(why: string): Heard {
  return { kind: 'broken', why }
}

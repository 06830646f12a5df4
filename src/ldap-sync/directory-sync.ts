// Why this file exists: all of this room in one thing that core holds: the directory as typed changes, live or
// from the last good copy, with what is held, how old it is, and a writer.
import type { DnsName, EntryId } from '#directory'
import type { Fault } from '#fault'
import { parseLdapUrl } from './client/url.ts'
import { CopyKeeper } from './copy-keeper.ts'
import type { Copy } from './copy.ts'
import { changesIf, type HypotheticalEntry } from './hypothetical.ts'
import { mappedAttributes } from './mapping/fields.ts'
import { type DirectoryChange, Projection } from './projection.ts'
import { credentialsOf, type SecretPlace } from './secret.ts'
import { type ConnectionState, Follower, type FollowerCounts } from './sync/follower.ts'
import { OwnRemovals, type RemovalLimits } from './sync/guard.ts'
import type { Applied } from './sync/replica.ts'
import type { FollowerEdges } from './sync/session.ts'
import type { StagingLimits, Step } from './sync/staging.ts'
import { Tree } from './sync/tree.ts'
import type { BulkPlace } from './write/bulk-place.ts'
import { WriteSession } from './write/session.ts'
import { DirectoryWriter } from './write/writer.ts'

export interface DirectorySyncSettings extends SecretPlace {
  readonly url: string
  readonly base: string
  /** Names in the directory may be written with it; they come out without. */
  readonly domain: DnsName
  /** Where the last good copy is kept. */
  readonly copyFile: string
  readonly removals?: RemovalLimits
  /** Of a server that lends copies for large orders: ours. */
  readonly bulk?: BulkPlace
  readonly limits?: StagingLimits
}

export interface DirectoryState {
  /** `starting`: nothing known yet; `away`: what is known is served on. */
  readonly kind: 'starting' | 'live' | 'away'
  readonly connection: ConnectionState
  readonly counts: FollowerCounts
  /** Wall clock of the server's last sign of life; absent when there never was one. */
  readonly heardAt?: number
  readonly fault?: Fault
  readonly rawEntries: number
  /** Removals that wait for `accept` or `reject`. */
  readonly held: readonly { readonly id: EntryId; readonly dn: string }[]
  /** Wall clock of the first of them. */
  readonly heldSince?: number
  /** Wall clock of when the server last confirmed what the copy on disk holds. */
  readonly copiedAt?: number
  /** The copy could not be read or written. */
  readonly copyTrouble?: string
}

export interface DirectoryEvents {
  /** One step of the directory; to be taken as one change. Within it, `gone` comes before `put`. */
  readonly changes: (batch: readonly DirectoryChange[]) => void
  /** On every change of kind, fault, held removals or trouble with the copy, and when a cookie was refused. */
  readonly state: (state: DirectoryState) => void
  /** A copy of all that was told so far is being written. What it returns is called when it is on the disk. */
  readonly copied?: () => () => void
}

export class DirectorySync {
  readonly writer: DirectoryWriter
  readonly #settings: DirectorySyncSettings
  readonly #edges: FollowerEdges
  readonly #events: DirectoryEvents
  readonly #tree: Tree
  readonly #projection: Projection
  readonly #copy: CopyKeeper
  readonly #follower: Follower
  readonly #session: WriteSession
  readonly #question: string
  #kind: DirectoryState['kind'] = 'starting'
  #heardAt: number | undefined
  #fault: Fault | undefined

  constructor(settings: DirectorySyncSettings, edges: FollowerEdges, events: DirectoryEvents) {
    const { base, removals, limits } = settings
    const credentials = credentialsOf(settings)
    const access = { url: parseLdapUrl(settings.url), ...(credentials ? { credentials } : {}) }
    const ownRemovals = new OwnRemovals()
    this.#settings = settings
    this.#edges = edges
    this.#events = events
    this.#question = JSON.stringify([settings.url, mappedAttributes])
    this.#tree = new Tree(ownRemovals, removals)
    this.#projection = new Projection(this.#tree.view, settings.domain)
    this.#copy = new CopyKeeper(settings.copyFile, edges.clock, {
      content: () => this.#content(),
      taken: () => events.copied?.() ?? (() => undefined),
      changed: () => this.#tell(),
    })
    this.#session = new WriteSession(access, edges)
    this.writer = new DirectoryWriter(base, {
      session: this.#session,
      ownRemovals,
      clock: edges.clock,
      ...(settings.bulk ? { bulk: settings.bulk } : {}),
    })
    const asked = { ...access, base, attributes: mappedAttributes, ...(limits ? { limits } : {}) }
    this.#follower = new Follower(asked, edges, {
      known: this.#tree,
      step: (step) => this.#take(step),
      heard: () => this.#heard(),
      away: (fault) => this.#lost(fault),
      cookieRefused: () => this.#tell(),
    })
  }

  get state(): DirectoryState {
    const { heldSince } = this.#tree
    const { trouble, savedAt } = this.#copy
    return {
      kind: this.#kind,
      connection: this.#follower.connection,
      counts: this.#follower.counts,
      ...(this.#heardAt === undefined ? {} : { heardAt: this.#heardAt }),
      ...(this.#fault ? { fault: this.#fault } : {}),
      rawEntries: this.#tree.size,
      held: this.#tree.held,
      ...(heldSince === undefined ? {} : { heldSince }),
      ...(savedAt === undefined ? {} : { copiedAt: savedAt }),
      ...(trouble === undefined ? {} : { copyTrouble: trouble }),
    }
  }

  /** What these entries would mean if they were in the directory; nothing is written, and nothing told. */
  changesIf(
    entries: readonly HypotheticalEntry[],
    newId: () => EntryId,
  ): readonly DirectoryChange[] {
    const { domain } = this.#settings
    return changesIf(entries, { tree: this.#tree.view, domain }, newId)
  }

  /** Tells the last good copy first, then follows the server. Resolves when the copy has been told. */
  async start(): Promise<void> {
    const loaded = this.#copy.load()
    const isOurs = loaded.kind === 'loaded' && loaded.copy.base === this.#settings.base
    const copy = isOurs ? loaded.copy : undefined
    if (copy) this.#restore(copy)
    this.#follower.start(copy?.question === this.#question ? copy.cookie : undefined)
  }

  /** The held removals were meant: they are told as gone. Returns how many. */
  acceptHeld(): number {
    const applied = this.#tree.acceptHeld()
    this.#applied(applied)
    return applied.gone.length
  }

  /** They were not: go on serving them, and ask the server for everything again. */
  rejectHeld(): number {
    const { length } = this.#tree.held
    this.#follower.startOver()
    return length
  }

  async close(): Promise<void> {
    this.#follower.close()
    this.#session.close()
    await this.#copy.close()
  }

  #restore(copy: Copy): void {
    this.#kind = 'away'
    this.#heardAt = copy.heardAt
    const applied = this.#tree.restore(copy, this.#edges.clock.now())
    this.#events.changes(this.#projection.changesOf(applied))
    this.#tell()
  }

  #heard(): void {
    this.#heardAt = this.#edges.clock.now()
    this.#copy.confirm()
  }

  #take(step: Step): void {
    const applied = this.#tree.apply(step, this.#edges.clock.now())
    if (step.refreshed) {
      this.#kind = 'live'
      this.#fault = undefined
    }
    this.#applied(applied)
  }

  #lost(fault: Fault): void {
    // Our own order exchanges the server for one that holds it. Should none come, the next attempt tells.
    if (this.#session.isAlone) return
    if (this.#kind === 'live') this.#kind = 'away'
    this.#fault = fault
    this.#tell()
  }

  #applied(applied: Applied): void {
    const changes = this.#projection.changesOf(applied)
    if (changes.length > 0) this.#events.changes(changes)
    this.#tell()
    this.#copy.saveSoon()
  }

  #tell(): void {
    this.#events.state(this.state)
  }

  #content(): Copy | undefined {
    // A tree that was never whole is no good copy.
    if (this.#kind === 'starting') return undefined
    const { cookie } = this.#follower
    return {
      ...this.#tree.content,
      ...(cookie === undefined ? {} : { cookie }),
      heardAt: this.#heardAt ?? 0,
      base: this.#settings.base,
      question: this.#question,
    }
  }
}

// Why this file exists: all of this room in one thing that core holds: the directory as typed changes, live or
// from the last good copy, with what is held, how old it is, and a writer.
import type { DnsName, EntryId } from '#directory'
import type { Fault } from '#fault'
import { parseLdapUrl } from './client/url.ts'
import { CopyKeeper } from './copy-keeper.ts'
import type { Copy } from './copy.ts'
import { changesIf, type HypotheticalEntry } from './hypothetical.ts'
import { mappedAttributes } from './mapping/fields.ts'
import { type DirectoryChange, type PartChange, Projection } from './projection.ts'
import type { RawEntry } from './raw-entry.ts'
import { credentialsOf, type SecretPlace } from './secret.ts'
import type { KnownTree } from './sync/consumer.ts'
import { type ConnectionState, Follower, type FollowerCounts } from './sync/follower.ts'
import { OwnRemovals, type RemovalLimits } from './sync/guard.ts'
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
  /** One step of the directory; to be taken as one change, with its parts. Within it, `gone` comes before `put`. */
  readonly changes: (batch: readonly DirectoryChange[]) => void
  /** A part of a step from nothing, before the rest of it; nothing of it may show before that. */
  readonly part: (batch: readonly PartChange[]) => void
  /** The rest will not come: what was told in parts was never said. */
  readonly brokenOff: () => void
  /** On every change of kind, fault, held removals or trouble with the copy, and when a cookie was refused. */
  readonly state: (state: DirectoryState) => void
  /** A copy of all that was told so far is being written. What it returns is called when it is on the disk. */
  readonly copied?: () => () => void
}

/** The tree, and what was told of it. */
interface Meaning {
  readonly tree: Tree
  readonly projection: Projection
}

/** Fewer are in one part already. */
const partsMin = 1_000

export class DirectorySync {
  readonly writer: DirectoryWriter
  readonly #settings: DirectorySyncSettings
  readonly #edges: FollowerEdges
  readonly #events: DirectoryEvents
  readonly #ownRemovals = new OwnRemovals()
  #told: Meaning
  /** The next one, while a first refresh comes in parts. */
  #coming: Meaning | undefined
  readonly #copy: CopyKeeper
  readonly #follower: Follower
  readonly #session: WriteSession
  readonly #question: string
  #kind: DirectoryState['kind'] = 'starting'
  #heardAt: number | undefined
  #fault: Fault | undefined

  constructor(settings: DirectorySyncSettings, edges: FollowerEdges, events: DirectoryEvents) {
    const { base, limits } = settings
    const credentials = credentialsOf(settings)
    const access = { url: parseLdapUrl(settings.url), ...(credentials ? { credentials } : {}) }
    this.#settings = settings
    this.#edges = edges
    this.#events = events
    this.#question = JSON.stringify([settings.url, mappedAttributes])
    this.#told = this.#nothingYet()
    this.#copy = new CopyKeeper(settings.copyFile, edges.clock, {
      content: () => this.#content(),
      taken: () => events.copied?.() ?? (() => undefined),
      changed: () => this.#tell(),
    })
    this.#session = new WriteSession(access, edges)
    this.writer = new DirectoryWriter(base, {
      session: this.#session,
      ownRemovals: this.#ownRemovals,
      clock: edges.clock,
      ...(settings.bulk ? { bulk: settings.bulk } : {}),
    })
    const asked = { ...access, base, attributes: mappedAttributes, ...(limits ? { limits } : {}) }
    this.#follower = new Follower(asked, edges, {
      known: this.#known(),
      step: (step) => this.#take(step),
      part: (puts) => this.#takePart(puts),
      brokenOff: () => this.#breakOff(),
      heard: () => this.#heard(),
      away: (fault) => this.#lost(fault),
      cookieRefused: () => this.#tell(),
    })
  }

  get state(): DirectoryState {
    const { heldSince, size, held } = this.#told.tree
    const { trouble, savedAt } = this.#copy
    return {
      kind: this.#kind,
      connection: this.#follower.connection,
      counts: this.#follower.counts,
      ...(this.#heardAt === undefined ? {} : { heardAt: this.#heardAt }),
      ...(this.#fault ? { fault: this.#fault } : {}),
      rawEntries: size,
      held,
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
    return changesIf(entries, { tree: this.#told.tree.view, domain }, newId)
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
    const applied = this.#told.tree.acceptHeld()
    this.#changed(this.#told.projection.changesOf(applied))
    return applied.gone.length
  }

  /** They were not: go on serving them, and ask the server for everything again. */
  rejectHeld(): number {
    const { length } = this.#told.tree.held
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
    const { tree, projection } = this.#told
    this.#events.part(projection.partOf(tree.restore(copy, this.#edges.clock.now())))
    this.#events.changes([])
    this.#tell()
  }

  #heard(): void {
    this.#heardAt = this.#edges.clock.now()
    this.#copy.confirm()
  }

  #take(step: Step): void {
    const coming = this.#coming
    const changes = coming ? this.#endParts(coming, step) : this.#stepOf(step)
    if (step.refreshed) {
      this.#kind = 'live'
      this.#fault = undefined
    }
    this.#changed(changes, coming !== undefined)
  }

  #stepOf(step: Step): readonly DirectoryChange[] {
    const { tree, projection } = this.#told
    return projection.changesOf(tree.apply(step, this.#edges.clock.now()))
  }

  /** From here on it is what is told; nothing is left to tell. */
  #endParts(coming: Meaning, { puts, gone }: Step): readonly DirectoryChange[] {
    this.#grow(coming, puts, gone)
    this.#told = coming
    this.#coming = undefined
    return []
  }

  #takePart(puts: readonly RawEntry[]): void {
    this.#coming ??= this.#nothingYet(partsMin)
    this.#grow(this.#coming, puts)
  }

  #grow(
    { tree, projection }: Meaning,
    puts: readonly RawEntry[],
    gone?: ReadonlySet<EntryId>,
  ): void {
    for (const applied of tree.grow(puts, gone)) this.#events.part(projection.partOf(applied))
  }

  #breakOff(): void {
    this.#coming = undefined
    this.#events.brokenOff()
  }

  #nothingYet(expected?: number): Meaning {
    const tree = new Tree(this.#ownRemovals, this.#settings.removals, expected)
    return { tree, projection: new Projection(tree.view, this.#settings.domain) }
  }

  /** Of whichever tree is told by then. */
  #known(): KnownTree {
    const tree = (): Tree => this.#told.tree
    return {
      get size() {
        return tree().size
      },
      ids: () => tree().ids(),
      keyOf: (id) => tree().keyOf(id),
    }
  }

  #lost(fault: Fault): void {
    // Our own order exchanges the server for one that holds it. Should none come, the next attempt tells.
    if (this.#session.isAlone) return
    if (this.#kind === 'live') this.#kind = 'away'
    this.#fault = fault
    this.#tell()
  }

  #changed(changes: readonly DirectoryChange[], endsParts = false): void {
    if (changes.length > 0 || endsParts) this.#events.changes(changes)
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
      ...this.#told.tree.content,
      ...(cookie === undefined ? {} : { cookie }),
      heardAt: this.#heardAt ?? 0,
      base: this.#settings.base,
      question: this.#question,
    }
  }
}

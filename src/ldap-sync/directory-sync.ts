// Why this file exists: all of this room in one thing that core holds: the directory as typed changes, live or
// from the last good copy, with what is held, how old it is, and a writer.
import { readFileSync } from 'node:fs'
import type { DnsName, Entry, EntryId, SetAside } from '#directory'
import { Fault } from '#fault'
import { parseLdapUrl } from './client/url.ts'
import { type Copy, loadCopy, saveCopy } from './copy.ts'
import { mappedAttributes } from './mapping/fields.ts'
import { affectedBy, mapEntry } from './mapping/map.ts'
import { type Credentials, Follower, type FollowerEdges } from './sync/follower.ts'
import { OwnRemovals, type RemovalLimits } from './sync/guard.ts'
import type { Applied } from './sync/replica.ts'
import { Tree } from './sync/tree.ts'
import { WriteSession } from './write/session.ts'
import { DirectoryWriter } from './write/writer.ts'

export interface DirectorySyncSettings {
  readonly url: string
  readonly base: string
  /** Names in the directory may be written with it; they come out without. */
  readonly domain: DnsName
  readonly bindDn?: string
  readonly secretFile?: string
  /** Where the last good copy is kept. */
  readonly copyFile: string
  readonly removals?: RemovalLimits
}

export type DirectoryChange =
  /** `notes`: what was left out of an entry that is served all the same. */
  | { readonly kind: 'put'; readonly entry: Entry; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly item: SetAside }
  | { readonly kind: 'gone'; readonly id: EntryId }

export interface DirectoryState {
  /** `starting`: nothing known yet; `away`: what is known is served on. */
  readonly kind: 'starting' | 'live' | 'away'
  /** Wall clock of the server's last sign of life; absent when there never was one. */
  readonly heardAt?: number
  readonly fault?: Fault
  readonly rawEntries: number
  /** Removals that wait for `accept` or `reject`. */
  readonly held: readonly { readonly id: EntryId; readonly dn: string }[]
  /** The copy could not be read or written. */
  readonly copyTrouble?: string
}

export interface DirectoryEvents {
  /** One step of the directory; to be taken as one change. Within it, `gone` comes before `put`. */
  readonly changes: (batch: readonly DirectoryChange[]) => void
  /** On every change of kind, fault, held removals or trouble with the copy. */
  readonly state: (state: DirectoryState) => void
}

/** Writing the copy may take a tenth of the time at most: a large tree is copied less often. */
const copyDelayMillis = 2_000

export class DirectorySync {
  readonly writer: DirectoryWriter
  readonly #settings: DirectorySyncSettings
  readonly #edges: FollowerEdges
  readonly #events: DirectoryEvents
  readonly #tree: Tree
  readonly #follower: Follower
  readonly #session: WriteSession
  readonly #question: string
  readonly #shown = new Set<EntryId>()
  #kind: DirectoryState['kind'] = 'starting'
  #heardAt: number | undefined
  #fault: Fault | undefined
  #copyTrouble: string | undefined
  #stopCopyTimer: (() => void) | undefined
  #saving: Promise<void> | undefined
  #unsaved = false
  #copyDelayMillis = copyDelayMillis

  constructor(settings: DirectorySyncSettings, edges: FollowerEdges, events: DirectoryEvents) {
    const { base, removals } = settings
    const credentials = credentialsOf(settings)
    const access = { url: parseLdapUrl(settings.url), ...(credentials ? { credentials } : {}) }
    const ownRemovals = new OwnRemovals()
    this.#settings = settings
    this.#edges = edges
    this.#events = events
    this.#question = JSON.stringify([settings.url, mappedAttributes])
    this.#tree = new Tree(ownRemovals, removals)
    this.#session = new WriteSession(access, edges)
    const now = (): number => edges.clock.now()
    this.writer = new DirectoryWriter(base, { session: this.#session, ownRemovals, now })
    this.#follower = new Follower({ ...access, base, attributes: mappedAttributes }, edges, {
      known: () => this.#tree.ids(),
      step: (step) => {
        const applied = this.#tree.apply(step, now())
        if (step.refreshed) this.#kind = 'live'
        this.#fault = step.refreshed ? undefined : this.#fault
        this.#applied(applied)
      },
      heard: () => {
        this.#heardAt = now()
      },
      away: (fault) => {
        if (this.#kind === 'live') this.#kind = 'away'
        this.#fault = fault
        this.#tell()
      },
    })
  }

  get state(): DirectoryState {
    return {
      kind: this.#kind,
      ...(this.#heardAt === undefined ? {} : { heardAt: this.#heardAt }),
      ...(this.#fault ? { fault: this.#fault } : {}),
      rawEntries: this.#tree.size,
      held: this.#tree.held.map(({ id, dn }) => ({ id, dn })),
      ...(this.#copyTrouble === undefined ? {} : { copyTrouble: this.#copyTrouble }),
    }
  }

  /** Tells the last good copy first, then follows the server. Resolves when the copy has been told. */
  async start(): Promise<void> {
    const loaded = await loadCopy(this.#settings.copyFile)
    if (loaded.kind === 'damaged') this.#copyTrouble = `the last copy is damaged: ${loaded.why}`
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
    this.#stopCopyTimer?.()
    await this.#saving
    if (this.#unsaved) await this.#save()
  }

  #restore(copy: Copy): void {
    this.#kind = 'away'
    this.#heardAt = copy.heardAt
    const applied = this.#tree.restore(copy)
    this.#events.changes(this.#changesOf(applied))
    this.#tell()
  }

  #applied(applied: Applied): void {
    const changes = this.#changesOf(applied)
    if (changes.length > 0) this.#events.changes(changes)
    this.#tell()
    this.#saveSoon()
  }

  #changesOf(applied: Applied): DirectoryChange[] {
    const gone: DirectoryChange[] = []
    const rest: DirectoryChange[] = []
    const drop = (id: EntryId): void => {
      if (this.#shown.delete(id)) gone.push({ kind: 'gone', id })
    }
    for (const { id } of applied.gone) drop(id)
    for (const id of affectedBy(applied, this.#tree.view)) {
      const change = this.#changeOf(id)
      if (!change) drop(id)
      else {
        this.#shown.add(id)
        rest.push(change)
      }
    }
    return [...gone, ...rest]
  }

  #changeOf(id: EntryId): DirectoryChange | undefined {
    const raw = this.#tree.view.get(id)
    const mapped = raw && mapEntry(raw, this.#tree.view, this.#settings.domain)
    if (!raw || !mapped || mapped.kind === 'nothing') return undefined
    if (mapped.kind === 'entry') return { kind: 'put', entry: mapped.entry, notes: mapped.notes }
    return { kind: 'refused', item: { id, dn: raw.dn, reason: mapped.reason } }
  }

  #tell(): void {
    this.#events.state(this.state)
  }

  #saveSoon(): void {
    this.#unsaved = true
    if (this.#stopCopyTimer || this.#saving) return
    this.#stopCopyTimer = this.#edges.clock.after(this.#copyDelayMillis, () => {
      this.#stopCopyTimer = undefined
      this.#saving = this.#save().finally(() => {
        this.#saving = undefined
        if (this.#unsaved) this.#saveSoon()
      })
    })
  }

  async #save(): Promise<void> {
    // A tree that was never whole is no good copy.
    if (this.#kind === 'starting') return
    this.#unsaved = false
    const { cookie } = this.#follower
    const known = { base: this.#settings.base, question: this.#question }
    const copy = { ...this.#tree.content, heardAt: this.#heardAt ?? 0, ...known }
    const began = this.#edges.clock.now()
    try {
      await saveCopy(this.#settings.copyFile, {
        ...copy,
        ...(cookie === undefined ? {} : { cookie }),
      })
      this.#copyTrouble = undefined
      this.#copyDelayMillis = Math.max(copyDelayMillis, (this.#edges.clock.now() - began) * 10)
    } catch (error) {
      this.#copyTrouble = error instanceof Error ? error.message : String(error)
      this.#tell()
    }
  }
}

function credentialsOf({ bindDn, secretFile }: DirectorySyncSettings): Credentials | undefined {
  if (bindDn === undefined) return undefined
  return { bindDn, secret: () => readSecret(secretFile ?? '') }
}

function readSecret(path: string): string {
  let secret = ''
  try {
    secret = readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    throw noSecret(path, error instanceof Error ? error.message : String(error))
  }
  // RFC 4513 5.1.2: a name with an empty password is let in, as nobody.
  if (secret === '') throw noSecret(path, 'the file is empty')
  return secret
}

function noSecret(path: string, why: string): Fault {
  return new Fault('CPC-LDAP-009', {
    what: 'the secret for the directory cannot be read',
    where: path === '' ? 'directory.secretFile' : path,
    why,
    todo: 'set directory.secretFile to a file that the appliance may read',
  })
}

// Why this file exists: one connection to a directory that is followed, from its opening to its end: sign in, ask,
// listen, notice silence.
import { Fault } from '#fault'
import { LdapClient } from '../client/client.ts'
import type { Clock } from '../client/clock.ts'
import type { Connect } from '../client/connection.ts'
import { badAnswer, followingEnded, tooMany, tooSlow } from '../client/fault.ts'
import type { LdapUrl } from '../client/url.ts'
import { ldapFilter } from '../message/filter.ts'
import type { RawEntry } from '../raw-entry.ts'
import { type Heard, type KnownTree, SyncConsumer } from './consumer.ts'
import { type StagingLimits, stagingLimits, type Step } from './staging.ts'
import { syncRequest } from './sync-control.ts'

export interface FollowerSettings {
  readonly url: LdapUrl
  readonly base: string
  /** Absent: anonymous. */
  readonly credentials?: Credentials
  readonly attributes: readonly string[]
  /** How much of a directory fits; absent: as much as we are made for. */
  readonly limits?: StagingLimits
}

export interface Credentials {
  readonly bindDn: string
  /** Asked at each connection, so that a changed secret needs no restart. */
  readonly secret: () => string
}

export interface FollowerEdges {
  readonly clock: Clock
  readonly connect: Connect
  /** 0 ≤ x < 1, to keep many consumers from knocking at once. */
  readonly random: () => number
}

export interface SessionEvents {
  readonly known: KnownTree
  /** To be applied before it returns. */
  readonly step: (step: Step) => void
  /** Of a first refresh, before the step that ends it; without that step it was never said. */
  readonly part: (puts: readonly RawEntry[]) => void
  /** The server was heard: it lives. */
  readonly heard: () => void
  readonly asked: () => void
}

export type SessionEnd =
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'start-over' }
  | { readonly kind: 'asked' }

const refreshSilenceMillisMax = 60_000
const heartbeatMillis = 30_000
const anything = ldapFilter`(objectClass=*)`

export class Session {
  readonly #settings: FollowerSettings
  readonly #edges: FollowerEdges
  readonly #events: SessionEvents
  readonly #ended = Promise.withResolvers<SessionEnd>()
  #client: LdapClient | undefined
  #over = false
  #stopTimer: (() => void) | undefined
  #isRefreshing = true
  /** Something of what arrived last. */
  #wasHeard = false

  constructor(settings: FollowerSettings, edges: FollowerEdges, events: SessionEvents) {
    this.#settings = settings
    this.#edges = edges
    this.#events = events
  }

  async run(cookie: string | undefined): Promise<SessionEnd> {
    this.#open(cookie).catch((error: unknown) =>
      this.#fail(faultOf(error, this.#settings.url.text)),
    )
    const end = await this.#ended.promise
    this.#stopTimer?.()
    this.#client?.close()
    return end
  }

  end(): void {
    this.#finish({ kind: 'asked' })
  }

  #fail(fault: Fault): void {
    this.#finish({ kind: 'failed', fault })
  }

  /** At once: of what arrived together with the reason to end, nothing more may be believed. */
  #finish(end: SessionEnd): void {
    this.#over = true
    this.#ended.resolve(end)
  }

  async #open(cookie: string | undefined): Promise<void> {
    const { url, credentials } = this.#settings
    const connection = await this.#edges.connect(url)
    if (this.#over) return connection.close()
    const client = new LdapClient(connection, this.#edges.clock)
    this.#client = client
    client.onClosed((fault) => this.#fail(fault))
    if (credentials) await client.bind(credentials.bindDn, credentials.secret())
    if (this.#over) return undefined
    this.#events.asked()
    return this.#follow(client, cookie)
  }

  #follow(client: LdapClient, cookie: string | undefined): void {
    const { base, attributes, limits = stagingLimits } = this.#settings
    const { known } = this.#events
    const resumed = cookie !== undefined
    const consumer = new SyncConsumer({ known, resumed, attributes, limits })
    const from = cookie === undefined ? {} : { cookie: Uint8Array.fromHex(cookie) }
    const control = syncRequest({ mode: 'refreshAndPersist', ...from })
    this.#watchRefresh()
    client.follow({ base, filter: anything, attributes }, [control], {
      // What had arrived already when it was ended is asked for again by the next one.
      take: (operation, controls) => {
        if (!this.#over) this.#hear(consumer.take(operation, controls))
      },
      takeBytes: (id, bytes, start, end) => {
        if (this.#over) return true
        const heard = consumer.takeBytes(id, bytes, start, end)
        if (heard) this.#hear(heard)
        return heard !== undefined
      },
      pause: () => this.#pause(client, consumer),
    })
  }

  #hear(heard: Heard): void {
    if (!this.#wasHeard) this.#events.heard()
    this.#wasHeard = true
    if (heard.kind !== 'nothing') this.#act(heard)
  }

  /** What has arrived is read: 100,000 messages come in some hundred pieces. */
  #pause(client: LdapClient, consumer: SyncConsumer): void {
    const wasHeard = this.#wasHeard
    this.#wasHeard = false
    const part = this.#over ? [] : consumer.part()
    if (part.length > 0) this.#events.part(part)
    const step = this.#over ? undefined : consumer.settle()
    if (step) this.#apply(step)
    if (!wasHeard || this.#over) return
    if (consumer.refreshing) this.#watchRefresh()
    else if (this.#isRefreshing) this.#beat(client)
    this.#isRefreshing = consumer.refreshing
  }

  #act(heard: Heard): void {
    switch (heard.kind) {
      case 'nothing':
        return undefined
      case 'step':
        return this.#apply(heard)
      case 'start-over':
        return this.#finish(heard)
      case 'ended':
        if (heard.step) this.#apply(heard.step)
        return this.#fail(followingEnded(heard.result, this.#settings.base))
      case 'too-many':
        return this.#fail(tooMany(heard.what, this.#settings.url.text))
      case 'broken':
        return this.#fail(badAnswer(this.#settings.url.text, heard.why))
    }
  }

  #apply(step: Step): void {
    const { known } = this.#events
    const { namedMax } = this.#settings.limits ?? stagingLimits
    const grows = (): boolean => step.puts.some(({ id }) => known.keyOf(id) === undefined)
    if (known.size >= namedMax && grows()) {
      return this.#fail(tooMany(`more than ${namedMax} entries`, this.#settings.url.text))
    }
    return this.#events.step(step)
  }

  #watchRefresh(): void {
    this.#stopTimer?.()
    const what = 'the directory fell silent while it sent its entries'
    this.#stopTimer = this.#edges.clock.after(refreshSilenceMillisMax, () =>
      this.#fail(tooSlow(what, this.#settings.url.text, refreshSilenceMillisMax)),
    )
  }

  /** A quiet directory and a dead one look the same until one asks. */
  #beat(client: LdapClient): void {
    this.#stopTimer?.()
    this.#stopTimer = this.#edges.clock.after(heartbeatMillis, () => {
      client.search({ base: '', scope: 'base', filter: anything, attributes: ['1.1'] }).then(
        () => {
          this.#events.heard()
          if (client.isOpen) this.#beat(client)
        },
        (error: unknown) => this.#fail(faultOf(error, this.#settings.url.text)),
      )
    })
  }
}

function faultOf(error: unknown, peer: string): Fault {
  if (error instanceof Fault) return error
  throw new Error(`a bug met the directory at ${peer}`, { cause: error })
}

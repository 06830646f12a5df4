// Why this file exists: keeping a persistent search alive: connect, sign in, listen, notice silence, and after
// any end connect again from the last cookie, with pauses that grow and are bounded.
import type { EntryId } from '#directory'
import { Fault } from '#fault'
import { LdapClient } from '../client/client.ts'
import type { Clock } from '../client/clock.ts'
import type { Connect } from '../client/connection.ts'
import { badAnswer, LdapRefusal, tooSlow } from '../client/fault.ts'
import type { LdapUrl } from '../client/url.ts'
import { ldapFilter } from '../message/filter.ts'
import { type Heard, type Step, SyncConsumer } from './consumer.ts'
import { syncRequest } from './sync-control.ts'

export interface FollowerSettings {
  readonly url: LdapUrl
  readonly base: string
  /** Absent: anonymous. */
  readonly credentials?: Credentials
  readonly attributes: readonly string[]
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

export interface FollowerEvents {
  readonly known: () => Iterable<EntryId>
  /** To be applied before it returns. */
  readonly step: (step: Step) => void
  /** The server was heard: it lives. */
  readonly heard: () => void
  readonly away: (fault: Fault) => void
}

const retryMillisFirst = 250
const retryMillisMax = 30_000
const refreshSilenceMillisMax = 60_000
const heartbeatMillis = 30_000

export class Follower {
  readonly #settings: FollowerSettings
  readonly #edges: FollowerEdges
  readonly #events: FollowerEvents
  #cookie: string | undefined
  #failures = 0
  #closed = false
  #session: Session | undefined
  #stopPause: (() => void) | undefined

  constructor(settings: FollowerSettings, edges: FollowerEdges, events: FollowerEvents) {
    this.#settings = settings
    this.#edges = edges
    this.#events = events
  }

  get cookie(): string | undefined {
    return this.#cookie
  }

  /** Begins; every failure is told by `away` and tried again. */
  start(cookie: string | undefined): void {
    this.#cookie = cookie
    this.#connect()
  }

  /** Forgets the cookie and asks for everything again. */
  startOver(): void {
    this.#cookie = undefined
    this.#failures = 0
    this.#stopPause?.()
    if (this.#session) this.#session.end()
    else this.#connect()
  }

  close(): void {
    this.#closed = true
    this.#stopPause?.()
    this.#session?.end()
  }

  #connect(): void {
    if (this.#closed || this.#session) return
    const session = new Session(this.#settings, this.#edges, {
      known: this.#events.known,
      heard: this.#events.heard,
      step: (step) => this.#take(step),
    })
    this.#session = session
    void session.run(this.#cookie).then((end) => this.#ended(end))
  }

  #take(step: Step): void {
    if (step.refreshed) this.#failures = 0
    this.#events.step(step)
    // After the step: a cookie that is ahead of the tree would lose what lies between.
    if (step.cookie !== undefined) this.#cookie = step.cookie
  }

  #ended(end: SessionEnd): void {
    this.#session = undefined
    if (this.#closed) return
    if (end.kind === 'start-over') this.#cookie = undefined
    const grown = Math.min(retryMillisMax, retryMillisFirst * 2 ** Math.min(this.#failures, 16))
    const millis = end.kind === 'asked' ? 0 : Math.round(grown * (0.5 + this.#edges.random() / 2))
    this.#failures += 1
    if (end.kind === 'failed') this.#events.away(end.fault)
    this.#stopPause = this.#edges.clock.after(millis, () => this.#connect())
  }
}

type SessionEnd =
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'start-over' }
  | { readonly kind: 'asked' }

/** One connection from its opening to its end. */
class Session {
  readonly #settings: FollowerSettings
  readonly #edges: FollowerEdges
  readonly #events: Omit<FollowerEvents, 'away'>
  readonly #ended = Promise.withResolvers<SessionEnd>()
  #client: LdapClient | undefined
  #over = false
  #stopTimer: (() => void) | undefined

  constructor(
    settings: FollowerSettings,
    edges: FollowerEdges,
    events: Omit<FollowerEvents, 'away'>,
  ) {
    this.#settings = settings
    this.#edges = edges
    this.#events = events
  }

  async run(cookie: string | undefined): Promise<SessionEnd> {
    this.#open(cookie).catch((error: unknown) =>
      this.#fail(faultOf(error, this.#settings.url.text)),
    )
    const end = await this.#ended.promise
    this.#over = true
    this.#stopTimer?.()
    this.#client?.close()
    return end
  }

  end(): void {
    this.#ended.resolve({ kind: 'asked' })
  }

  #fail(fault: Fault): void {
    this.#ended.resolve({ kind: 'failed', fault })
  }

  async #open(cookie: string | undefined): Promise<void> {
    const { url, base, credentials, attributes } = this.#settings
    const connection = await this.#edges.connect(url)
    if (this.#over) return connection.close()
    const client = new LdapClient(connection, this.#edges.clock)
    this.#client = client
    client.onClosed((fault) => this.#fail(fault))
    if (credentials) await client.bind(credentials.bindDn, credentials.secret())
    const consumer = new SyncConsumer(this.#events.known, { resumed: cookie !== undefined })
    const control = syncRequest(cookie === undefined ? undefined : Uint8Array.fromHex(cookie))
    const filter = ldapFilter`(objectClass=*)`
    this.#watchRefresh()
    client.follow({ base, filter, attributes }, [control], (operation, controls) => {
      const wasRefreshing = consumer.refreshing
      this.#events.heard()
      this.#act(consumer.take(operation, controls))
      if (consumer.refreshing) this.#watchRefresh()
      else if (wasRefreshing) this.#beat(client)
    })
  }

  #act(heard: Heard): void {
    switch (heard.kind) {
      case 'nothing':
        return undefined
      case 'step':
        return this.#events.step(heard)
      case 'start-over':
        return this.#ended.resolve(heard)
      case 'ended':
        return this.#fail(refused(heard.result, this.#settings.base))
      case 'broken':
        return this.#fail(badAnswer(this.#settings.url.text, heard.why))
    }
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
      const filter = ldapFilter`(objectClass=*)`
      client.search({ base: '', scope: 'base', filter, attributes: ['1.1'] }).then(
        () => {
          this.#events.heard()
          if (client.isOpen) this.#beat(client)
        },
        (error: unknown) => this.#fail(faultOf(error, this.#settings.url.text)),
      )
    })
  }
}

function refused(result: ConstructorParameters<typeof LdapRefusal>[0], base: string): Fault {
  return new LdapRefusal(result, 'the directory ended the search that we follow', base)
}

function faultOf(error: unknown, peer: string): Fault {
  if (error instanceof Fault) return error
  throw new Error(`a bug met the directory at ${peer}`, { cause: error })
}

// Why this file exists: keeping a persistent search alive: after any end it begins again from the last cookie, with
// pauses that grow and are bounded.
import type { Fault } from '#fault'
import type { KnownTree } from './consumer.ts'
import type { RawEntry } from '../raw-entry.ts'
import { type FollowerEdges, type FollowerSettings, Session, type SessionEnd } from './session.ts'
import type { Step } from './staging.ts'

export interface FollowerEvents {
  readonly known: KnownTree
  /** To be applied before it returns. */
  readonly step: (step: Step) => void
  /** Of a first refresh, before the step that ends it. */
  readonly part: (puts: readonly RawEntry[]) => void
  /** That step will not come: what was told in parts was never said. */
  readonly brokenOff: () => void
  /** The server was heard: it lives. */
  readonly heard: () => void
  readonly away: (fault: Fault) => void
  /** The server cannot go on from our cookie; everything is asked for again, and served on meanwhile. */
  readonly cookieRefused: () => void
}

/** What became of the connections so far. */
export interface FollowerCounts {
  readonly connections: number
  readonly cookiesRefused: number
  readonly refreshes: number
  /** Steps, whole refreshes among them, and the entries that they named as new, changed or gone. */
  readonly steps: number
  readonly changes: number
}

/** `pausing`: after a failure, before the next attempt. */
export type ConnectionState = 'closed' | 'connecting' | 'refreshing' | 'following' | 'pausing'

const retryMillisFirst = 250
const retryMillisMax = 30_000

export class Follower {
  readonly #settings: FollowerSettings
  readonly #edges: FollowerEdges
  readonly #events: FollowerEvents
  #cookie: string | undefined
  #failures = 0
  #closed = false
  #session: Session | undefined
  #stopPause: (() => void) | undefined
  #connection: ConnectionState = 'closed'
  /** Entries that were told in parts. */
  #inParts = 0
  #counts = { connections: 0, cookiesRefused: 0, refreshes: 0, steps: 0, changes: 0 }

  constructor(settings: FollowerSettings, edges: FollowerEdges, events: FollowerEvents) {
    this.#settings = settings
    this.#edges = edges
    this.#events = events
  }

  get cookie(): string | undefined {
    return this.#cookie
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  get counts(): FollowerCounts {
    return { ...this.#counts }
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
    this.#connection = 'closed'
    this.#stopPause?.()
    this.#session?.end()
  }

  #connect(): void {
    if (this.#closed || this.#session) return
    const session = new Session(this.#settings, this.#edges, {
      known: this.#events.known,
      heard: this.#events.heard,
      step: (step) => this.#take(step),
      part: (puts) => {
        this.#inParts += puts.length
        this.#events.part(puts)
      },
      asked: () => {
        this.#connection = 'refreshing'
        this.#counts.connections += 1
      },
    })
    this.#session = session
    this.#connection = 'connecting'
    void session.run(this.#cookie).then((end) => this.#ended(end))
  }

  #take(step: Step): void {
    this.#counts.steps += 1
    this.#counts.changes += this.#inParts + step.puts.length + step.gone.size
    this.#inParts = 0
    if (step.refreshed) {
      this.#failures = 0
      this.#counts.refreshes += 1
      this.#connection = 'following'
    }
    this.#events.step(step)
    // After the step: a cookie that is ahead of the tree would lose what lies between.
    if (step.cookie !== undefined) this.#cookie = step.cookie
  }

  #ended(end: SessionEnd): void {
    this.#session = undefined
    if (this.#inParts > 0) this.#events.brokenOff()
    this.#inParts = 0
    if (this.#closed) return
    this.#connection = 'pausing'
    const millis = end.kind === 'asked' ? 0 : this.#pauseMillis()
    this.#failures += 1
    if (end.kind === 'failed') this.#events.away(end.fault)
    if (end.kind === 'start-over') {
      this.#cookie = undefined
      this.#counts.cookiesRefused += 1
      this.#events.cookieRefused()
    }
    this.#stopPause = this.#edges.clock.after(millis, () => this.#connect())
  }

  /** At least half of the pause, so that a server is never knocked at in a loop; the rest is chance. */
  #pauseMillis(): number {
    const grown = Math.min(retryMillisMax, retryMillisFirst * 2 ** Math.min(this.#failures, 16))
    return Math.round(grown * (0.5 + this.#edges.random() / 2))
  }
}

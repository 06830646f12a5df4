// Why this file exists: writes are rare, so their connection is made when the first one comes and again when it
// was lost, apart from the one that listens.
import { LdapClient } from '../client/client.ts'
import type { LdapUrl } from '../client/url.ts'
import type { FollowerEdges, FollowerSettings } from '../sync/session.ts'

/** A quarter of what a client takes, so that others get through, and far less than slapd bears (conn_max_pending_auth). */
const underWayMax = 64
/**
 * Over a socket of this machine nothing is gained by more. slapd tells its log of each that it puts off, which it does
 * from half of its threads on for one connection.
 */
const underWayNearbyMax = 2

export class WriteSession {
  /** Orders and questions that may wait for their answers together. */
  readonly underWayMax: number

  readonly #settings: Pick<FollowerSettings, 'url' | 'credentials'>
  readonly #edges: FollowerEdges
  #opening: Promise<LdapClient> | undefined
  #open: LdapClient | undefined
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()
  #alone: Promise<unknown> | undefined
  readonly #writing = new Set<Promise<unknown>>()

  constructor(
    settings: Pick<FollowerSettings, 'url' | 'credentials'>,
    edges: FollowerEdges,
    atOnceMax = settings.url.kind === 'unix' ? underWayNearbyMax : underWayMax,
  ) {
    this.underWayMax = atOnceMax
    this.#settings = settings
    this.#edges = edges
  }

  /** A client that is signed in. Failing, it fails for those who wait now; the next caller tries anew. */
  async client(): Promise<LdapClient> {
    if (this.#open?.isOpen === true) return this.#open
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined
    })
    this.#open = await this.#opening
    return this.#open
  }

  /** One after the other, so that no batch takes all that a connection bears from the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  /** One write, or a few that belong together. They wait while somebody has the directory alone. */
  async write<T>(work: (client: LdapClient) => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone
    const writing = this.client().then(work)
    const over = writing.catch(() => undefined)
    this.#writing.add(over)
    return writing.finally(() => this.#writing.delete(over))
  }

  /** After the writes that are under way, and before all others. Afterwards the connection is made anew. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const result = Promise.all(this.#writing).then(work)
    const alone = result.catch(() => undefined)
    this.#alone = alone
    return result.finally(() => {
      if (this.#alone === alone) this.#alone = undefined
      this.#open?.close()
    })
  }

  get isAlone(): boolean {
    return this.#alone !== undefined
  }

  /** The same person, at a copy that is made for this alone: nobody else waits there, or reads its log. */
  atCopy(url: LdapUrl): WriteSession {
    return new WriteSession({ ...this.#settings, url }, this.#edges, underWayMax)
  }

  close(): void {
    this.#closed = true
    this.#open?.close()
  }

  async #connect(): Promise<LdapClient> {
    const { url, credentials } = this.#settings
    const client = new LdapClient(await this.#edges.connect(url), this.#edges.clock)
    try {
      if (credentials) await client.bind(credentials.bindDn, credentials.secret())
      if (this.#closed) client.close()
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }
}

// Why this file exists: writes are rare, so their connection is made when the first one comes and again when it
// was lost, apart from the one that listens.
import { LdapClient } from '../client/client.ts'
import type { FollowerEdges, FollowerSettings } from '../sync/session.ts'

export interface WriteSettings extends Pick<FollowerSettings, 'url' | 'credentials'> {
  /** Orders may be carried out in transactions (RFC 5805); absent: not. */
  readonly transactions?: boolean
}

export class WriteSession {
  readonly #settings: WriteSettings
  readonly #edges: FollowerEdges
  #opening: Promise<LdapClient> | undefined
  #open: LdapClient | undefined
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()
  /** Until the server says otherwise. */
  hasTransactions: boolean

  constructor(settings: WriteSettings, edges: FollowerEdges) {
    this.hasTransactions = settings.transactions === true
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

  /** One after the other: a connection has one transaction at a time. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
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

// Why this file exists: core keeps wire true: whenever wire comes back, it gets the whole snapshot, then each change.
import { connect } from 'node:net'
import { attachFeed, type FeedConnection } from './connection.ts'
import { type FeedMessage, feedVersion, type WireMessage } from './message.ts'
import { readWireMessage } from './read.ts'
import type { Sighting } from './sighting.ts'

export const reconnectDelayMs = 200

export interface CoreEndOptions {
  readonly socketPath: string
  /** What a wire that knows nothing must hear first: hello, reset, next boots. */
  readonly opening: () => readonly FeedMessage[]
  /** Resolves when the sighting is stored; only then does wire forget it. */
  readonly onSighting: (sighting: Sighting, seq: number) => Promise<void>
  readonly onServing: (number: number) => void
  readonly onCounters: (values: Readonly<Record<string, number>>) => void
  readonly onTrouble: (reason: string) => void
  readonly later: (milliseconds: number, action: () => void) => void
}

export class CoreEnd {
  readonly #options: CoreEndOptions
  #wire: FeedConnection<FeedMessage> | undefined
  #closed = false
  #storing: Promise<void> = Promise.resolve()

  constructor(options: CoreEndOptions) {
    this.#options = options
    this.#connect()
  }

  get connected(): boolean {
    return this.#wire !== undefined
  }

  /** Lost when wire is away: the opening that it gets when it is back holds the same. */
  send(message: FeedMessage): void {
    this.#wire?.send(message)
  }

  [Symbol.dispose](): void {
    this.#closed = true
    this.#wire?.close('core stops')
  }

  #connect(): void {
    if (this.#closed) return
    const socket = connect(this.#options.socketPath)
    const wire = attachFeed<WireMessage, FeedMessage>(socket, {
      read: readWireMessage,
      onMessage: (message) => this.#receive(message, wire),
      onEnd: (reason) => {
        if (this.#wire === wire) this.#wire = undefined
        if (this.#closed) return
        this.#options.onTrouble(reason)
        this.#options.later(reconnectDelayMs, () => this.#connect())
      },
    })
    socket.once('connect', () => {
      this.#wire = wire
      for (const message of this.#options.opening()) wire.send(message)
    })
  }

  #receive(message: WireMessage, wire: FeedConnection<FeedMessage>): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== feedVersion) {
          wire.close(`wire speaks feed version ${message.version}, core ${feedVersion}`)
        }
        return
      case 'serving':
        return this.#options.onServing(message.number)
      case 'counters':
        return this.#options.onCounters(message.values)
      case 'sighting':
        // One after the other: the order of a boot is what its timeline tells.
        this.#storing = this.#storing
          .then(() => this.#options.onSighting(message.sighting, message.seq))
          .then(() => wire.send({ kind: 'stored', seq: message.seq }))
          .catch((error: unknown) => wire.close(`a sighting could not be stored: ${String(error)}`))
    }
  }
}

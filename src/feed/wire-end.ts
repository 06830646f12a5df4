// Why this file exists: wire outlives core, so wire listens and core comes to it; what wire saw is sent from the outbox
// until core has stored it, never more at once than core can store between two changes of the directory.
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { attachFeed, type FeedConnection } from './connection.ts'
import { type FeedMessage, feedVersion, type WireMessage } from './message.ts'
import type { WireAnswer, WireQuestion } from './question.ts'
import { readFeedMessage } from './read.ts'
import type { Sighting } from './sighting.ts'

export interface NumberedSighting {
  readonly seq: number
  readonly sighting: Sighting
}

/** Sent and not yet stored. A flood of questions must not hold up a change of the directory behind it. */
export const sightingsInFlightMax = 64

/** Sightings that survive a restart of wire; the store implements it. */
export interface Outbox {
  /** Resolves when it is on disk. */
  append(sighting: Sighting): Promise<number>
  /** The oldest of those after `seq`. */
  since(seq: number, countMax: number): readonly NumberedSighting[]
  forget(upTo: number): void
}

export interface WireEndOptions {
  readonly socketPath: string
  readonly outbox: Outbox
  readonly onMessage: (message: FeedMessage) => void
  /** Absent, or rejected: whoever asked hears nothing. */
  readonly onQuestion?: (question: WireQuestion) => Promise<WireAnswer>
  readonly onTrouble: (reason: string) => void
}

export class WireEnd {
  readonly #options: Omit<WireEndOptions, 'socketPath'>
  readonly #server: Server
  #core: FeedConnection<WireMessage> | undefined
  #sentSeq = 0
  /** Of those that core has not stored yet. */
  #inFlight: number[] = []

  private constructor(options: Omit<WireEndOptions, 'socketPath'>) {
    this.#options = options
    this.#server = createServer((socket) => this.accept(socket))
  }

  /** Without a socket: whoever opens it brings each core by `accept`. */
  static unbound(options: Omit<WireEndOptions, 'socketPath'>): WireEnd {
    return new WireEnd(options)
  }

  static async listen(options: WireEndOptions): Promise<WireEnd> {
    rmSync(options.socketPath, { force: true })
    const end = new WireEnd(options)
    await new Promise<void>((resolve, reject) => {
      end.#server.once('error', reject)
      end.#server.listen(options.socketPath, resolve)
    })
    return end
  }

  /** A new core has replaced the old one; two at once would both believe that they are followed. */
  accept(stream: Duplex): void {
    const { outbox, onTrouble } = this.#options
    this.#core?.close('another core connected')
    const core = attachFeed<FeedMessage, WireMessage>(stream, {
      read: readFeedMessage,
      onMessage: (message) => this.#receive(message),
      onEnd: (reason) => {
        if (this.#core === core) this.#core = undefined
        onTrouble(reason)
      },
    })
    this.#core = core
    const [oldest] = outbox.since(0, 1)
    core.send({ kind: 'hello', version: feedVersion, nextSeq: oldest?.seq ?? 0 })
    this.#sentSeq = 0
    this.#inFlight = []
    this.#sendMore()
  }

  /** Stored first, then sent: core may be away, or busy with those before it. */
  async report(sighting: Sighting): Promise<void> {
    const seq = await this.#options.outbox.append(sighting)
    if (seq === this.#sentSeq + 1 && this.#mayFly > 0) this.#sendOne({ seq, sighting })
    else if (seq > this.#sentSeq) this.#sendMore()
  }

  serving(number: number): void {
    this.#core?.send({ kind: 'serving', number })
  }

  counters(values: Readonly<Record<string, number>>): void {
    this.#core?.send({ kind: 'counters', values })
  }

  [Symbol.dispose](): void {
    this.#core?.close('wire stops')
    this.#server.close()
  }

  #receive(message: FeedMessage): void {
    if (message.kind === 'hello' && message.version !== feedVersion) {
      this.#core?.close(`core speaks feed version ${message.version}, wire ${feedVersion}`)
    } else if (message.kind === 'stored') {
      this.#options.outbox.forget(message.seq)
      this.#inFlight = this.#inFlight.filter((seq) => seq > message.seq)
      this.#sendMore()
    } else if (message.kind === 'question') void this.#tell(message.id, message.question)
    else this.#options.onMessage(message)
  }

  async #tell(id: number, question: WireQuestion): Promise<void> {
    const core = this.#core
    try {
      const told = await this.#options.onQuestion?.(question)
      if (told !== undefined) core?.send({ kind: 'answer', id, told })
    } catch (error) {
      this.#options.onTrouble(`a question was not answered: ${String(error)}`)
    }
  }

  get #mayFly(): number {
    return this.#core === undefined ? 0 : sightingsInFlightMax - this.#inFlight.length
  }

  /** Half a window at least, so that the disk is not asked for each of them. */
  #sendMore(): void {
    if (this.#mayFly < sightingsInFlightMax / 2) return
    for (const item of this.#options.outbox.since(this.#sentSeq, this.#mayFly)) this.#sendOne(item)
  }

  #sendOne({ seq, sighting }: NumberedSighting): void {
    this.#sentSeq = seq
    this.#inFlight.push(seq)
    this.#core?.send({ kind: 'sighting', seq, sighting })
  }
}

// Why this file exists: wire outlives core, so wire listens and core comes to it; what wire saw while nobody
// listened is sent again from the outbox until core has stored it.
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { attachFeed, type FeedConnection } from './connection.ts'
import { type FeedMessage, feedVersion, type WireMessage } from './message.ts'
import { readFeedMessage } from './read.ts'
import type { Sighting } from './sighting.ts'

/** Sightings that survive a restart of wire; the store implements it. */
export interface Outbox {
  /** Resolves when it is on disk. */
  append(sighting: Sighting): Promise<number>
  since(seq: number): readonly { readonly seq: number; readonly sighting: Sighting }[]
  forget(upTo: number): void
}

export interface WireEndOptions {
  readonly socketPath: string
  readonly outbox: Outbox
  readonly onMessage: (message: FeedMessage) => void
  readonly onTrouble: (reason: string) => void
}

export class WireEnd {
  readonly #options: WireEndOptions
  readonly #server: Server
  #core: FeedConnection<WireMessage> | undefined

  private constructor(options: WireEndOptions) {
    this.#options = options
    this.#server = createServer((socket) => {
      // A new core has replaced the old one; two at once would both believe that they are followed.
      this.#core?.close('another core connected')
      const core = attachFeed<FeedMessage, WireMessage>(socket, {
        read: readFeedMessage,
        onMessage: (message) => this.#receive(message),
        onEnd: (reason) => {
          if (this.#core === core) this.#core = undefined
          options.onTrouble(reason)
        },
      })
      this.#core = core
      const unstored = options.outbox.since(0)
      core.send({ kind: 'hello', version: feedVersion, nextSeq: unstored[0]?.seq ?? 0 })
      for (const item of unstored) core.send({ kind: 'sighting', ...item })
    })
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

  /** Stored first, then sent: core may be away. */
  async report(sighting: Sighting): Promise<void> {
    const seq = await this.#options.outbox.append(sighting)
    this.#core?.send({ kind: 'sighting', seq, sighting })
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
    } else if (message.kind === 'stored') this.#options.outbox.forget(message.seq)
    else this.#options.onMessage(message)
  }
}

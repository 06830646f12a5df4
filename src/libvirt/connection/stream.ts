// Why this file exists: consoles and volumes travel as streams inside the connection that carries everything else, so
// what one reader leaves lying must be bounded.
import type { Fault } from '#fault'
import {
  deadlinePassed,
  type Peer,
  protocolBroken,
  readerTooSlow,
  refusedByLibvirt,
  streamOver,
} from '../faults.ts'
import type { Overflow } from '../procedure/procedure.ts'
import { messageStatus, streamChunkBytesMax } from '../rpc/frame.ts'
import { decodeLibvirtError } from '../rpc/libvirt-error.ts'
import { Mailbox } from './mailbox.ts'
import type { Timers } from './timers.ts'

/** What may lie here for its reader. */
export const streamHeldBytesMax = 4_194_304

/** How long the daemon may take to confirm that all we sent is written. */
export const finishDeadlineMs = 60_000

/** What the connection does for a stream. */
export interface StreamOwner {
  readonly peer: Peer
  readonly timers: Timers
  /** Resolves when there is room for more; rejects when the connection is over. */
  send(status: number, bytes: Uint8Array): Promise<void>
  pauseReading(): void
  resumeReading(): void
  forget(): void
}

const nothing = new Uint8Array()

/** Read it with `for await`, write to it, then `finish` (all is done) or `abort`. Dispose of it in any case. */
export class LibvirtStream implements AsyncIterable<Uint8Array>, Disposable {
  readonly #name: string
  readonly #overflow: Overflow
  readonly #owner: StreamOwner
  readonly #arrived = new Mailbox<Uint8Array>()
  readonly #confirmed = Promise.withResolvers<void>()
  #heldBytes = 0
  #paused = false
  #over: Error | undefined

  constructor(name: string, overflow: Overflow, owner: StreamOwner) {
    this.#name = name
    this.#overflow = overflow
    this.#owner = owner
    this.#confirmed.promise.catch(() => undefined) // whoever waits in finish() hears of it
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += streamChunkBytesMax) {
      if (this.#over !== undefined) throw this.#over
      const chunk = bytes.subarray(at, at + streamChunkBytesMax)
      await this.#owner.send(messageStatus.continue, chunk)
    }
  }

  /** Everything was sent, or the end was read: resolves when the daemon confirms it. */
  async finish(): Promise<void> {
    if (this.#over !== undefined) throw this.#over
    using _deadline = this.#owner.timers.after(finishDeadlineMs, () => this.#late())
    await this.#owner.send(messageStatus.ok, nothing)
    await this.#confirmed.promise
  }

  /** Gives the stream up at once. Nothing happens when it is over already. */
  abort(): void {
    this.#giveUp(streamOver(this.#owner.peer, this.#name, 'we gave it up'))
  }

  [Symbol.dispose](): void {
    this.abort()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#arrived) {
      this.#heldBytes -= chunk.length
      if (this.#heldBytes <= streamHeldBytesMax / 2) this.#resume()
      yield chunk
    }
  }

  /** A frame of this stream from the daemon. */
  take(status: number, bytes: Uint8Array): void {
    switch (status) {
      case messageStatus.continue:
        return bytes.length === 0 ? this.#arrived.finish() : this.#keep(bytes)
      case messageStatus.ok:
        return this.#close(undefined)
      case messageStatus.error:
        return this.fail(refusedByLibvirt(this.#owner.peer, this.#name, decodeLibvirtError(bytes)))
      default:
        throw protocolBroken(this.#owner.peer, `a stream frame with the status ${status}`)
    }
  }

  fail(reason: Fault): void {
    this.#close(reason)
  }

  #keep(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length
    this.#arrived.put(bytes)
    if (this.#heldBytes <= streamHeldBytesMax) return
    if (this.#overflow === 'pause') return this.#pause()
    this.#giveUp(readerTooSlow(this.#owner.peer, this.#heldBytes))
  }

  #close(reason: Fault | undefined): void {
    if (this.#over !== undefined) return
    this.#over =
      reason ?? streamOver(this.#owner.peer, this.#name, 'both sides have confirmed its end')
    if (reason === undefined) this.#confirmed.resolve()
    else this.#confirmed.reject(reason)
    if (reason === undefined) this.#arrived.finish()
    else this.#arrived.fail(reason)
    this.#resume()
    this.#owner.forget()
  }

  #late(): void {
    this.#giveUp(deadlinePassed(this.#owner.peer, `the end of ${this.#name}`, finishDeadlineMs))
  }

  #giveUp(reason: Fault): void {
    if (this.#over !== undefined) return
    this.#owner.send(messageStatus.error, nothing).catch(() => undefined) // no connection: no stream
    this.#close(reason)
  }

  #pause(): void {
    this.#paused = true // said each time: another stream may have resumed since
    this.#owner.pauseReading()
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#owner.resumeReading()
  }
}

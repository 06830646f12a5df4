// Why this file exists: a libvirtd made of recorded bytes, at the other end of a pair of streams in memory, that can be
// told to misbehave in ways no real one would on request.
import { type Duplex, duplexPair } from 'node:stream'
import { systemTimers } from '../../src/libvirt/connection/timers.ts'
import {
  encodeFrame,
  decodeFrame,
  type Frame,
  FrameCutter,
  type Header,
  messageStatus,
  messageType,
  program,
} from '../../src/libvirt/rpc/frame.ts'
import { recordedReplies } from './recorded.table.ts'

export type Answer = Uint8Array | undefined

export class FakeDaemon implements Disposable {
  /** The client's end. */
  readonly client: Duplex
  readonly #server: Duplex
  readonly #cutter = new FrameCutter()
  readonly #heard: Frame[] = []
  #changed = Promise.withResolvers<void>()

  constructor(answer: (frame: Frame) => Answer = recorded) {
    const [client, server] = duplexPair()
    this.client = client
    this.#server = server
    server.on('error', () => undefined)
    server.on('data', (chunk: Uint8Array) => {
      for (const frame of this.#cutter.push(chunk)) this.#take(frame, answer)
    })
  }

  /** What the client has said so far. */
  get heard(): readonly Frame[] {
    return this.#heard
  }

  get calls(): readonly Frame[] {
    return this.#heard.filter((frame) => frame.header.type === messageType.call)
  }

  say(bytes: Uint8Array): void {
    if (!this.#server.destroyed) this.#server.write(bytes)
  }

  hangUp(): void {
    this.#server.destroy()
  }

  /** Resolves when the client has said enough. The deadline only ends a test that has failed. */
  async until(enough: (heard: readonly Frame[]) => boolean): Promise<void> {
    using _deadline = systemTimers.after(5000, () =>
      this.#changed.reject(new Error('the client did not say what was expected')),
    )
    while (!enough(this.#heard)) await this.#changed.promise
  }

  [Symbol.dispose](): void {
    this.#server.destroy()
  }

  #take(frame: Frame, answer: (frame: Frame) => Answer): void {
    this.#heard.push(frame)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
    this.#changed.promise.catch(() => undefined)
    const bytes = answer(frame)
    if (bytes !== undefined) setImmediate(() => this.say(bytes)) // no network answers at once
  }
}

/** What the real one said to that question. */
export function recorded(frame: Frame): Answer {
  const hex = recordedReplies.get(frame.header.procedure)
  if (hex === undefined || frame.header.type !== messageType.call) return undefined
  const { header, payload } = decodeFrame(Uint8Array.fromHex(hex))
  return encodeFrame({ ...header, serial: frame.header.serial }, payload)
}

/** An answer of our own making; a changed header is a lie of the daemon. */
export function reply(to: Frame, payload: string, lie: Partial<Header> = {}): Uint8Array {
  const { procedure, serial } = to.header
  const { remote } = program
  const header = { program: remote, version: 1, procedure, type: messageType.reply, serial }
  return encodeFrame(
    { ...header, status: messageStatus.ok, ...lie },
    Uint8Array.fromHex(payload.replaceAll(' ', '')),
  )
}

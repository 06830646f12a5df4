// Why this file exists: one connection carries requests, answers, streams, events and keepalive in one sequence of
// frames. This is where they part, and where the end of the connection reaches everyone who waits for it.
import type { Duplex } from 'node:stream'
import { Fault } from '#fault'
import { connectionLost, type Peer, protocolBroken, silent } from '../faults.ts'
import type { Procedure, StreamProcedure } from '../procedure/procedure.ts'
import {
  encodeFrame,
  type Frame,
  FrameCutter,
  type Header,
  keepaliveProcedure,
  messageStatus,
  messageType,
  program,
  programVersion,
} from '../rpc/frame.ts'
import { XdrError, XdrReader } from '../xdr/reader.ts'
import { XdrWriter } from '../xdr/writer.ts'
import { Calls, type Request } from './calls.ts'
import { Keepalive, type KeepaliveSettings } from './keepalive.ts'
import { decodeLifecycle, lifecycleEvent, type LifecycleWatch } from './lifecycle.ts'
import { LibvirtStream } from './stream.ts'
import type { Timers } from './timers.ts'

const nothing = new Uint8Array()

export class LibvirtConnection implements Disposable {
  readonly peer: Peer
  /** Resolves with the reason once the connection is over; `undefined` when we closed it ourselves. */
  readonly ended: Promise<Fault | undefined>
  readonly #duplex: Duplex
  readonly #timers: Timers
  readonly #cutter = new FrameCutter()
  readonly #calls: Calls
  readonly #streams = new Map<number, LibvirtStream>()
  readonly #end = Promise.withResolvers<Fault | undefined>()
  #reason: Fault | undefined
  #lastSerial = 0
  #drained: PromiseWithResolvers<void> | undefined
  #keepalive: Keepalive | undefined
  #watch: LifecycleWatch | undefined

  constructor(duplex: Duplex, peer: Peer, timers: Timers) {
    this.peer = peer
    this.ended = this.#end.promise
    this.#duplex = duplex
    this.#timers = timers
    this.#calls = new Calls({ peer, timers, send: (request) => this.#sendCall(request) })
    duplex.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    duplex.on('drain', () => this.#release())
    duplex.on('error', (error) => this.#finish(connectionLost(peer, error.message, error)))
    duplex.on('close', () => this.#finish(connectionLost(peer, 'the host closed it')))
    duplex.on('end', () => this.#finish(connectionLost(peer, 'the host closed it')))
    duplex.resume()
  }

  /** Asks, and returns what the daemon answers. Its refusals are Faults whose cause is a LibvirtError. */
  async call<A, R>(
    procedure: Procedure<A, R>,
    asked: A,
    deadlineMs: number = procedure.deadlineMs,
  ): Promise<R> {
    const request = this.#request(procedure, asked, deadlineMs)
    return this.#decode(procedure, await this.#calls.ask(request))
  }

  async openStream<A>(procedure: StreamProcedure<A>, asked: A): Promise<LibvirtStream> {
    const { serial, ...rest } = this.#request(procedure, asked, procedure.deadlineMs)
    const send = (status: number, bytes: Uint8Array): Promise<void> =>
      this.#send(
        { ...remoteHeader, procedure: rest.procedure, type: messageType.stream, serial, status },
        bytes,
      )
    const stream = new LibvirtStream(procedure.name, procedure.overflow, {
      peer: this.peer,
      timers: this.#timers,
      send,
      pauseReading: () => void this.#duplex.pause(),
      resumeReading: () => void this.#duplex.resume(),
      forget: () => void this.#streams.delete(serial),
    })
    const tooLate = (): void => void send(messageStatus.error, nothing).catch(() => undefined)
    this.#streams.set(serial, stream)
    try {
      this.#decode(procedure, await this.#calls.ask({ ...rest, serial, tooLate }))
    } catch (error) {
      this.#streams.delete(serial)
      throw error
    }
    return stream
  }

  /** From now on silence is noticed. Not before the daemon has said that it answers such questions. */
  startKeepalive(settings: KeepaliveSettings): void {
    if (this.#reason !== undefined) return
    this.#keepalive ??= new Keepalive(this.#timers, settings, {
      ping: () => this.#sendKeepalive(keepaliveProcedure.ping),
      dead: (unanswered) => this.#finish(silent(this.peer, unanswered)),
      isListening: () => !this.#duplex.isPaused(),
    })
  }

  /** Where the domains' events go; one watch for a connection. `undefined` ends it. */
  deliverLifecycle(watch: LifecycleWatch | undefined): void {
    if (watch !== undefined && this.#reason !== undefined) watch.fail(this.#reason)
    this.#watch?.finish()
    this.#watch = watch
  }

  /** Every open request is rejected, every stream ends. */
  close(): void {
    this.#finish(connectionLost(this.peer, 'we closed it'), true)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #request<A, R>(procedure: Procedure<A, R>, asked: A, deadlineMs: number): Request {
    if (this.#reason !== undefined) throw this.#reason
    const writer = new XdrWriter()
    procedure.encode(writer, asked)
    this.#lastSerial = (this.#lastSerial % 0xffff_ffff) + 1 // 0 belongs to messages
    const { name, number } = procedure
    return {
      name,
      procedure: number,
      serial: this.#lastSerial,
      payload: writer.bytes,
      deadlineMs,
    }
  }

  #decode<A, R>(procedure: Procedure<A, R>, payload: Uint8Array): R {
    try {
      const reader = new XdrReader(payload)
      const result = procedure.decode(reader)
      reader.end()
      return result
    } catch (error) {
      throw this.#broken(error, `in the answer to ${procedure.name}: `)
    }
  }

  #receive(chunk: Uint8Array): void {
    if (this.#reason !== undefined) return
    try {
      for (const frame of this.#cutter.push(chunk)) this.#route(frame)
    } catch (error) {
      this.#broken(error, '')
    }
  }

  #route(frame: Frame): void {
    const { header, payload } = frame
    this.#keepalive?.heard()
    if (header.version !== programVersion)
      throw protocolBroken(this.peer, `version ${header.version} of a program`)
    if (header.program === program.keepalive) {
      if (header.procedure === keepaliveProcedure.ping) this.#sendKeepalive(keepaliveProcedure.pong)
      return
    }
    if (header.program !== program.remote)
      throw protocolBroken(this.peer, `program 0x${header.program.toString(16)}`)
    switch (header.type) {
      case messageType.reply:
        return this.#calls.answer(frame)
      case messageType.stream: // of a stream that we gave up: still under way
        return this.#streams.get(header.serial)?.take(header.status, payload)
      case messageType.message: // an event that nobody asked for changes nothing
        if (header.procedure === lifecycleEvent.procedure)
          this.#watch?.put(decodeLifecycle(payload))
        return
      default:
        throw protocolBroken(this.peer, `a message of type ${header.type}`)
    }
  }

  /** Nothing after nonsense can be trusted (HOSTILE 22). Other errors are bugs of ours and crash. */
  #broken(error: unknown, where: string): Fault {
    if (!(error instanceof Fault || error instanceof XdrError)) throw error
    const fault =
      error instanceof Fault ? error : protocolBroken(this.peer, where + error.message, error)
    this.#finish(fault)
    return fault
  }

  #finish(reason: Fault, byUs = false): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#keepalive?.[Symbol.dispose]()
    this.#calls.failAll(reason)
    for (const stream of this.#streams.values()) stream.fail(reason)
    if (byUs) this.#watch?.finish()
    else this.#watch?.fail(reason)
    this.#drained?.reject(reason)
    this.#duplex.destroy()
    this.#end.resolve(byUs ? undefined : reason)
  }

  #sendCall({ procedure, serial, payload }: Request): void {
    const type = messageType.call
    const header = { ...remoteHeader, procedure, type, serial, status: messageStatus.ok }
    // The bound is the number of calls under way, not the socket's buffer.
    if (this.#reason === undefined) this.#duplex.write(encodeFrame(header, payload))
  }

  #sendKeepalive(procedure: number): void {
    const header: Header = {
      program: program.keepalive,
      version: programVersion,
      procedure,
      type: messageType.message,
      serial: 0,
      status: messageStatus.ok,
    }
    if (this.#reason === undefined) this.#duplex.write(encodeFrame(header, nothing))
  }

  async #send(header: Header, bytes: Uint8Array): Promise<void> {
    if (this.#reason !== undefined) throw this.#reason
    if (this.#duplex.write(encodeFrame(header, bytes))) return
    this.#drained ??= Promise.withResolvers()
    await this.#drained.promise
  }

  #release(): void {
    this.#drained?.resolve()
    this.#drained = undefined
  }
}

const remoteHeader = { program: program.remote, version: programVersion } as const

// Why this file exists: libvirtd works on few requests of one client at a time and answers in any order. Here each
// answer finds its question, questions wait their turn, and each has a deadline.
import type { Fault } from '#fault'
import {
  deadlinePassed,
  type Peer,
  protocolBroken,
  refusedByLibvirt,
  tooManyCalls,
} from '../faults.ts'
import { type Frame, messageStatus } from '../rpc/frame.ts'
import { decodeLibvirtError } from '../rpc/libvirt-error.ts'
import type { Timers } from './timers.ts'

/**
 * libvirtd stops reading at max_client_requests (5 by default), and the buffer it reads into counts as one. With a
 * fifth request under way it would not see our keepalive questions, and we would take a busy host for a dead one.
 */
export const outstandingCallsMax = 4

/** The queue before that. */
export const waitingCallsMax = 256

/** A request as the queue sees it. */
export interface Request {
  readonly name: string
  readonly procedure: number
  readonly serial: number
  readonly payload: Uint8Array
  readonly deadlineMs: number
  /** It had been given up when the daemon said yes after all. */
  readonly tooLate?: () => void
}

interface Call {
  readonly request: Request
  readonly answered: PromiseWithResolvers<Uint8Array>
  readonly deadline: Disposable
  /** Given up, but the daemon still works on it, so its place stays taken. */
  abandoned: boolean
}

export interface CallsOwner {
  readonly peer: Peer
  readonly timers: Timers
  send(request: Request): void
}

export class Calls {
  readonly #owner: CallsOwner
  readonly #outstanding = new Map<number, Call>()
  #waiting: Call[] = []

  constructor(owner: CallsOwner) {
    this.#owner = owner
  }

  /** The payload of the answer; a Fault when there is none, or when the daemon refuses. */
  ask(request: Request): Promise<Uint8Array> {
    if (this.#waiting.length >= waitingCallsMax)
      return Promise.reject(tooManyCalls(this.#owner.peer, this.#waiting.length))
    const call: Call = {
      request,
      answered: Promise.withResolvers(),
      deadline: this.#owner.timers.after(request.deadlineMs, () => this.#giveUp(call)),
      abandoned: false,
    }
    this.#waiting.push(call)
    this.#sendNext()
    return call.answered.promise
  }

  /** Throws a Fault when the answer fits no question. */
  answer({ header, payload }: Frame): void {
    const { peer } = this.#owner
    const call = this.#outstanding.get(header.serial)
    if (call === undefined)
      throw protocolBroken(peer, `an answer to no question (${header.serial})`)
    if (call.request.procedure !== header.procedure)
      throw protocolBroken(peer, `an answer of ${header.procedure} to ${call.request.name}`)
    this.#settle(call, header.status, payload)
    // Only now, so that a call whose answer made no sense still learns of the end of the connection.
    this.#outstanding.delete(header.serial)
    call.deadline[Symbol.dispose]()
    this.#sendNext()
  }

  /** Every question still open gets the same reason. */
  failAll(reason: Fault): void {
    const all = [...this.#outstanding.values(), ...this.#waiting]
    this.#outstanding.clear()
    this.#waiting = []
    for (const call of all) {
      call.deadline[Symbol.dispose]()
      call.answered.reject(reason)
    }
  }

  #settle(call: Call, status: number, payload: Uint8Array): void {
    const { peer } = this.#owner
    switch (status) {
      case messageStatus.ok:
        if (call.abandoned) call.request.tooLate?.()
        return call.answered.resolve(payload)
      case messageStatus.error:
        return call.answered.reject(
          refusedByLibvirt(peer, call.request.name, decodeLibvirtError(payload)),
        )
      default:
        throw protocolBroken(peer, `an answer with the status ${status}`)
    }
  }

  #sendNext(): void {
    while (this.#outstanding.size < outstandingCallsMax) {
      const call = this.#waiting.shift()
      if (call === undefined) return
      this.#outstanding.set(call.request.serial, call)
      this.#owner.send(call.request)
    }
  }

  #giveUp(call: Call): void {
    const { name, deadlineMs } = call.request
    call.abandoned = true
    this.#waiting = this.#waiting.filter((other) => other !== call)
    call.answered.reject(deadlinePassed(this.#owner.peer, name, deadlineMs))
  }
}

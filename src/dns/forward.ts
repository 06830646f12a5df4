// Why this file exists: other people's names go to the forwarder as they came (RFC 5625), each by a socket and under
// an id of its own, so that only an answer to our question from the server we asked is passed on.
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { encodeReply } from './encode.ts'
import { type Query, responseCode } from './query.ts'
import { framed, takeMessage } from './stream.ts'

export interface ForwarderAddress {
  readonly host: string
  readonly port: number
}

export interface ForwardedQuestion {
  readonly bytes: Uint8Array
  readonly query: Query
  readonly transport: 'udp' | 'tcp'
}

export interface Forwarder {
  /** Exactly one reply, at the deadline at the latest: SERVFAIL when there is no other. */
  ask(question: ForwardedQuestion, reply: (bytes: Uint8Array) => void): void
  close(): void
}

/** Each holds a socket, and a process may have 1,024 files. */
export const questionsInFlightMax = 256
export const forwardDeadlineMs = 4_000
const messageBytesMax = 65_535

/** `randomId` gives 16 unpredictable bits. */
export function openForwarder(server: ForwarderAddress, randomId: () => number): Forwarder {
  const inFlight = new Set<() => void>()
  return {
    ask(question, reply) {
      if (inFlight.size >= questionsInFlightMax) return reply(failure(question))
      const asked = withId(question.bytes, randomId())
      const exchange = question.transport === 'udp' ? askByDatagram : askByStream
      const settle = (answer: Uint8Array | undefined): void => {
        if (!inFlight.delete(abandon)) return
        abandon()
        reply(answer === undefined ? failure(question) : withId(answer, question.query.id))
      }
      const questionEnd = question.query.questionEnd
      const isAnswer = (bytes: Uint8Array): boolean => answers(bytes, asked, questionEnd)
      const stop = exchange(server, asked, { settle, isAnswer })
      const deadline = setTimeout(() => settle(undefined), forwardDeadlineMs)
      const abandon = (): void => {
        clearTimeout(deadline)
        stop()
      }
      inFlight.add(abandon)
    },
    close() {
      for (const abandon of inFlight) abandon()
      inFlight.clear()
    },
  }
}

interface Waiting {
  readonly settle: (answer: Uint8Array | undefined) => void
  readonly isAnswer: (bytes: Uint8Array) => boolean
}

/** A connected socket: the kernel lets nobody else in, and tells at once when nobody listens there. */
function askByDatagram(server: ForwarderAddress, asked: Uint8Array, waiting: Waiting): () => void {
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4')
  socket.on('error', () => waiting.settle(undefined))
  socket.on('message', (bytes) => {
    if (waiting.isAnswer(bytes)) waiting.settle(bytes)
  })
  socket.once('connect', () => socket.send(asked))
  socket.connect(server.port, server.host)
  return () => void socket.close()
}

function askByStream(server: ForwarderAddress, asked: Uint8Array, waiting: Waiting): () => void {
  const socket = connect(server.port, server.host)
  let held: Uint8Array = new Uint8Array(0)
  socket.on('error', () => waiting.settle(undefined))
  socket.on('close', () => waiting.settle(undefined))
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    const taken = takeMessage(held, messageBytesMax)
    if (taken.kind === 'message')
      waiting.settle(waiting.isAnswer(taken.message) ? taken.message : undefined)
  })
  socket.write(framed(asked))
  return () => void socket.destroy()
}

/** RFC 5452 §9.1: a response, our id, our question byte by byte. */
function answers(bytes: Uint8Array, asked: Uint8Array, questionEnd: number): boolean {
  if (bytes.length < questionEnd || ((bytes[2] ?? 0) & 0x80) === 0) return false
  if (bytes[0] !== asked[0] || bytes[1] !== asked[1]) return false
  for (let at = 12; at < questionEnd; at += 1) if (bytes[at] !== asked[at]) return false
  return true
}

function withId(bytes: Uint8Array, id: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  new DataView(copy.buffer).setUint16(0, id)
  return copy
}

function failure({ bytes, query }: ForwardedQuestion): Uint8Array {
  const reply = { code: responseCode.servFail, authoritative: false, recursionAvailable: true }
  return encodeReply(bytes, query, reply, messageBytesMax)
}

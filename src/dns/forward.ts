// Why this file exists: other people's names go to the forwarder as they came (RFC 5625), each by a socket and under
// an id of its own, so that only an answer to our question from the server we asked is passed on.
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { Forwarding } from './answer.ts'
import { encodeReply } from './encode.ts'
import { isPrivateHost } from './private-names.ts'
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
  /** One of the servers is out in the world, where private addresses are nobody's to name (RFC 6303). */
  readonly isPublic: boolean
  close(): void
}

/** Each holds a socket, and a process may have 1,024 files. */
export const questionsInFlightMax = 256
/** Of all servers together, each in its turn. */
export const forwardDeadlineMs = 4_000
const messageBytesMax = 65_535

/** `randomId` gives 16 unpredictable bits. The server that answered last is the first to be asked. */
export function openForwarder(
  servers: readonly ForwarderAddress[],
  randomId: () => number,
): Forwarder {
  const inFlight = new Map<() => void, Uint8Array>()
  let preferred = 0
  return {
    isPublic: servers.some(({ host }) => !isPrivateHost(host)),
    ask(question, reply) {
      const isOurs = [...inFlight.values()].some((asked) => isSameQuestion(question, asked))
      if (isOurs || inFlight.size >= questionsInFlightMax) return reply(failure(question))
      const asked = withId(question.bytes, randomId())
      const order = servers.map((_, at) => (preferred + at) % servers.length)
      const turns = askInTurn({ servers, order, question, asked }, (answer, server) => {
        if (!inFlight.delete(turns.stop)) return
        if (server !== undefined) preferred = server
        reply(answer === undefined ? failure(question) : withId(answer, question.query.id))
      })
      inFlight.set(turns.stop, asked)
      turns.start()
    },
    close() {
      for (const stop of inFlight.keys()) stop()
      inFlight.clear()
    },
  }
}

/** What it means for answers that there is this one, or none. */
export function forwardingBy(forwarder: Pick<Forwarder, 'isPublic'> | undefined): Forwarding {
  return { forwards: forwarder !== undefined, asksPublic: forwarder?.isPublic === true }
}

/** A forwarder that leads back to us: our own question comes as anybody's, but under the id that we gave it. */
function isSameQuestion({ bytes, query }: ForwardedQuestion, asked: Uint8Array): boolean {
  if (bytes[0] !== asked[0] || bytes[1] !== asked[1]) return false
  return sameFrom(12, query.questionEnd, bytes, asked)
}

interface Turns {
  readonly servers: readonly ForwarderAddress[]
  readonly order: readonly number[]
  readonly question: ForwardedQuestion
  readonly asked: Uint8Array
}

type Settle = (answer: Uint8Array | undefined, server?: number) => void

/** One server after the other, until one knows; what another said is better than nothing. */
function askInTurn({ servers, order, question, asked }: Turns, settle: Settle) {
  const exchange = question.transport === 'udp' ? askByDatagram : askByStream
  const { questionEnd } = question.query
  const isAnswer = (bytes: Uint8Array): boolean => answers(bytes, asked, questionEnd)
  let said: Uint8Array | undefined
  let stop = (): void => undefined
  const ask = (turn: number): void => {
    stop()
    const index = order[turn]
    const server = index === undefined ? undefined : servers[index]
    if (server === undefined) return settle(said)
    let isOver = false
    const over = (answer: Uint8Array | undefined): void => {
      if (isOver) return
      said = answer ?? said
      const knows = answer !== undefined && !unhelpful.has((answer[3] ?? 0) & 15)
      if (!knows) return ask(turn + 1)
      stop()
      settle(answer, index)
    }
    const end = exchange(server, asked, { isAnswer, settle: over })
    const deadline = setTimeout(() => over(undefined), forwardDeadlineMs / servers.length)
    stop = () => {
      isOver = true
      clearTimeout(deadline)
      end()
    }
  }
  return { start: () => ask(0), stop: () => stop() }
}

/** Of this server; another may know better. */
const unhelpful: ReadonlySet<number> = new Set([
  responseCode.servFail,
  responseCode.notImp,
  responseCode.refused,
])

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
  return sameFrom(12, questionEnd, bytes, asked)
}

function sameFrom(start: number, end: number, one: Uint8Array, other: Uint8Array): boolean {
  for (let at = start; at < end; at += 1) if (one[at] !== other[at]) return false
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

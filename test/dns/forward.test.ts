// Why this file exists: a forwarder passes on what others say, so it must know that it was they who said it, to this
// question, in time; and a client must never wait for nothing.
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test, type TestContext } from 'node:test'
import {
  type Forwarder,
  forwardDeadlineMs,
  openForwarder,
  questionsInFlightMax,
  readQuery,
} from '#dns'
import { numbers16, query, readReply } from './message.ts'
import { addressOf, askByUdp, connectTcp, deadline, framed, host, startDns } from './server-lab.ts'

const otherName = 'www.example.org'
const servFail = 2

interface Upstream {
  readonly port: number
  readonly socket: Socket
}

/** A name server of others, which says what the test says. */
async function startUpstream(
  context: TestContext,
  answer: (asked: Buffer, socket: Socket, port: number) => void,
): Promise<Upstream> {
  const socket = createSocket('udp4')
  socket.on('message', (bytes, from) => answer(bytes, socket, from.port))
  socket.bind(0, host)
  await once(socket, 'listening')
  context.after(() => socket.close())
  return { port: socket.address().port, socket }
}

function forwarderTo(context: TestContext, ...ports: readonly number[]): Forwarder {
  let id = 40_000
  const servers = ports.map((port) => ({ host, port }))
  const forwarder = openForwarder(servers, () => (id += 1))
  context.after(() => forwarder.close())
  return forwarder
}

/** The question turned into a response with one address, by the bytes. */
function answered(asked: Buffer, lastOctet = 7): Buffer {
  const head = Buffer.concat([asked.subarray(0, 2), numbers16(0x8180, 1, 1, 0, 0)])
  const record = [numbers16(0xc00c, 1, 1, 0, 60, 4), Buffer.of(93, 184, 216, lastOctet)]
  return Buffer.concat([head, asked.subarray(12), ...record])
}

test('another’s name is asked of the forwarder under an id of ours and answered under the client’s', async (context) => {
  const ids: number[] = []
  const upstream = await startUpstream(context, (asked, socket, port) => {
    ids.push(asked.readUInt16BE(0))
    socket.send(answered(asked), port, host)
  })
  const forwarder = forwarderTo(context, upstream.port)
  const { port, counted } = await startDns(context, { forwarder })
  const reply = readReply(await askByUdp(port, query(otherName, { id: 77 })))
  assert.deepEqual(ids, [40_001])
  assert.equal(reply.id, 77)
  assert.equal(reply.answers[0]?.text, '93.184.216.7')
  assert.deepEqual(counted, ['forwarded'])
})

test('our own names are never asked of others, not even missing ones', async (context) => {
  const asked: unknown[] = []
  const upstream = await startUpstream(context, (bytes) => asked.push(bytes))
  const forwarder = forwarderTo(context, upstream.port)
  const { port } = await startDns(context, { forwarder })
  assert.equal(readReply(await askByUdp(port, query('n99.cluster.test'))).code, 3)
  const reverse = query('99.0.77.10.in-addr.arpa', { type: 'PTR' })
  assert.equal(readReply(await askByUdp(port, reverse)).code, 3)
  assert.deepEqual(asked, [])
})

test('RFC 5452 §9.1: wrong ids, other questions and questions instead of answers are not passed on', async (context) => {
  const upstream = await startUpstream(context, (asked, socket, port) => {
    const wrongId = answered(asked, 1)
    wrongId.writeUInt16BE(asked.readUInt16BE(0) ^ 1, 0)
    const otherQuestion = answered(asked, 2)
    otherQuestion[14] = 'x'.charCodeAt(0)
    const noResponse = answered(asked, 3)
    noResponse[2] = 1
    for (const bytes of [wrongId, otherQuestion, noResponse, asked.subarray(0, 9), answered(asked)])
      socket.send(bytes, port, host)
  })
  const { port } = await startDns(context, { forwarder: forwarderTo(context, upstream.port) })
  const reply = readReply(await askByUdp(port, query(otherName)))
  assert.equal(reply.answers[0]?.text, '93.184.216.7')
})

test('RFC 5452 §9.1: an answer from another address than the one that was asked is not passed on', async (context) => {
  const stranger = createSocket('udp4')
  context.after(() => stranger.close())
  const upstream = await startUpstream(context, (asked, socket, port) => {
    stranger.send(answered(asked, 66), port, host, () => socket.send(answered(asked), port, host))
  })
  const { port } = await startDns(context, { forwarder: forwarderTo(context, upstream.port) })
  const reply = readReply(await askByUdp(port, query(otherName)))
  assert.equal(reply.answers[0]?.text, '93.184.216.7')
})

test('HOSTILE 15: an answer that is larger than ours may be comes cut', async (context) => {
  const upstream = await startUpstream(context, (asked, socket, port) => {
    socket.send(Buffer.concat([answered(asked), Buffer.alloc(3_000)]), port, host)
  })
  const { port } = await startDns(context, { forwarder: forwarderTo(context, upstream.port) })
  const reply = readReply(await askByUdp(port, query(otherName)))
  assert.equal(reply.truncated, true)
  assert.deepEqual(reply.answers, [])
})

test('when nobody listens at the forwarder’s address, the client hears SERVFAIL at once', async (context) => {
  const gone = createSocket('udp4')
  gone.bind(0, host)
  await once(gone, 'listening')
  const closedPort = gone.address().port
  await new Promise<void>((resolve) => gone.close(resolve))
  const { port } = await startDns(context, { forwarder: forwarderTo(context, closedPort) })
  // The deadline would come after the test's own: it is the kernel's refusal that answers.
  context.mock.timers.enable({ apis: ['setTimeout'] })
  assert.equal(readReply(await askByUdp(port, query(otherName))).code, servFail)
})

test('a forwarder that is silent costs the client its deadline and no more', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const heard = Promise.withResolvers<void>()
  const upstream = await startUpstream(context, () => heard.resolve())
  const { port } = await startDns(context, { forwarder: forwarderTo(context, upstream.port) })
  const reply = askByUdp(port, query(otherName, { id: 3 }))
  await heard.promise
  context.mock.timers.tick(forwardDeadlineMs)
  const { id, code, questions } = readReply(await reply)
  assert.deepEqual([id, code, questions], [3, servFail, [otherName]])
})

test('so many questions wait at once; one more gets SERVFAIL and opens no socket', async (context) => {
  const upstream = await startUpstream(context, () => undefined)
  const forwarder = forwarderTo(context, upstream.port)
  const replies: Uint8Array[] = []
  const bytes = query(otherName)
  const read = readQuery(bytes)
  assert.ok(read.kind === 'query')
  for (let number = 0; number <= questionsInFlightMax; number += 1)
    forwarder.ask({ bytes, query: read.query, transport: 'udp' }, (reply) => replies.push(reply))
  assert.deepEqual(
    replies.map((reply) => readReply(reply).code),
    [servFail],
  )
})

test('RFC 7766 §5: what is asked over TCP is forwarded over TCP, and comes whole', async (context) => {
  const tcp = createServer((socket) => {
    socket.once('data', (chunk: Buffer) => {
      const large = Buffer.concat([answered(chunk.subarray(2)), Buffer.alloc(2_000)])
      const bytes = framed(large)
      socket.write(bytes.subarray(0, 100), () => socket.write(bytes.subarray(100)))
    })
  })
  tcp.listen(0, host)
  await once(tcp, 'listening', deadline())
  context.after(() => tcp.close())
  const forwarder = forwarderTo(context, addressOf(tcp).port)
  const { port } = await startDns(context, { forwarder })
  const client = await connectTcp(context, port)
  client.socket.write(framed(query(otherName, { id: 21 })))
  const [reply] = await client.read(1)
  assert.ok(reply)
  assert.equal(reply.length, answered(query(otherName)).length + 2_000)
  assert.equal(Buffer.from(reply).readUInt16BE(0), 21)
})

test('a forwarder that refuses TCP gives SERVFAIL over TCP', async (context) => {
  const tcp = createServer((socket) => socket.destroy())
  tcp.listen(0, host)
  await once(tcp, 'listening', deadline())
  context.after(() => tcp.close())
  const forwarder = forwarderTo(context, addressOf(tcp).port)
  const { port } = await startDns(context, { forwarder })
  const client = await connectTcp(context, port)
  client.socket.write(framed(query(otherName)))
  const [reply] = await client.read(1)
  assert.equal(reply && readReply(reply).code, servFail)
})

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const gone = createSocket('udp4')
  gone.bind(0, host)
  await once(gone, 'listening')
  const { port } = gone.address()
  await new Promise<void>((resolve) => gone.close(resolve))
  return port
}

const saying =
  (code: number, asked: number[] = [], mark = 0) =>
  (question: Buffer, socket: Socket, port: number): void => {
    asked.push(mark)
    const reply = answered(question)
    reply[3] = 0x80 | code
    socket.send(reply, port, host)
  }

for (const [sentence, code] of [
  ['cannot answer', servFail],
  ['refuses', 5],
  ['does not know the operation', 4],
] as const) {
  test(`a forwarder that ${sentence} is not the last word: the next one is asked`, async (context) => {
    const first = await startUpstream(context, saying(code))
    const second = await startUpstream(context, saying(0))
    const forwarder = forwarderTo(context, first.port, second.port)
    const { port } = await startDns(context, { forwarder })
    assert.equal(readReply(await askByUdp(port, query(otherName))).code, 0)
  })
}

test('what a forwarder said comes back when no other knows better', async (context) => {
  const refusing = await startUpstream(context, saying(5))
  const forwarder = forwarderTo(context, refusing.port, await closedPort())
  const { port } = await startDns(context, { forwarder })
  assert.equal(readReply(await askByUdp(port, query(otherName))).code, 5)
})

test('NXDOMAIN is an answer: no other forwarder is asked', async (context) => {
  const asked: number[] = []
  const first = await startUpstream(context, saying(3, asked, 1))
  const second = await startUpstream(context, saying(0, asked, 2))
  const forwarder = forwarderTo(context, first.port, second.port)
  const { port } = await startDns(context, { forwarder })
  assert.equal(readReply(await askByUdp(port, query(otherName))).code, 3)
  assert.deepEqual(asked, [1])
})

test('the forwarder that answered last is the first to be asked', async (context) => {
  const asked: number[] = []
  const second = await startUpstream(context, saying(0, asked, 2))
  const forwarder = forwarderTo(context, await closedPort(), second.port)
  const { port } = await startDns(context, { forwarder })
  await askByUdp(port, query(otherName))
  context.mock.timers.enable({ apis: ['setTimeout'] })
  assert.equal(readReply(await askByUdp(port, query(otherName))).code, 0)
  assert.deepEqual(asked, [2, 2])
})

test('of a silent forwarder and one that answers, the client waits for half the deadline', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const heard = Promise.withResolvers<void>()
  const silent = await startUpstream(context, () => heard.resolve())
  const second = await startUpstream(context, saying(0))
  const forwarder = forwarderTo(context, silent.port, second.port)
  const { port } = await startDns(context, { forwarder })
  const reply = askByUdp(port, query(otherName))
  await heard.promise
  context.mock.timers.tick(forwardDeadlineMs / 2)
  assert.equal(readReply(await reply).code, 0)
})

test('RFC 1035 §4.1.1: an answer that says TC is passed on so, and the client comes by TCP', async (context) => {
  const upstream = await startUpstream(context, (asked, socket, port) => {
    const cut = asked.subarray(0)
    cut.writeUInt16BE(0x8380, 2)
    socket.send(cut, port, host)
  })
  const { port } = await startDns(context, { forwarder: forwarderTo(context, upstream.port) })
  const reply = readReply(await askByUdp(port, query(otherName)))
  assert.deepEqual([reply.truncated, reply.answers], [true, []])
})

test('a forwarder that leads back to us is asked once, and the loop ends there', async (context) => {
  const asked: unknown[] = []
  const loop: { port?: number } = {}
  const mirror = await startUpstream(context, (bytes, socket, port) => {
    asked.push(bytes)
    const back = createSocket('udp4')
    back.on('message', (reply) => socket.send(reply, port, host, () => back.close()))
    back.send(bytes, loop.port, host)
  })
  const { port } = await startDns(context, { forwarder: forwarderTo(context, mirror.port) })
  loop.port = port
  assert.equal(readReply(await askByUdp(port, query(otherName))).code, servFail)
  assert.equal(asked.length, 1)
})

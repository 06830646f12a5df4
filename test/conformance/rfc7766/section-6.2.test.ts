// Why this file exists: RFC 7766 §6.2: one TCP connection carries many questions, may be cut anywhere, and must not
// be held by those who say nothing, say it slowly, or do not listen.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { tcpConnectionsPerSourceMax, tcpIdleMs } from '#dns'
import { query, readReply } from '../../dns/message.ts'
import { acceptedBy, connectTcp, deadline, ended, framed, startDns } from '../../dns/server-lab.ts'

const idOf = (message: Uint8Array): number => readReply(message).id

test('RFC 7766 §6.2.1.1: questions in one segment are all answered, each under its id', async (context) => {
  const { port } = await startDns(context)
  const client = await connectTcp(context, port)
  const ids = Array.from({ length: 50 }, (_, at) => at + 1)
  client.socket.write(framed(...ids.map((id) => query('n11.cluster.test', { id }))))
  const replies = await client.read(ids.length)
  assert.deepEqual(replies.map(idOf), ids)
})

test('RFC 7766 §6.2.1: a connection is used again after an answer', async (context) => {
  const { port } = await startDns(context)
  const client = await connectTcp(context, port)
  for (const id of [1, 2, 3]) {
    client.socket.write(framed(query('cluster.test', { id, type: 'SOA' })))
    assert.deepEqual((await client.read(1)).map(idOf), [id])
  }
})

test('RFC 7766 §8: a question that comes byte by byte is put together', async (context) => {
  const { port } = await startDns(context)
  const client = await connectTcp(context, port)
  client.socket.setNoDelay(true)
  for (const byte of framed(query('n11.cluster.test', { id: 9 })))
    await new Promise((resolve) => client.socket.write(Buffer.of(byte), resolve))
  assert.deepEqual((await client.read(1)).map(idOf), [9])
})

test('a message that announces more than a question can be ends the connection', async (context) => {
  const { port } = await startDns(context)
  const client = await connectTcp(context, port)
  client.socket.write(Buffer.of(0xff, 0xff, 0))
  await ended(client.socket)
})

test('a response sent to us ends the connection', async (context) => {
  const { port, counted } = await startDns(context)
  const client = await connectTcp(context, port)
  client.socket.write(framed(query('n11.cluster.test', { flags: 0x8000 })))
  await ended(client.socket)
  assert.deepEqual(counted, ['not a query'])
})

test('before the first snapshot a connection is closed, not left waiting', async (context) => {
  const { port } = await startDns(context, { view: () => undefined })
  const client = await connectTcp(context, port)
  client.socket.write(framed(query('n11.cluster.test')))
  await ended(client.socket)
})

test('RFC 7766 §6.2.3: a connection that sends no whole question is closed, even if it trickles', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { port, tcp } = await startDns(context)
  const accepted = acceptedBy(tcp)
  const client = await connectTcp(context, port)
  const serverEnd = await accepted
  context.mock.timers.tick(tcpIdleMs - 1)
  client.socket.write(framed(query('n11.cluster.test')))
  await client.read(1)
  // A whole question has renewed the time; half a one does not.
  context.mock.timers.tick(tcpIdleMs - 1)
  const trickled = once(serverEnd, 'data', deadline())
  client.socket.write(Buffer.of(0))
  await trickled
  assert.equal(serverEnd.destroyed, false)
  context.mock.timers.tick(1)
  assert.equal(serverEnd.destroyed, true)
  await ended(client.socket)
})

test('RFC 7766 §6.2.2: one client may have so many connections, and no more', async (context) => {
  const { port } = await startDns(context)
  const open = []
  for (let number = 0; number < tcpConnectionsPerSourceMax; number += 1)
    open.push(await connectTcp(context, port))
  const onceMore = await connectTcp(context, port)
  await ended(onceMore.socket)
  const [first] = open
  assert.ok(first)
  first.socket.write(framed(query('n11.cluster.test', { id: 5 })))
  assert.deepEqual((await first.read(1)).map(idOf), [5])
})

test('a client that asks and asks but does not read is not read either, and loses nothing', async (context) => {
  const { port, tcp } = await startDns(context)
  const accepted = acceptedBy(tcp)
  const client = await connectTcp(context, port)
  const serverEnd = await accepted
  client.socket.pause()
  const batch = framed(...Array.from({ length: 500 }, () => query('cluster.test', { type: 'SOA' })))
  let asked = 0
  const push = (): void => {
    if (serverEnd.isPaused()) return
    asked += 500
    client.socket.write(batch, push)
  }
  const paused = once(serverEnd, 'pause', deadline())
  push()
  await paused
  client.socket.resume()
  assert.equal((await client.read(asked)).length, asked)
})

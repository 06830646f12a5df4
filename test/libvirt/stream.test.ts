// Why this file exists: consoles and volumes share their connection with everything else; what one of them does wrong
// must stay its own affair.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { LibvirtConnection } from '../../src/libvirt/connection/connection.ts'
import { eventsWaitingMax, lifecycleEvent } from '../../src/libvirt/connection/lifecycle.ts'
import { finishDeadlineMs, streamHeldBytesMax } from '../../src/libvirt/connection/stream.ts'
import { libvirtErrorOf, procedures, watchLifecycle } from '../../src/libvirt/index.ts'
import { writeDomain } from '../../src/libvirt/procedure/objects.ts'
import {
  encodeFrame,
  type Frame,
  messageStatus,
  messageType,
  program,
  streamChunkBytesMax,
} from '../../src/libvirt/rpc/frame.ts'
import { XdrWriter } from '../../src/libvirt/xdr/writer.ts'
import { type Answer, FakeDaemon, recorded, reply } from './fake-daemon.ts'
import { ManualTimers } from './manual-timers.ts'
import { recordedReplies } from './recorded.table.ts'

const peer = { name: 'n001' }
const domain = { name: 'a', uuid: '00000000-0000-4000-8000-000000000001', id: 1 }
const volume = { pool: 'vcn', name: 'a.qcow2', key: '/vcn/a.qcow2' }
const whole = { volume, offset: 0, length: 0 }
const { domainOpenConsole, storageVolUpload, storageVolDownload, connectGetType } = procedures

/** A frame of the stream that the daemon opened last. */
function streamed(daemon: FakeDaemon, status: number, payload: Uint8Array): Uint8Array {
  const { procedure, serial } = daemon.calls.at(-1)?.header ?? { procedure: 0, serial: 0 }
  const header = { program: program.remote, version: 1, procedure, type: messageType.stream }
  return encodeFrame({ ...header, serial, status }, payload)
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const end = new Uint8Array()
const isStream = ({ header }: Frame): boolean => header.type === messageType.stream

/** Opens streams, confirms their ends, answers all else as recorded. */
function obliging(frame: Frame): Answer {
  const { type, status, procedure } = frame.header
  if (type === messageType.stream)
    return status === messageStatus.ok ? reply(frame, '', { type }) : undefined
  return [201, 208, 209, 316].includes(procedure) ? reply(frame, '') : recorded(frame)
}

function connect(daemon: FakeDaemon): { connection: LibvirtConnection; timers: ManualTimers } {
  const timers = new ManualTimers()
  return { connection: new LibvirtConnection(daemon.client, peer, timers), timers }
}

test('a console is read as it comes, written to, and ends when the guest does', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using console = await connection.openStream(domainOpenConsole, { domain })
  daemon.say(streamed(daemon, messageStatus.continue, bytesOf('login: ')))
  await console.write(bytesOf('root\n'))
  daemon.say(streamed(daemon, messageStatus.continue, bytesOf('# ')))
  daemon.say(streamed(daemon, messageStatus.continue, end))
  const read: string[] = []
  for await (const chunk of console) read.push(new TextDecoder().decode(chunk))
  assert.deepEqual(read, ['login: ', '# '])
  await console.finish()
  const said = daemon.heard.filter(isStream)
  assert.deepEqual(
    said.map(({ header }) => header.status),
    [messageStatus.continue, messageStatus.ok],
  )
  assert.equal(said[0]?.payload.toHex(), bytesOf('root\n').toHex())
  assert.equal(said[0]?.header.serial, daemon.calls[0]?.header.serial)
  connection.close()
})

test('an upload is cut into pieces that every libvirt takes', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using upload = await connection.openStream(storageVolUpload, whole)
  const bytes = new Uint8Array(streamChunkBytesMax * 2 + 10).map((_, at) => at % 251)
  await upload.write(bytes)
  await upload.finish()
  const pieces = daemon.heard.filter(isStream).map(({ payload }) => payload)
  assert.deepEqual(
    pieces.map(({ length }) => length),
    [streamChunkBytesMax, streamChunkBytesMax, 10, 0],
  )
  assert.deepEqual(Buffer.concat(pieces), Buffer.from(bytes))
  connection.close()
})

test('a stream that is over takes no more, and is told to the host once', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  const given = await connection.openStream(storageVolUpload, whole)
  given.abort()
  given.abort()
  await assert.rejects(given.write(bytesOf('x')), { code: 'CPC-LV-014' })
  await assert.rejects(given.finish(), { code: 'CPC-LV-014' })
  await assert.rejects(Array.fromAsync(given), { code: 'CPC-LV-014' })
  assert.equal(await connection.call(connectGetType, {}), 'QEMU')
  assert.equal(daemon.heard.filter(isStream).length, 1)
  connection.close()
})

test('two downloads at once stay within their bounds', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  const chunk = new Uint8Array(streamChunkBytesMax)
  const tooMany = Math.ceil(streamHeldBytesMax / chunk.length) + 1
  using _first = await connection.openStream(storageVolDownload, whole)
  const ofFirst = streamed(daemon, messageStatus.continue, chunk)
  using second = await connection.openStream(storageVolDownload, whole)
  const ofSecond = streamed(daemon, messageStatus.continue, chunk)
  const within = { signal: AbortSignal.timeout(5000) }
  const both = [ofFirst, ofSecond].flatMap((frame) => Array.from({ length: tooMany }, () => frame))
  const paused = once(daemon.client, 'pause', within)
  daemon.say(Buffer.concat(both))
  await paused
  const resumed = once(daemon.client, 'resume', within)
  const reading = Array.fromAsync(second)
  await resumed
  const pausedAgain = once(daemon.client, 'pause', within)
  daemon.say(ofFirst)
  await pausedAgain
  connection.close()
  await assert.rejects(reading, { code: 'CPC-LV-004' })
})

test('an upload that fails on the host says so with the number of libvirt', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using upload = await connection.openStream(storageVolUpload, whole)
  const error = Uint8Array.fromHex(recordedReplies.get(24) ?? '').subarray(28)
  daemon.say(streamed(daemon, messageStatus.error, error))
  await assert.rejects(Array.fromAsync(upload), (fault) => libvirtErrorOf(fault)?.code === 42)
  await assert.rejects(upload.write(bytesOf('x')), { code: 'CPC-LV-008' })
  await assert.rejects(upload.finish(), { code: 'CPC-LV-008' })
  assert.equal(await connection.call(connectGetType, {}), 'QEMU')
  connection.close()
})

test('an end that the daemon never confirms is given up', async () => {
  using daemon = new FakeDaemon((frame) => (isStream(frame) ? undefined : obliging(frame)))
  const { connection, timers } = connect(daemon)
  using upload = await connection.openStream(storageVolUpload, whole)
  const finished = upload.finish()
  timers.pass(finishDeadlineMs)
  await assert.rejects(finished, { code: 'CPC-LV-006' })
  await daemon.until((heard) => heard.at(-1)?.header.status === messageStatus.error)
  connection.close()
})

test('a console that nobody reads is cut, and the connection goes on', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using console = await connection.openStream(domainOpenConsole, { domain })
  const chunk = new Uint8Array(streamChunkBytesMax)
  const chunksTooMany = Math.ceil(streamHeldBytesMax / chunk.length) + 1
  for (let sent = 0; sent < chunksTooMany; sent++)
    daemon.say(streamed(daemon, messageStatus.continue, chunk))
  await daemon.until((heard) => heard.at(-1)?.header.status === messageStatus.error)
  daemon.say(streamed(daemon, messageStatus.continue, chunk)) // still under way
  assert.equal(await connection.call(connectGetType, {}), 'QEMU')
  await assert.rejects(Array.fromAsync(console), { code: 'CPC-LV-013' })
  connection.close()
})

test('a download that is read slowly holds the daemon back and loses nothing', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using download = await connection.openStream(storageVolDownload, whole)
  const chunkCount = 40
  const chunk = new Uint8Array(streamChunkBytesMax)
  for (let sent = 0; sent < chunkCount; sent++)
    daemon.say(streamed(daemon, messageStatus.continue, chunk))
  daemon.say(streamed(daemon, messageStatus.continue, end))
  let bytes = 0
  let pauses = 0
  daemon.client.on('pause', () => pauses++)
  for await (const piece of download) {
    bytes += piece.length
    await new Promise(setImmediate)
  }
  assert.equal(bytes, chunkCount * chunk.length)
  assert.ok(pauses > 0, 'it was never held back')
  await download.finish()
  assert.equal(await connection.call(connectGetType, {}), 'QEMU')
  connection.close()
})

test('a stream whose opening came too late is closed on the host', async () => {
  const held: Frame[] = []
  using daemon = new FakeDaemon((frame) => void held.push(frame))
  const { connection, timers } = connect(daemon)
  const opening = connection.openStream(domainOpenConsole, { domain })
  await daemon.until((heard) => heard.length === 1)
  timers.pass(domainOpenConsole.deadlineMs)
  await assert.rejects(opening, { code: 'CPC-LV-006' })
  for (const frame of held.splice(0)) daemon.say(reply(frame, ''))
  await daemon.until((heard) => heard.some(isStream))
  assert.equal(daemon.heard.find(isStream)?.header.status, messageStatus.error)
  connection.close()
})

test('when the host is lost, reader and writer of a stream hear why', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using console = await connection.openStream(domainOpenConsole, { domain })
  daemon.hangUp()
  await assert.rejects(Array.fromAsync(console), { code: 'CPC-LV-004' })
  await assert.rejects(console.write(bytesOf('x')), { code: 'CPC-LV-004' })
})

test('a stream frame of unknown status closes the connection', async () => {
  using daemon = new FakeDaemon(obliging)
  const { connection } = connect(daemon)
  using console = await connection.openStream(domainOpenConsole, { domain })
  daemon.say(streamed(daemon, 7, end))
  await assert.rejects(Array.fromAsync(console), { code: 'CPC-LV-007' })
  assert.equal((await connection.ended)?.code, 'CPC-LV-007')
})

function lifecycle(kind: number, detail: number): Uint8Array {
  const writer = new XdrWriter()
  writer.int(0)
  writeDomain(writer, domain)
  writer.int(kind).int(detail)
  const { procedure } = lifecycleEvent
  const header = { program: program.remote, version: 1, procedure, type: messageType.message }
  return encodeFrame({ ...header, serial: 0, status: 0 }, writer.bytes)
}

const answerRegistration = (frame: Frame): Answer =>
  frame.header.procedure === 316 ? reply(frame, '00000000') : obliging(frame)

test('events come in order, those of later versions as unknown, and end with the host', async () => {
  using daemon = new FakeDaemon(answerRegistration)
  const { connection } = connect(daemon)
  const { events } = await watchLifecycle(connection)
  daemon.say(lifecycle(2, 0))
  daemon.say(lifecycle(5, 1))
  daemon.say(lifecycle(77, 3))
  await connection.call(connectGetType, {}).then(() => daemon.hangUp())
  const seen: unknown[] = []
  await assert.rejects(
    async () => {
      for await (const event of events) seen.push(event)
    },
    { code: 'CPC-LV-004' },
  )
  assert.deepEqual(seen, [
    { kind: 'started', domain, detail: 0 },
    { kind: 'stopped', domain, detail: 1 },
    { kind: 'unknown', domain, detail: 3 },
  ])
})

test('events that nobody reads do not hold up answers, and their loss is told', async () => {
  using daemon = new FakeDaemon(answerRegistration)
  const { connection } = connect(daemon)
  const { events } = await watchLifecycle(connection)
  for (let sent = 0; sent <= eventsWaitingMax; sent++) daemon.say(lifecycle(4, 0))
  assert.equal(await connection.call(connectGetType, {}), 'QEMU')
  connection.close()
  assert.deepEqual(await Array.fromAsync(events), [
    { kind: 'missed' },
    { kind: 'resumed', domain, detail: 0 },
  ])
})

test('a watch that is stopped is taken back on the host, and ends', async () => {
  using daemon = new FakeDaemon((frame) =>
    frame.header.procedure === 317 ? reply(frame, '') : answerRegistration(frame),
  )
  const { connection } = connect(daemon)
  const watch = await watchLifecycle(connection)
  await watch.stop()
  daemon.say(lifecycle(2, 0))
  assert.deepEqual(await Array.fromAsync(watch.events), [])
  assert.equal(daemon.calls.at(-1)?.payload.toHex(), '00000000')
  connection.close()
})

test('an event that makes no sense closes the connection', async () => {
  using daemon = new FakeDaemon(answerRegistration)
  const { connection } = connect(daemon)
  const { events } = await watchLifecycle(connection)
  daemon.say(lifecycle(2, 0).subarray(0, 28).with(3, 28))
  await assert.rejects(Array.fromAsync(events), { code: 'CPC-LV-007' })
})

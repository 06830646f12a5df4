// Why this file exists: what a connection does when the daemon answers well, late, wrongly or not at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outstandingCallsMax, waitingCallsMax } from '../../src/libvirt/connection/calls.ts'
import { LibvirtConnection } from '../../src/libvirt/connection/connection.ts'
import { openHypervisor, procedures } from '../../src/libvirt/index.ts'
import { encodeFrame, type Frame, messageType, program } from '../../src/libvirt/rpc/frame.ts'
import { connectionBattery } from './battery.ts'
import { FakeDaemon, recorded, reply } from './fake-daemon.ts'
import { ManualTimers } from './manual-timers.ts'

const peer = { name: 'n001 (10.1.0.1:16514)' }
const { nodeGetInfo, connectGetHostname, connectGetType } = procedures

connectionBattery({
  name: 'fake daemon',
  open: () => openHypervisor(new FakeDaemon().client, { peer }),
})

function connect(daemon: FakeDaemon): { connection: LibvirtConnection; timers: ManualTimers } {
  const timers = new ManualTimers()
  return { connection: new LibvirtConnection(daemon.client, peer, timers), timers }
}

const keepalive = (procedure: number): Uint8Array =>
  encodeFrame(
    {
      program: program.keepalive,
      version: 1,
      procedure,
      type: messageType.message,
      serial: 0,
      status: 0,
    },
    new Uint8Array(),
  )

const isPing = ({ header }: Frame): boolean =>
  header.program === program.keepalive && header.procedure === 1

for (const [sentence, answer] of [
  ['an answer to no question', (frame) => reply(frame, '', { serial: 999 })],
  ['an answer of another procedure', (frame) => reply(frame, '', { procedure: 1 })],
  ['an unknown program', (frame) => reply(frame, '', { program: 7 })],
  ['another version of the program', (frame) => reply(frame, '', { version: 2 })],
  ['a question asked by the daemon', (frame) => reply(frame, '', { type: messageType.call })],
  ['an answer with the status of a stream', (frame) => reply(frame, '', { status: 2 })],
  ['an answer that is cut short', (frame) => reply(frame, '00000009 66')],
  ['an answer with bytes to spare', (frame) => reply(frame, '00000001 66000000 00000000')],
  ['an error that makes no sense', (frame) => reply(frame, '0000002a', { status: 1 })],
  ['HOSTILE 22: a frame over 32 MiB', () => Uint8Array.fromHex('02000005')],
  ['HOSTILE 22: a frame of negative length', () => Uint8Array.fromHex('ffffffff')],
  ['HOSTILE 22: a frame shorter than its header', () => Uint8Array.fromHex('0000001b')],
] as const satisfies readonly (readonly [string, (frame: Frame) => Uint8Array])[]) {
  test(`${sentence} closes the connection, and everyone who waits hears why`, async () => {
    using daemon = new FakeDaemon((frame) =>
      frame.header.serial === 2 ? answer(frame) : undefined,
    )
    const { connection, timers } = connect(daemon)
    const first = connection.call(nodeGetInfo, {})
    const second = connection.call(connectGetHostname, {})
    await assert.rejects(second, { code: 'CPC-LV-007' })
    await assert.rejects(first, { code: 'CPC-LV-007' })
    assert.equal((await connection.ended)?.code, 'CPC-LV-007')
    assert.equal(timers.pending, 0)
    assert.ok(daemon.client.destroyed)
  })
}

test('HOSTILE 22: a list of negative length closes the connection', async () => {
  using daemon = new FakeDaemon((frame) => reply(frame, 'ffffffff 00000000'))
  const { connection } = connect(daemon)
  await assert.rejects(connection.call(procedures.connectListAllDomains, {}), {
    code: 'CPC-LV-007',
    message: /a list of 4294967295/,
  })
  assert.equal((await connection.ended)?.code, 'CPC-LV-007')
})

test('a daemon that hangs up in the middle of an answer leaves no question open', async () => {
  using daemon = new FakeDaemon()
  const { connection } = connect(daemon)
  const asked = connection.call(procedures.domainGetXmlDesc, {
    domain: { name: 'a', uuid: '00000000-0000-4000-8000-000000000001', id: 1 },
  })
  await daemon.until((heard) => heard.length === 1)
  daemon.say(Uint8Array.fromHex('00000400200080860000'))
  daemon.hangUp()
  await assert.rejects(asked, { code: 'CPC-LV-004' })
  assert.equal((await connection.ended)?.text.where, peer.name)
})

test('a question has a deadline, and its late answer disturbs nobody', async () => {
  const late: Frame[] = []
  using daemon = new FakeDaemon((frame) => {
    if (frame.header.serial > 1) return recorded(frame)
    late.push(frame)
    return undefined
  })
  const { connection, timers } = connect(daemon)
  const asked = connection.call(connectGetHostname, {}, 1000)
  timers.pass(999)
  const other = connection.call(connectGetType, {})
  timers.pass(1)
  await assert.rejects(asked, { code: 'CPC-LV-006' })
  for (const frame of late) daemon.say(recorded(frame) ?? new Uint8Array())
  assert.equal(await other, 'QEMU')
  assert.equal(await connection.call(connectGetType, {}), 'QEMU')
})

test('no more questions are under way than libvirtd reads while it works', async () => {
  const held: Frame[] = []
  using daemon = new FakeDaemon((frame) => void held.push(frame))
  const { connection } = connect(daemon)
  const asked = Array.from({ length: 10 }, () => connection.call(connectGetType, {}))
  await daemon.until((heard) => heard.length === outstandingCallsMax)
  for (let answered = 0; answered < asked.length; answered++) {
    await daemon.until((heard) => heard.length > answered)
    assert.ok(daemon.heard.length - answered <= outstandingCallsMax)
    const frame = held[answered]
    if (frame !== undefined) daemon.say(recorded(frame) ?? new Uint8Array())
    await asked[answered]
  }
  assert.equal(daemon.heard.length, 10)
})

test('a question that was given up keeps its place until the daemon is done with it', async () => {
  const held: Frame[] = []
  using daemon = new FakeDaemon((frame) => void held.push(frame))
  const { connection, timers } = connect(daemon)
  const lost = Array.from({ length: outstandingCallsMax }, () =>
    connection.call(connectGetType, {}, 10),
  )
  await daemon.until((heard) => heard.length === outstandingCallsMax)
  timers.pass(10)
  for (const one of await Promise.allSettled(lost)) assert.equal(one.status, 'rejected')
  const next = connection.call(connectGetType, {})
  assert.equal(daemon.heard.length, outstandingCallsMax)
  for (const frame of held.splice(0)) daemon.say(recorded(frame) ?? new Uint8Array())
  await daemon.until((heard) => heard.length === outstandingCallsMax + 1)
  const frame = held[0]
  if (frame !== undefined) daemon.say(recorded(frame) ?? new Uint8Array())
  assert.equal(await next, 'QEMU')
})

test('the queue before a host is bounded', async () => {
  using daemon = new FakeDaemon(() => undefined)
  const { connection } = connect(daemon)
  const room = outstandingCallsMax + waitingCallsMax
  const asked = Array.from({ length: room }, () => connection.call(connectGetType, {}))
  await assert.rejects(connection.call(connectGetType, {}), { code: 'CPC-LV-010' })
  connection.close()
  for (const one of await Promise.allSettled(asked)) assert.equal(one.status, 'rejected')
})

test("the daemon's keepalive question is answered at once", async () => {
  using daemon = new FakeDaemon()
  const { connection } = connect(daemon)
  daemon.say(keepalive(1))
  await daemon.until((heard) => heard.length === 1)
  const { program: id, procedure, type, serial } = daemon.heard[0]?.header ?? {}
  assert.deepEqual([id, procedure, type, serial], [program.keepalive, 2, messageType.message, 0])
  connection.close()
})

test('a host that answers no keepalive question is given up after the last one', async () => {
  using daemon = new FakeDaemon(() => undefined)
  const { connection, timers } = connect(daemon)
  connection.startKeepalive({ intervalMs: 1000, unansweredMax: 3 })
  const asked = connection.call(nodeGetInfo, {})
  timers.pass(3999)
  await daemon.until((heard) => heard.filter(isPing).length === 3)
  timers.pass(1)
  await assert.rejects(asked, { code: 'CPC-LV-005' })
  assert.equal((await connection.ended)?.code, 'CPC-LV-005')
  assert.equal(timers.pending, 0)
})

test('any frame is a sign of life', async () => {
  using daemon = new FakeDaemon((frame) => (isPing(frame) ? keepalive(2) : recorded(frame)))
  const { connection, timers } = connect(daemon)
  connection.startKeepalive({ intervalMs: 1000, unansweredMax: 1 })
  for (let round = 1; round <= 5; round++) {
    timers.pass(1000)
    await daemon.until((heard) => heard.filter(isPing).length === round)
    assert.equal(await connection.call(connectGetType, {}), 'QEMU')
  }
  connection.close()
})

test('a host without keepalive is not asked', async () => {
  using daemon = new FakeDaemon((frame) =>
    frame.header.procedure === 60 ? reply(frame, '00000000') : recorded(frame),
  )
  const timers = new ManualTimers()
  using _connection = await openHypervisor(daemon.client, { peer, timers })
  assert.equal(timers.pending, 0)
})

test('a daemon that wants a password is refused with what to set', async () => {
  using daemon = new FakeDaemon((frame) => reply(frame, '00000001 00000001'))
  await assert.rejects(openHypervisor(daemon.client, { peer }), { code: 'CPC-LV-011' })
  assert.ok(daemon.client.destroyed)
})

test('serials count from 1, for 0 belongs to messages', async () => {
  using daemon = new FakeDaemon()
  using _connection = await openHypervisor(daemon.client, { peer })
  assert.deepEqual(
    daemon.calls.map((frame) => frame.header.serial),
    [1, 2, 3],
  )
})

// Why this file exists: a console is bytes both ways over a connection that was HTTP a moment before; it must be admitted like
// any other route, lose nothing, and end when either side does.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { apiLimits } from '#api'
import { openedApi, type OpenedForTest, viaTcp } from './ask.ts'
import type { FakeSerial } from './fake-clusters.ts'
import { brokenServices, type FakeCore, fakeCore } from './fake-services.ts'
import { eventually, head, type RawConnection, rawConnection } from './raw-connection.ts'

const path = '/v1/vcns/physics/hpl/compute1/console'
const asking = { connection: 'Upgrade', upgrade: 'coppice-console' }
const switched =
  /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: coppice-console\r\n\r\n/

interface Stage extends AsyncDisposable {
  readonly core: FakeCore
  readonly api: OpenedForTest
  readonly client: RawConnection
}

async function staged(limits = apiLimits): Promise<Stage> {
  const core = fakeCore()
  const api = await openedApi(core.services, limits)
  const client = await rawConnection(api)
  return {
    core,
    api,
    client,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
      await api[Symbol.asyncDispose]()
    },
  }
}

async function opened({ core, client }: Stage, typedAtOnce = ''): Promise<FakeSerial> {
  client.socket.write(head(`GET ${path}`, asking) + typedAtOnce)
  await client.until(switched)
  const serial = core.clusters.serials.at(-1)
  assert.ok(serial)
  return serial
}

function shown({ client }: Stage): string {
  return client.received().replace(switched, '')
}

test('what the node says is shown and what is typed reaches it, byte for byte', async () => {
  await using stage = await staged()
  const serial = await opened(stage)
  serial.push(Buffer.from([0, 13, 10, 27, 255]))
  await eventually(() => shown(stage) === '\0\r\n\x1b\xff')
  stage.client.socket.write('root\r')
  await eventually(() => serial.typed.join('') === 'root\r')
  assert.deepEqual(stage.core.orders, [{ what: 'console compute1.hpl.physics', caller: 'root' }])
})

test('what is typed together with the question is not lost', async () => {
  await using stage = await staged()
  const serial = await opened(stage, 'early\r')
  await eventually(() => serial.typed.join('') === 'early\r')
})

test('without an upgrade the console is refused, and it is said to what', async () => {
  await using stage = await staged()
  const answer = await viaTcp(stage.api, 'admin-secret', { path })
  assert.equal(answer.status, 426)
  assert.equal(answer.headers['upgrade'], 'coppice-console')
  assert.match(answer.text, /CPC-API-009/)
  assert.deepEqual(stage.core.clusters.serials, [])
})

for (const [sentence, start, headers, token, status] of [
  ['no token', `GET ${path}`, asking, null, 401],
  ['a token that only looks', `GET ${path}`, asking, 'reader-secret', 403],
  [
    'a token of another VO',
    'GET /v1/vcns/biology/hpl/compute1/console',
    asking,
    'member-secret',
    403,
  ],
  [
    'the name of another host',
    `GET ${path}`,
    { ...asking, host: 'evil.example' },
    'admin-secret',
    421,
  ],
  ['a VO that is not there', 'GET /v1/vcns/arts/hpl/compute1/console', asking, 'admin-secret', 404],
  ['an address that is none', 'GET /v1/vcns/%zz', asking, 'admin-secret', 400],
  ['another method', `POST ${path}`, { ...asking, 'content-length': '0' }, 'admin-secret', 404],
] as const) {
  test(`a console is asked for with ${sentence}: ${status}, and no byte is passed on`, async () => {
    await using stage = await staged()
    const { client, core } = stage
    client.socket.write(`${head(start, headers, token)}typed`)
    const answer = await client.until(/"do":[^]+\}$/)
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.deepEqual(core.clusters.serials, [])
    if (!start.startsWith('POST')) await client.closed()
  })
}

test('a console that core cannot open is a problem, and the connection is closed', async () => {
  await using api = await openedApi(brokenServices())
  using client = await rawConnection(api)
  client.socket.write(head(`GET ${path}`, asking))
  assert.match(await client.until(/\}$/), /^HTTP\/1\.1 500 [^]*connection: close/i)
  await client.closed()
})

test('another protocol is passed over, as HTTP allows', async () => {
  await using stage = await staged()
  const headers = {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABk',
  }
  stage.client.socket.write(head('GET /v1/status', headers))
  assert.match(await stage.client.until(/\}$/), /^HTTP\/1\.1 200 OK/)
})

test('an upgrade that another route is asked with is an answer and the end', async () => {
  await using stage = await staged()
  stage.client.socket.write(head('GET /v1/status', asking))
  assert.match(await stage.client.until(/\}$/), /^HTTP\/1\.1 200 OK/)
  await stage.client.closed()
})

test('a client that sends no more goes on reading, and its end is passed on', async () => {
  await using stage = await staged()
  const serial = await opened(stage)
  stage.client.socket.end('halt\r')
  await once(serial, 'finish')
  assert.deepEqual(serial.typed, ['halt\r'])
  serial.push('going down')
  await eventually(() => shown(stage) === 'going down')
  serial.push(null)
  await stage.client.closed()
})

test('a client that sends no more and is shown nothing is taken for gone after a while', async () => {
  await using stage = await staged({ ...apiLimits, leftConsoleSilenceMsMax: 50 })
  const serial = await opened(stage)
  stage.client.socket.end()
  await once(serial, 'close')
  await stage.client.closed()
})

test('a client that only listens is never taken for gone', async () => {
  await using stage = await staged({
    ...apiLimits,
    leftConsoleSilenceMsMax: 10,
    // Enough for the opening itself, on a machine with other work.
    requestMsMax: 1500,
    headersMsMax: 1000,
    deadlineCheckMs: 50,
  })
  const serial = await opened(stage)
  // Longer than any of these limits: as long as it takes another connection to be late.
  using other = await rawConnection(stage.api)
  other.socket.write('GET / HTTP/1.1\r\n')
  await other.until(/^HTTP\/1\.1 408 /)
  serial.push('still here')
  await eventually(() => shown(stage) === 'still here')
})

test('the end of the node is the end of the connection, after its last words', async () => {
  await using stage = await staged()
  const serial = await opened(stage)
  const lastWords = 'x'.repeat(1_000_000)
  serial.push(lastWords)
  serial.push(null)
  await stage.client.closed()
  assert.equal(shown(stage).length, lastWords.length)
  assert.equal(serial.destroyed, true)
})

test('last words reach a client that types much meanwhile, and nobody waits for more', async () => {
  await using stage = await staged({ ...apiLimits, lastWordsMsMax: 60_000 })
  const serial = await opened(stage)
  const lastWords = 'y'.repeat(500_000)
  serial.push(lastWords)
  serial.push(null)
  // More than lies in between, so that it can end only if somebody reads it.
  stage.client.socket.write(Buffer.alloc(30_000_000))
  await stage.client.closed()
  assert.equal(shown(stage), lastWords)
})

test('a client that does not hear the end loses the connection', async () => {
  await using stage = await staged({ ...apiLimits, lastWordsMsMax: 20, consolesMax: 1 })
  const serial = await opened(stage)
  stage.client.socket.pause()
  serial.push('x'.repeat(20_000_000))
  await eventually(() => serial.readableLength === 0)
  serial.destroy()
  // Room for another is made when our end of this one is gone.
  const deadline = AbortSignal.timeout(10_000)
  let isRefused = true
  while (isRefused && !deadline.aborted) {
    using other = await rawConnection(stage.api)
    other.socket.write(head(`GET ${path}`, asking))
    isRefused = !switched.test(await other.until(/^HTTP\/1\.1 (101|503) [^]*\r\n\r\n/))
  }
  assert.equal(isRefused, false)
})

for (const [sentence, fail] of [
  ['fails', (serial: FakeSerial) => serial.destroy(new Error('the host is gone'))],
  ['is closed', (serial: FakeSerial) => serial.destroy()],
] as const) {
  test(`a stream that ${sentence} ends the connection and nothing else`, async () => {
    await using stage = await staged()
    const serial = await opened(stage)
    fail(serial)
    await stage.client.closed()
    assert.equal((await viaTcp(stage.api, 'admin-secret', { path: '/v1/status' })).status, 200)
  })
}

for (const [sentence, leave] of [
  ['that goes', ({ socket }: RawConnection) => socket.destroy()],
  ['that is cut off', ({ socket }: RawConnection) => socket.resetAndDestroy()],
] as const) {
  test(`a client ${sentence} frees the console of the node`, async () => {
    await using stage = await staged({ ...apiLimits, leftConsoleSilenceMsMax: 50 })
    const serial = await opened(stage)
    leave(stage.client)
    await eventually(() => serial.destroyed)
  })
}

test('a client that goes while the console is being opened leaves none open', async () => {
  const core = fakeCore()
  const { promise, resolve } = Promise.withResolvers<void>()
  const whole = core.services.vcns
  const vcns = {
    ...whole,
    console: async (...asked: Parameters<typeof whole.console>) => {
      await promise
      return whole.console(...asked)
    },
  }
  let asked = 0
  const status = () => {
    asked += 1
    return core.services.status()
  }
  await using api = await openedApi({ ...core.services, vcns, status })
  using client = await rawConnection(api)
  client.socket.write(head(`GET ${path}`, asking))
  await eventually(() => asked > 0)
  client.socket.resetAndDestroy()
  // Whose answer comes after the reset was noticed.
  await viaTcp(api, 'admin-secret', { path: '/v1/status' })
  resolve()
  await eventually(() => core.clusters.serials[0]?.destroyed === true)
})

test('who does not read makes the node wait, and a node that does not read its client', async () => {
  await using stage = await staged()
  const serial = await opened(stage)
  stage.client.socket.pause()
  let pushed = 0
  while (pushed < 512 && serial.readableLength < 1_000_000) {
    serial.push(Buffer.alloc(100_000))
    pushed += 1
    for (let turn = 0; turn < 20; turn += 1) await new Promise((go) => setImmediate(go))
  }
  assert.ok(pushed < 512, 'all of it was taken')
  stage.client.socket.resume()
  serial.isStuck = true
  const { socket } = stage.client
  let written = 0
  while (written < 512 && socket.writableLength < 1_000_000) {
    socket.write(Buffer.alloc(100_000, 'x'))
    written += 1
    for (let turn = 0; turn < 20; turn += 1) await new Promise((go) => setImmediate(go))
  }
  assert.ok(written < 512, 'all of it was taken')
})

test('the second console over the limit is refused, and the end of one makes room', async () => {
  await using stage = await staged({ ...apiLimits, consolesMax: 1 })
  const serial = await opened(stage)
  using other = await rawConnection(stage.api)
  other.socket.write(head(`GET ${path}`, asking))
  assert.match(await other.until(/\}$/), /^HTTP\/1\.1 503 [^]*CPC-API-010/)
  serial.push(null)
  await stage.client.closed()
  using third = await rawConnection(stage.api)
  third.socket.write(head(`GET ${path}`, asking))
  await third.until(switched)
})

test('closing the API ends every console', async () => {
  const core = fakeCore()
  const api = await openedApi(core.services)
  using client = await rawConnection(api)
  client.socket.write(head(`GET ${path}`, asking))
  await client.until(switched)
  await api[Symbol.asyncDispose]()
  await client.closed()
  assert.equal(core.clusters.serials[0]?.destroyed, true)
})

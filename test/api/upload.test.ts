// Why this file exists: an image must come whole or not at all, whatever the client does to the connection, and a refusal must
// reach a client that still sends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiLimits } from '#api'
import { openedApi, type OpenedForTest } from './ask.ts'
import { refusing } from './fake-clusters.ts'
import { type FakeCore, fakeCore } from './fake-services.ts'
import { eventually, head, type RawConnection, rawConnection } from './raw-connection.ts'

const push = 'POST /v1/images/physics/voc'
const octets = { 'content-type': 'application/octet-stream' }
const chunked = { ...octets, 'transfer-encoding': 'chunked' }
const long = (bytes: number) => ({ ...octets, 'content-length': String(bytes) })

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

for (const [sentence, text] of [
  ['a length', `${head(push, long(10))}0123456789`],
  ['chunks', `${head(push, chunked)}4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n`],
] as const) {
  test(`an image that comes with ${sentence} reaches the store whole`, async () => {
    await using stage = await staged()
    stage.client.socket.write(text)
    await stage.client.until(/^HTTP\/1\.1 201 [^]*"isNew":true/)
    assert.deepEqual(stage.core.clusters.uploads, [10])
  })
}

test('an image of 64 MiB goes through without being held', async () => {
  await using stage = await staged()
  const { client, core } = stage
  const chunk = Buffer.alloc(1024 * 1024)
  client.socket.write(head(push, long(64 * chunk.length)))
  for (let sent = 0; sent < 64; sent += 1) {
    if (!client.socket.write(chunk)) await new Promise((go) => client.socket.once('drain', go))
  }
  await client.until(/201 Created/)
  assert.deepEqual(core.clusters.uploads, [64 * chunk.length])
})

test('a store that takes nothing makes the client wait instead of filling our memory', async () => {
  const core = fakeCore()
  const { promise: taking, resolve: take } = Promise.withResolvers<void>()
  const whole = core.services.images
  const images = {
    ...whole,
    push: async (...asked: Parameters<typeof whole.push>) => {
      await taking
      return whole.push(...asked)
    },
  }
  await using api = await openedApi({ ...core.services, images })
  using client = await rawConnection(api)
  const bytes = 256 * 1024 * 1024
  const rssBefore = process.memoryUsage().arrayBuffers
  client.socket.write(head(push, long(bytes)))
  const chunk = Buffer.alloc(1024 * 1024)
  let sent = 0
  // Until the kernel takes no more for so long that nobody reads at the other end.
  while (client.socket.writableLength < 2 * chunk.length && sent < bytes) {
    client.socket.write(chunk)
    sent += chunk.length
    for (let turn = 0; turn < 50; turn += 1) await new Promise((go) => setImmediate(go))
  }
  assert.ok(sent < 64 * chunk.length, `${sent} bytes were taken`)
  assert.ok(process.memoryUsage().arrayBuffers - rssBefore < 32 * chunk.length)
  take()
  client.socket.destroy()
  await eventually(() => core.clusters.uploads.length === 1)
  assert.equal(typeof core.clusters.uploads[0], 'string')
})

const whole = head(push, long(1000))
const half = 'x'.repeat(500)
for (const [sentence, text, leave] of [
  ['of a known length, when the client is gone', whole + half, 'destroy'],
  ['of a known length, when the client says that was all', whole + half, 'end'],
  ['of a known length, when the connection is reset', whole + half, 'reset'],
  ['of which nothing came', whole, 'end'],
  ['in chunks, in the middle of one', `${head(push, chunked)}400\r\n${half}`, 'end'],
  ['in chunks, before the last', `${head(push, chunked)}1f4\r\n${half}\r\n`, 'end'],
  ['in chunks, when the client is gone', `${head(push, chunked)}1f4\r\n${half}\r\n`, 'destroy'],
  ['in chunks that are none', `${head(push, chunked)}1f4\r\n${half}\r\nzz\r\n`, undefined],
  ['in chunks that are longer than they say', `${head(push, chunked)}3\r\n${half}\r\n`, undefined],
] as const) {
  test(`HOSTILE 52: an image ${sentence}, fails in the store and never ends there`, async () => {
    await using stage = await staged()
    const { client, core } = stage
    client.socket.write(text)
    await eventually(() => core.orders.length === 1)
    if (leave === 'destroy') client.socket.destroy()
    if (leave === 'end') client.socket.end()
    if (leave === 'reset') client.socket.resetAndDestroy()
    await eventually(() => core.clusters.uploads.length > 0)
    const [ended] = core.clusters.uploads
    assert.equal(typeof ended, 'string', `it ended with ${ended} bytes`)
    await client.closed()
    assert.doesNotMatch(client.received(), / 20[01] /)
  })
}

for (const [sentence, token, headers, afterBytes, status] of [
  ['before it reads', 'admin-secret', {}, 0, 403],
  ['in the middle', 'admin-secret', {}, 3_000_000, 403],
  ['for want of a token', null, {}, 0, 401],
  ['for its role', 'reader-secret', {}, 0, 403],
  ['for its kind', 'admin-secret', { 'content-type': 'text/plain' }, 0, 415],
] as const) {
  test(`a push that is refused ${sentence} is told so while it still sends`, async () => {
    await using stage = await staged()
    const { client, core } = stage
    core.clusters.refusal = { afterBytes, fault: refusing() }
    const bytes = 1024 ** 4
    client.socket.write(head(push, { ...long(bytes), ...headers }, token))
    const chunk = Buffer.alloc(256 * 1024)
    // As a client that looks at answers between its writes.
    for (let sent = 0; sent < 64 && client.received() === ''; sent += 1) {
      if (!client.socket.write(chunk)) await new Promise((go) => client.socket.once('drain', go))
      await new Promise((go) => setImmediate(go))
    }
    const answer = await client.until(/"do":[^]+\}$/)
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.match(answer, /\r\nconnection: close\r\n/i)
    const [top = '', body = ''] = answer.split('\r\n\r\n')
    assert.match(top, new RegExp(`content-length: ${body.length}`, 'i'))
    client.socket.end()
    await client.closed()
    assert.equal(client.received(), answer)
  })
}

for (const [sentence, limits, chunkBytes] of [
  ['much', { answeredBytesMax: 1_000_000, answeredMsMax: 60_000 }, 100_000],
  ['slowly', { answeredBytesMax: 2 ** 40, answeredMsMax: 50 }, 1],
] as const) {
  test(`who goes on sending after a refusal, however ${sentence}, loses the connection`, async () => {
    await using stage = await staged({ ...apiLimits, ...limits })
    const { client, core } = stage
    core.clusters.refusal = { afterBytes: 0, fault: refusing() }
    client.socket.write(head(push, long(1024 ** 4)))
    await client.until(/403 Forbidden/)
    const sending = setInterval(() => client.socket.write(Buffer.alloc(chunkBytes)), 1)
    await client.closed().finally(() => clearInterval(sending))
  })
}

const hasty = { ...apiLimits, requestMsMax: 200, headersMsMax: 100, deadlineCheckMs: 20 }

test('an upload may take longer than any other request', async () => {
  await using stage = await staged(hasty)
  const { client, core, api } = stage
  client.socket.write(`${head(push, long(10))}01234`)
  await eventually(() => core.orders.length === 1)
  // Younger than the upload, and late already.
  using other = await rawConnection(api)
  other.socket.write(
    head('POST /v1/networks', { 'content-type': 'application/json', 'content-length': '9' }),
  )
  await other.until(/^HTTP\/1\.1 408 /)
  client.socket.write('56789')
  await client.until(/^HTTP\/1\.1 201 /)
  assert.deepEqual(core.clusters.uploads, [10])
})

const json = { 'content-type': 'application/json', 'content-length': '1000' }
for (const [sentence, first, drip] of [
  ['headers', 'GET /v1/machines HTTP/1.1\r\n', 'x: y\r\n'],
  ['headers of an upload', `${push} HTTP/1.1\r\n`, 'x: y\r\n'],
  ['a body', head('POST /v1/networks', json), ' '],
  [
    'a body in chunks',
    head('POST /v1/plans', {
      ...json,
      'content-length': '',
      ...chunked,
      'content-type': 'application/json',
    }).replace('content-length: \r\n', ''),
    '1\r\n \r\n',
  ],
  ['a body that nobody asked for', head('GET /v1/machines', json), ' '],
  ['a body for an address that is none', head('POST /v1/%zz', json), ' '],
  [
    'a body that expects what we do not know',
    head('POST /v1/networks', { ...json, expect: 'wonders' }),
    ' ',
  ],
  ['an upload without a token', head(push, long(1000), null), 'x'],
] as const) {
  test(`HOSTILE 28: ${sentence} sent byte by byte cost the sender the connection`, async () => {
    await using stage = await staged({ ...hasty, answeredMsMax: 100 })
    const { client } = stage
    client.socket.write(first)
    const dripping = setInterval(() => client.socket.write(drip), 20)
    await client.closed().finally(() => clearInterval(dripping))
    assert.doesNotMatch(client.received(), / 20[01] Created/)
  })
}

test('a request that is late is told so in our form', async () => {
  await using stage = await staged(hasty)
  stage.client.socket.write(head('POST /v1/networks', json))
  const answer = await stage.client.until(/\}$/)
  assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/)
  assert.match(answer, /application\/problem\+json[^]*"code":"CPC-API-002"/)
})

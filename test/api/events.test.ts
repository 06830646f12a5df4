// Why this file exists: followers of events stay connected; they get each event, and none of them is kept after it has gone.
import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { test } from 'node:test'
import type { EventView } from '#api'
import { openedApi, type OpenedForTest } from './ask.ts'
import { fakeCore } from './fake-services.ts'

const event: EventView = {
  at: '2026-01-31T12:00:01.000Z',
  kind: 'lease',
  subject: 'n002',
  text: 'two\nlines',
}

async function follow(
  api: OpenedForTest,
  accept: string,
): Promise<{ readonly response: IncomingMessage; readonly leave: () => void }> {
  const asked = request({
    socketPath: api.socketPath,
    path: '/v1/events',
    headers: { accept },
    agent: false,
  })
  asked.on('error', () => undefined)
  asked.end()
  const response = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve))
  response.setEncoding('utf8')
  response.on('error', () => undefined)
  return { response, leave: () => asked.destroy() }
}

/** However it ends: a stream that is cut off ends with an error. */
function closing(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve()
    else response.once('close', () => resolve())
  })
}

/** Reads until so many times the separator has come. */
async function pieces(
  response: IncomingMessage,
  separator: string,
  count: number,
): Promise<string[]> {
  let text = ''
  for await (const part of response.iterator({ destroyOnReturn: false })) {
    text += String(part)
    if (text.split(separator).length > count) break
  }
  return text.split(separator).slice(0, count)
}

for (const [sentence, accept, separator, payload] of [
  [
    'as a stream of events',
    'text/event-stream',
    '\n\n',
    (piece: string) => piece.split('\ndata: ')[1] ?? '',
  ],
  ['as JSON lines', 'application/x-ndjson', '\n', (piece: string) => piece],
] as const) {
  test(`events come ${sentence}, the latest ones first`, async () => {
    const core = fakeCore()
    await using api = await openedApi(core.services)
    const { response, leave } = await follow(api, accept)
    assert.match(response.headers['content-type'] ?? '', new RegExp(accept))
    for (const listener of core.listeners) listener(event)
    const [first, second] = await pieces(response, separator, 2)
    assert.match(payload(first ?? ''), /"subject":"n001"/)
    assert.deepEqual(JSON.parse(payload(second ?? '')), event)
    leave()
  })
}

test('a follower that leaves is forgotten by core', async () => {
  const core = fakeCore()
  await using api = await openedApi(core.services)
  const { response, leave } = await follow(api, 'application/x-ndjson')
  const [listener] = core.listeners
  assert.ok(listener)
  leave()
  await closing(response)
  // The server learns of it by its next turn at the socket.
  const deadline = AbortSignal.timeout(5000)
  while (core.listeners.size > 0 && !deadline.aborted) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(core.listeners.size, 0)
})

test('a follower that reads nothing is cut off instead of filling our memory', async () => {
  const core = fakeCore()
  await using api = await openedApi(core.services)
  const { response } = await follow(api, 'application/x-ndjson')
  response.pause()
  const large = { ...event, text: 'x'.repeat(100_000) }
  // 400 events of 100 kB: far beyond what sockets buffer and what we keep for him.
  for (let turn = 0; turn < 400 && core.listeners.size > 0; turn += 1) {
    for (const listener of core.listeners) listener(large)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(core.listeners.size, 0)
})

test('the 65th follower is told that there are too many, and the end of one makes room', async () => {
  const core = fakeCore()
  await using api = await openedApi(core.services)
  const followers = await Promise.all(
    Array.from({ length: 64 }, () => follow(api, 'application/x-ndjson')),
  )
  const refused = await follow(api, 'application/x-ndjson')
  assert.equal(refused.response.statusCode, 503)
  followers[0]?.leave()
  const deadline = AbortSignal.timeout(5000)
  while (core.listeners.size > 63 && !deadline.aborted) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  const welcome = await follow(api, 'application/x-ndjson')
  assert.equal(welcome.response.statusCode, 200)
})

test('closing the API ends every stream', async () => {
  const core = fakeCore()
  const api = await openedApi(core.services)
  const { response } = await follow(api, 'application/x-ndjson')
  response.resume()
  const closed = closing(response)
  await api[Symbol.asyncDispose]()
  await closed
  assert.equal(core.listeners.size, 0)
})

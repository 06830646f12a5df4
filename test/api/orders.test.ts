// Why this file exists: an order for many is one request with a bound on it; who waits long hears how far it is, and who
// goes away ends it.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { apiLimits, ordersMax } from '#api'
import { openedApi, type OpenedForTest, viaSocket } from './ask.ts'
import { fakeCore, machine } from './fake-services.ts'

const core = fakeCore()
let api: OpenedForTest
before(async () => {
  api = await openedApi(core.services)
})
after(() => api[Symbol.asyncDispose]())
beforeEach(() => {
  core.machines.clear()
  core.orders.length = 0
  delete core.beforeEachOrder
})

const path = '/v1/machine-orders'
const order = (body: object) => viaSocket(api, { method: 'POST', path, body })
const newOnes = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `n${at + 1}`, macs: [] }))

test('what is to be added, changed and removed goes in one order, and its answer names each', async () => {
  core.machines.set('old', machine('old'))
  core.machines.set('gone', machine('gone'))
  const body = {
    add: [...newOnes(2), { name: 'bad1', macs: [] }],
    change: [{ name: 'old', tags: ['a'] }],
    remove: ['gone'],
    views: true,
  }
  const { status, json } = await order(body)
  assert.equal(status, 200)
  const trouble = {
    code: 'CPC-LDAP-005',
    what: 'it was refused',
    where: 'ldap',
    why: 'no',
    do: 'ask',
  }
  assert.deepEqual(json, {
    done: ['n1', 'n2', 'old', 'gone'],
    failed: [{ name: 'bad1', trouble }],
    views: [machine('n1'), machine('n2'), machine('old', { tags: ['a'] })],
  })
})

test('a dry run answers with LDIF and changes nothing', async () => {
  const { json } = await order({ add: newOnes(1), dryRun: true })
  assert.deepEqual(json, {
    done: [],
    failed: [],
    ldif: 'version: 1\n\ndn: cn=x\nchangetype: add\ncn: x\n',
  })
  assert.deepEqual(core.orders, [])
})

for (const [sentence, body, why] of [
  ['an order for nobody', {}, /an order names at least one/],
  ['an order with a key that is none', { add: [{ name: 'n1', mac: 'x' }] }, /add\.0/],
  [
    'an order that is too large altogether',
    { remove: Array.from({ length: ordersMax }, () => 'n1'), add: newOnes(1) },
    /an order is for 100000 at most/,
  ],
] as const) {
  test(`${sentence} is refused with the reason`, async () => {
    const { status, json } = await order(body)
    assert.equal(status, 400)
    assert.match(JSON.stringify(json), why)
    assert.deepEqual(core.orders, [])
  })
}

test('what is wrong before anything is written is a problem with its own status', async () => {
  core.machines.set('n1', machine('n1'))
  assert.equal((await order({ add: newOnes(1) })).status, 409)
  assert.equal((await order({ remove: ['nobody'] })).status, 404)
})

interface Lines {
  readonly type: string | undefined
  readonly lines: readonly unknown[]
}

/** Asks for lines; `onLine` is called at the first. */
function inLines(
  { socketPath }: OpenedForTest,
  body: object,
  onFirst: () => void = () => undefined,
): Promise<Lines> {
  const { promise, resolve, reject } = Promise.withResolvers<Lines>()
  const headers = { accept: 'application/x-ndjson', 'content-type': 'application/json' }
  const asked = request({ socketPath, path, method: 'POST', headers }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => {
      if (text === '') onFirst()
      text += part
    })
    response.once('end', () => {
      const lines = text.trimEnd().split('\n')
      resolve({
        type: response.headers['content-type'],
        lines: lines.map((line): unknown => JSON.parse(line)),
      })
    })
  })
  asked.once('error', reject)
  asked.end(JSON.stringify(body))
  return promise
}

test('an order that takes long tells how far it is, and last what came of it', async () => {
  await using patient = await openedApi(core.services, { ...apiLimits, orderProgressMs: 0 })
  const heard = Promise.withResolvers<void>()
  core.beforeEachOrder = (name) => (name === 'n2' ? heard.promise : Promise.resolve())
  const { type, lines } = await inLines(patient, { add: newOnes(2) }, heard.resolve)
  assert.equal(type, 'application/x-ndjson')
  assert.deepEqual(lines, [
    { kind: 'progress', progress: { done: 0, of: 2 } },
    { kind: 'progress', progress: { done: 1, of: 2 } },
    { kind: 'result', result: { done: ['n1', 'n2'], failed: [] } },
  ])
})

test('an order that is soon done is answered as any other, also to who would read lines', async () => {
  const { type, lines } = await inLines(api, { add: newOnes(3) })
  assert.match(type ?? '', /^application\/json/)
  assert.deepEqual(lines, [{ done: ['n1', 'n2', 'n3'], failed: [] }])
})

test('who goes away ends the order', async () => {
  const aborted = Promise.withResolvers<void>()
  const services = {
    ...core.services,
    machines: {
      ...core.services.machines,
      order: (...[, , { signal }]: Parameters<typeof core.services.machines.order>) => {
        signal.addEventListener('abort', () => aborted.resolve())
        asked.destroy()
        return aborted.promise.then(() => ({ done: [], failed: [] }))
      },
    },
  }
  await using own = await openedApi(services)
  const asked = request({
    socketPath: own.socketPath,
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  asked.on('error', () => undefined)
  asked.end(JSON.stringify({ add: newOnes(1) }))
  await aborted.promise
})

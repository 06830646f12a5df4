// Why this file exists: who may ask what is one table, and every route there is must be in it; this asks each of them as
// everybody.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type Answered,
  type Asked,
  codeOf,
  member,
  openedApi,
  type OpenedForTest,
  viaSocket,
  viaTcp,
} from './ask.ts'
import { fakeCore, machine } from './fake-services.ts'

const core = fakeCore()
core.machines.set('n001', machine('n001'))
let api: OpenedForTest
before(async () => {
  api = await openedApi(core.services)
})
after(() => api[Symbol.asyncDispose]())

const file = { name: 'hpl.yaml', text: 'cluster: hpl' }
const onCluster = (vo: string) => ({ on: { kind: 'cluster', vo, cluster: 'hpl' } })
const image = { headers: { 'content-type': 'application/octet-stream' }, raw: 'QFI' } as const

/** Each route once, as one would ask it of the VO physics, and who else than admin and operator may. */
const questions: readonly (readonly [keyof typeof who, Asked])[] = [
  ['staff', { method: 'POST', path: '/v1/directory/held', body: { decision: 'accept' } }],
  ['staff', { method: 'POST', path: '/v1/imports', body: { files: [file] } }],
  ['lookers', { path: '/v1/directory/export/hosts' }],
  ['lookers', { path: '/v1/status' }],
  ['lookers', { path: '/v1/lint' }],
  ['lookers', { path: '/v1/directory/held' }],
  ['lookers', { path: '/v1/explain/n001' }],
  ['lookers', { method: 'POST', path: '/v1/whatif/entries', body: { ldif: 'dn: cn=a' } }],
  ['lookers', { method: 'POST', path: '/v1/whatif/packets', body: { pcap: '' } }],
  ['lookers', { path: '/v1/machines' }],
  ['staff', { method: 'POST', path: '/v1/machines', body: { name: 'n1', macs: [] } }],
  [
    'staff',
    { method: 'POST', path: '/v1/machine-orders', body: { add: [{ name: 'n2', macs: [] }] } },
  ],
  ['lookers', { path: '/v1/machines/n001' }],
  ['staff', { method: 'PATCH', path: '/v1/machines/n001', body: {} }],
  ['staff', { method: 'DELETE', path: '/v1/machines/n1' }],
  ['lookers', { path: '/v1/machines/n001/timeline' }],
  ['staff', { method: 'POST', path: '/v1/machines/n001/power', body: { action: 'on' } }],
  ['staff', { method: 'POST', path: '/v1/machines/n001/confirm-off', body: { looked: true } }],
  ['staff', { method: 'POST', path: '/v1/machines/n001/boot', body: { next: 'disk' } }],
  ['lookers', { path: '/v1/waiting' }],
  ['staff', { method: 'POST', path: '/v1/waiting/00:00:00:00:00:01/adopt', body: { name: 'n9' } }],
  ['lookers', { path: '/v1/networks' }],
  ['staff', { method: 'POST', path: '/v1/networks', body: { name: 'n', subnet: '10.0.0.0/8' } }],
  ['lookers', { path: '/v1/networks/n' }],
  ['staff', { method: 'PATCH', path: '/v1/networks/n', body: {} }],
  ['staff', { method: 'POST', path: '/v1/network-orders', body: { remove: ['m'] } }],
  ['staff', { method: 'DELETE', path: '/v1/networks/n' }],
  ['lookers', { path: '/v1/leases' }],
  ['lookers', { path: '/v1/leases/10.1.0.1' }],
  ['staff', { method: 'DELETE', path: '/v1/leases/10.1.200.7' }],
  ['admin', { path: '/v1/tokens' }],
  ['admin', { method: 'POST', path: '/v1/tokens', body: { name: 'x', role: 'admin' } }],
  ['admin', { method: 'DELETE', path: '/v1/tokens/t1' }],
  ['everybody', { path: '/v1/vos' }],
  ['admin', { method: 'POST', path: '/v1/vos', body: { name: 'arts' } }],
  ['everybody', { path: '/v1/vos/physics' }],
  ['admin', { method: 'PATCH', path: '/v1/vos/physics', body: { quota: null } }],
  ['admin', { method: 'DELETE', path: '/v1/vos/physics' }],
  ['everybody', { path: '/v1/images?vo=physics' }],
  ['workers', { method: 'POST', path: '/v1/images/physics/voc', ...image }],
  ['everybody', { path: '/v1/images/physics/voc@3' }],
  ['workers', { method: 'POST', path: '/v1/images/physics/voc@3/verify' }],
  ['workers', { method: 'DELETE', path: '/v1/images/physics/voc@3' }],
  ['everybody', { path: '/v1/clusters' }],
  ['workers', { method: 'POST', path: '/v1/plans', body: { file } }],
  ['workers', { method: 'POST', path: '/v1/clusters', body: { file, hash: 'abc' } }],
  ['everybody', { path: '/v1/clusters/physics/hpl' }],
  ['everybody', { path: '/v1/clusters/physics/hpl/plan-down' }],
  ['everybody', { path: '/v1/clusters/physics/hpl/timeline' }],
  ['workers', { method: 'DELETE', path: '/v1/clusters/physics/hpl' }],
  ['everybody', { path: '/v1/vcns?vo=physics&cluster=hpl' }],
  ['everybody', { path: '/v1/vcns/physics/hpl/compute1' }],
  ['workers', { path: '/v1/vcns/physics/hpl/compute1/console' }],
  ['everybody', { path: '/v1/jobs' }],
  ['everybody', { path: '/v1/jobs/j2' }],
  ['workers', { method: 'POST', path: '/v1/jobs/j2/cancel' }],
  ['everybody', { path: '/v1/hpl-runs' }],
  ['workers', { method: 'POST', path: '/v1/hpl-runs', body: onCluster('physics') }],
  ['everybody', { path: '/v1/hpl-runs/r2' }],
  ['everybody', { path: '/v1/hpl-comparisons?virtual=r2&physical=r3' }],
]

const who = {
  admin: ['admin'],
  staff: ['admin', 'operator'],
  lookers: ['admin', 'operator', 'reader'],
  workers: ['admin', 'operator', 'member'],
  everybody: ['admin', 'operator', 'reader', 'member'],
} as const

/** Whatever core says then: who was admitted is told about the thing, not about himself. */
function isAdmitted({ status }: Answered): boolean {
  return status !== 401 && status !== 403 && status < 500
}

for (const [group, asked] of questions) {
  const { method = 'GET', path } = asked
  test(`${method} ${path} is for ${who[group].join(', ')} and for nobody else`, async () => {
    // A member without a VO is a token of an older kind.
    for (const one of ['admin', 'operator', 'reader', 'member', 'nobody']) {
      const answer = await viaTcp(api, `${one}-secret`, asked)
      const may: readonly string[] = who[group]
      if (may.includes(one)) assert.ok(isAdmitted(answer), `${one}: ${answer.text}`)
      else assert.deepEqual([answer.status, codeOf(answer)], [403, 'CPC-API-005'], one)
    }
    assert.equal((await viaTcp(api, undefined, asked)).status, 401)
  })
}

test('/openapi.json describes every route of this table and no other, and what each refuses', async () => {
  const { json } = await viaSocket(api, { path: '/openapi.json' })
  assert.equal(member(json, 'openapi'), '3.1.0')
  const paths = member(json, 'paths')
  assert.ok(typeof paths === 'object' && paths !== null)
  const operations = Object.entries(paths).flatMap(([path, methods]: [string, unknown]) => {
    assert.ok(typeof methods === 'object' && methods !== null)
    return Object.entries(methods).map(([method, operation]: [string, unknown]) => {
      const name = `${method.toUpperCase()} ${path}`
      if (path.startsWith('/v1/') && path !== '/v1/events')
        for (const status of ['4XX', '5XX'])
          assert.ok(member(member(operation, 'responses'), status), `${name} ${status}`)
      return { name, shape: new RegExp(`^${name.replaceAll(/\{\w+\}/g, '[^/ ]+')}$`) }
    })
  })
  const asked = questions.map(([, { method = 'GET', path }]) => `${method} ${path.split('?')[0]}`)
  const unasked = operations.filter(({ shape }) => !asked.some((one) => shape.test(one)))
  assert.deepEqual(
    unasked.map(({ name }) => name),
    ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /v1/events'],
  )
  assert.equal(operations.length, questions.length + 4)
})

test('/openapi.json says that an image is sent as raw bytes', async () => {
  const { json } = await viaSocket(api, { path: '/openapi.json' })
  const upload = member(member(member(json, 'paths'), '/v1/images/{vo}/{name}'), 'post')
  const content = member(member(upload, 'requestBody'), 'content')
  const schema = member(member(content, 'application/octet-stream'), 'schema')
  assert.deepEqual(schema, { type: 'string', format: 'binary' })
})

test('the events are for those who may see everything', async () => {
  const path = '/v1/events'
  for (const secret of ['member-secret', 'nobody-secret'])
    assert.equal((await viaTcp(api, secret, { path })).status, 403)
})

for (const [sentence, asked] of [
  ['VO', { path: '/v1/vos/biology' }],
  ['images', { path: '/v1/images?vo=biology' }],
  ['image', { path: '/v1/images/biology/voc@3' }],
  ['image, by pushing', { method: 'POST', path: '/v1/images/biology/voc', ...image }],
  ['image, by removing it', { method: 'DELETE', path: '/v1/images/biology/voc@3' }],
  ['cluster', { path: '/v1/clusters/biology/hpl' }],
  ['cluster, by an escape in the address', { path: '/v1/clusters/b%69ology/hpl' }],
  ['cluster, by another case', { path: '/v1/clusters/PHYSICS/hpl' }],
  ['cluster, by taking it down', { method: 'DELETE', path: '/v1/clusters/biology/hpl' }],
  ['nodes', { path: '/v1/vcns?vo=biology' }],
  ['node', { path: '/v1/vcns/biology/hpl/compute1' }],
  ['console', { path: '/v1/vcns/biology/hpl/compute1/console' }],
  ['job', { path: '/v1/jobs/j1' }],
  ['job, by ending it', { method: 'POST', path: '/v1/jobs/j1/cancel' }],
  ['benchmark run', { path: '/v1/hpl-runs/r1' }],
  ['benchmark run, by comparing', { path: '/v1/hpl-comparisons?virtual=r1&physical=r3' }],
  [
    'cluster, by a benchmark on it',
    { method: 'POST', path: '/v1/hpl-runs', body: onCluster('biology') },
  ],
  ['job on bare hosts', { path: '/v1/jobs/j3' }],
  ['job on bare hosts, by ending it', { method: 'POST', path: '/v1/jobs/j3/cancel' }],
  [
    'bare hosts',
    { method: 'POST', path: '/v1/hpl-runs', body: { on: { kind: 'hosts', hosts: ['n1'] } } },
  ],
] satisfies readonly (readonly [string, Asked])[]) {
  test(`a member of physics does not reach another's ${sentence}`, async () => {
    const before = core.orders.length
    const answer = await viaTcp(api, 'member-secret', asked)
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'CPC-API-005'], answer.text)
    assert.equal(core.orders.length, before)
  })
}

for (const [path, key] of [
  ['/v1/vos', 'name'],
  ['/v1/images', 'vo'],
  ['/v1/clusters', 'vo'],
  ['/v1/vcns', 'vo'],
] as const) {
  test(`of ${path} a member sees what is of his VO, and an operator everything`, async () => {
    const seen = async (secret: string): Promise<unknown[]> => {
      const items = member((await viaTcp(api, secret, { path })).json, 'items')
      assert.ok(Array.isArray(items))
      return items.map((one) => member(one, key))
    }
    assert.deepEqual(await seen('member-secret'), ['physics'])
    assert.deepEqual(await seen('operator-secret'), ['biology', 'physics'])
  })
}

for (const [path, mine, all] of [
  ['/v1/jobs', ['j2'], ['j3', 'j2', 'j1']],
  ['/v1/hpl-runs', ['r2'], ['r3', 'r2', 'r1']],
] as const) {
  test(`of ${path} a member sees what is of his VO, and an operator everything, the newest first`, async () => {
    const seen = async (secret: string): Promise<unknown[]> => {
      const items = member((await viaTcp(api, secret, { path })).json, 'items')
      assert.ok(Array.isArray(items))
      return items.map((one) => member(one, 'id'))
    }
    assert.deepEqual(await seen('member-secret'), mine)
    assert.deepEqual(await seen('operator-secret'), all)
  })
}

test('core is told of which VO the caller is, so that it can look into the file', async () => {
  await viaTcp(api, 'member-secret', { method: 'POST', path: '/v1/clusters', body: { file } })
  assert.deepEqual(core.orders.at(-1), {
    what: 'cluster apply hpl.yaml',
    caller: 'bob',
    given: { vo: 'physics', text: 'cluster: hpl', hash: undefined },
  })
})

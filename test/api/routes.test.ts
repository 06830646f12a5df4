// Why this file exists: the routes promise shapes, pages and errors to programs that we do not know.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Asked, member, openedApi, type OpenedForTest, viaSocket } from './ask.ts'
import { brokenServices, fakeCore, leakingSecret, machine } from './fake-services.ts'

const core = fakeCore()
let api: OpenedForTest
let broken: OpenedForTest
before(async () => {
  api = await openedApi(core.services)
  broken = await openedApi(brokenServices())
})
after(async () => {
  await api[Symbol.asyncDispose]()
  await broken[Symbol.asyncDispose]()
})
beforeEach(() => {
  core.machines.clear()
  core.networks.clear()
  core.machines.set('n001', machine('n001', { tags: ['rack3'] }))
  core.orders.length = 0
})

for (const [asked, status, order] of [
  [{ path: '/v1/machines/n001' }, 200, undefined],
  [
    { method: 'POST', path: '/v1/machines', body: { name: 'n002', macs: [] } },
    201,
    'machine add n002',
  ],
  [
    { method: 'PATCH', path: '/v1/machines/n001', body: { tags: ['a'] } },
    200,
    'machine change n001',
  ],
  [{ method: 'DELETE', path: '/v1/machines/n001' }, 204, 'machine remove n001'],
  [{ path: '/v1/machines/n001/timeline' }, 200, undefined],
  [
    { method: 'POST', path: '/v1/machines/n001/power', body: { action: 'cycle' } },
    200,
    'power cycle n001',
  ],
  [
    { method: 'POST', path: '/v1/machines/n001/boot', body: { next: 'disk' } },
    204,
    'boot disk n001',
  ],
  [{ path: '/v1/waiting' }, 200, undefined],
  [
    { method: 'POST', path: '/v1/waiting/52:54:00:cc:00:31/adopt', body: { name: 'n7' } },
    200,
    'adopt 52:54:00:cc:00:31 n7',
  ],
  [
    { method: 'POST', path: '/v1/networks', body: { name: 'prov', subnet: '10.1.0.0/16' } },
    201,
    'network add prov',
  ],
  [{ path: '/v1/leases' }, 200, undefined],
  [{ path: '/v1/leases/10.1.200.7' }, 200, undefined],
  [{ method: 'DELETE', path: '/v1/leases/10.1.0.1' }, 204, 'lease release 10.1.0.1'],
  [{ path: '/v1/tokens' }, 200, undefined],
  [
    { method: 'POST', path: '/v1/tokens', body: { name: 'eve', role: 'operator' } },
    201,
    'token add eve operator',
  ],
  [
    {
      method: 'POST',
      path: '/v1/tokens',
      body: { name: 'bob', role: 'vo-member', vo: 'physics' },
    },
    201,
    'token add bob vo-member of physics',
  ],
  [{ method: 'DELETE', path: '/v1/tokens/t1' }, 204, 'token revoke t1'],
  [{ path: '/v1/lint' }, 200, undefined],
  [{ path: '/v1/directory/held' }, 200, undefined],
  [{ path: '/v1/status' }, 200, undefined],
  [{ path: '/v1/explain/52:54:00:00:00:01' }, 200, undefined],
  [
    { method: 'POST', path: '/v1/whatif/entries', body: { machine: { name: 'n1', macs: [] } } },
    200,
    undefined,
  ],
  [{ method: 'POST', path: '/v1/whatif/packets', body: { hex: '00' } }, 200, undefined],
  [
    { method: 'POST', path: '/v1/directory/held', body: { decision: 'accept' } },
    204,
    'held accept',
  ],
] satisfies readonly (readonly [Asked, number, string | undefined])[]) {
  const { method = 'GET', path }: Asked = asked
  test(`${method} ${path} answers ${status}${order === undefined ? '' : ', and core does it'}`, async () => {
    const answer = await viaSocket(api, asked)
    assert.equal(answer.status, status, answer.text)
    assert.deepEqual(
      core.orders.map(({ what }) => what),
      order === undefined ? [] : [order],
    )
  })

  // Tokens are admitted by the same services, so these two stay whole in the broken core.
  if (path.startsWith('/v1/tokens') && method !== 'GET') continue
  if (path === '/v1/status') continue
  test(`${method} ${path} over a broken core is a problem with a reference, and tells no secret`, async () => {
    const before = broken.logged.length
    const answer = await viaSocket(broken, asked)
    assert.equal(answer.status, 500)
    assert.equal(answer.type, 'application/problem+json')
    assert.equal(member(answer.json, 'code'), 'CPC-API-007')
    assert.doesNotMatch(answer.text, new RegExp(leakingSecret))
    const reference = /its reference is ([0-9a-f]{8})/.exec(String(member(answer.json, 'why')))?.[1]
    assert.ok(reference)
    assert.ok(broken.logged.slice(before).some((line) => line.includes(reference)))
  })
}

test('what is asked of core is exactly what was sent, with null for what is taken away', async () => {
  const body = { address: null, tags: ['a', 'b'], powerSecret: 'user:pw' }
  await viaSocket(api, { method: 'PATCH', path: '/v1/machines/n001', body })
  assert.deepEqual(core.orders[0]?.given, body)
})

test('an answer holds nothing but what its schema names', async () => {
  const tooMuch = { ...machine('n001'), bmcPassword: leakingSecret }
  core.machines.set('n001', tooMuch)
  const answer = await viaSocket(api, { path: '/v1/machines/n001' })
  assert.equal(answer.status, 200)
  assert.doesNotMatch(answer.text, new RegExp(leakingSecret))
})

for (const [sentence, asked, status, code] of [
  ['a machine that is not there', { path: '/v1/machines/n999' }, 404, 'CPC-API-003'],
  ['a path that is not there', { path: '/v1/nothing' }, 404, 'CPC-API-003'],
  ['a method that is not there', { method: 'DELETE', path: '/v1/machines' }, 404, 'CPC-API-003'],
  [
    'a second machine of one name',
    { method: 'POST', path: '/v1/machines', body: { name: 'n001', macs: [] } },
    409,
    'CPC-DIR-002',
  ],
  [
    'a field that is not known',
    { method: 'POST', path: '/v1/machines', body: { name: 'n2', macs: [], ram: 1 } },
    400,
    'CPC-API-002',
  ],
  [
    'a field of the wrong kind',
    { method: 'POST', path: '/v1/machines', body: { name: 'n2', macs: 'x' } },
    400,
    'CPC-API-002',
  ],
  [
    'a name without end',
    { method: 'POST', path: '/v1/machines', body: { name: 'n'.repeat(2000), macs: [] } },
    400,
    'CPC-API-002',
  ],
  ['no body', { method: 'POST', path: '/v1/machines' }, 400, 'CPC-API-002'],
  [
    'JSON that ends early',
    {
      method: 'POST',
      path: '/v1/machines',
      headers: { 'content-type': 'application/json' },
      raw: '{"name":',
    },
    400,
    'CPC-API-002',
  ],
  [
    'a prototype in JSON',
    {
      method: 'POST',
      path: '/v1/machines',
      headers: { 'content-type': 'application/json' },
      raw: '{"__proto__":{"a":1},"name":"n2","macs":[]}',
    },
    400,
    'CPC-API-002',
  ],
  [
    'a body of 300 kB',
    {
      method: 'POST',
      path: '/v1/machines',
      body: { name: 'n2', macs: [], power: 'x'.repeat(300_000) },
    },
    413,
    'CPC-API-002',
  ],
  ['a page of nothing', { path: '/v1/machines?limit=0' }, 400, 'CPC-API-002'],
  ['a page without end', { path: '/v1/machines?limit=1000000' }, 400, 'CPC-API-002'],
  ['a question that is not known', { path: '/v1/machines?sort=up' }, 400, 'CPC-API-002'],
  [
    'an unknown power action',
    { method: 'POST', path: '/v1/machines/n001/power', body: { action: 'explode' } },
    400,
    'CPC-API-002',
  ],
  ['a broken escape in the address', { path: '/v1/machines/%E0%A4%A' }, 400, 'CPC-API-002'],
] satisfies readonly (readonly [string, Asked, number, string])[]) {
  test(`${sentence} is answered with ${status} ${code}, in the four lines`, async () => {
    const answer = await viaSocket(api, asked)
    assert.deepEqual([answer.status, member(answer.json, 'code')], [status, code], answer.text)
    assert.equal(answer.type, 'application/problem+json')
    assert.equal(member(answer.json, 'status'), status)
    for (const line of ['type', 'title', 'detail', 'what', 'where', 'why', 'do']) {
      assert.ok(member(answer.json, line), line)
    }
  })
}

test('a list comes in pages that lose and repeat nothing, while machines are added between them', async () => {
  for (const name of ['a', 'c', 'e', 'g', 'i']) core.machines.set(name, machine(name))
  core.machines.delete('n001')
  const names: unknown[] = []
  let after = ''
  for (let page = 0; page < 5; page += 1) {
    const { json } = await viaSocket(api, { path: `/v1/machines?limit=2${after}` })
    const items = member(json, 'items')
    assert.ok(Array.isArray(items))
    names.push(...items.map((one) => member(one, 'name')))
    core.machines.set('b', machine('b'))
    core.machines.set('h', machine('h'))
    const next = member(json, 'next')
    if (typeof next !== 'string') break
    after = `&after=${next}`
  }
  assert.deepEqual(names, ['a', 'c', 'e', 'g', 'h', 'i'])
})

test('a list can be asked for one tag', async () => {
  core.machines.set('n002', machine('n002', { tags: ['rack4'] }))
  const { json } = await viaSocket(api, { path: '/v1/machines?tag=rack4' })
  const items = member(json, 'items')
  assert.ok(Array.isArray(items))
  assert.deepEqual(
    items.map((one) => member(one, 'name')),
    ['n002'],
  )
})

test('/readyz says 503 and why when machines cannot be served', async () => {
  const answer = await viaSocket(broken, { path: '/readyz' })
  assert.equal(answer.status, 503)
  assert.deepEqual(answer.json, { ready: false, why: 'the directory is not there' })
})

test('/metrics is text in the form of Prometheus', async () => {
  const answer = await viaSocket(api, { path: '/metrics' })
  assert.match(answer.type, /^text\/plain; version=0\.0\.4/)
  assert.match(answer.text, /^coppice_machines 2$/m)
})

test('HOSTILE 66: no header, token or body of a failed request reaches the log', async () => {
  const secret = 'the-secret-of-a-bmc'
  await viaSocket(broken, {
    method: 'PATCH',
    path: `/v1/machines/n001?token=${secret}`,
    headers: { authorization: `Bearer ${secret}` },
    body: { powerSecret: secret },
  })
  assert.ok(broken.logged.length > 0)
  assert.ok(broken.logged.every((line) => !line.includes(secret)))
})

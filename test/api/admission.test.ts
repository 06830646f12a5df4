// Why this file exists: who may ask what is where everything is lost or kept.
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { codeOf, openedApi, type OpenedForTest, viaSocket, viaTcp } from './ask.ts'
import { fakeCore, machine } from './fake-services.ts'

const core = fakeCore()
let api: OpenedForTest
before(async () => {
  api = await openedApi(core.services)
})
after(() => api[Symbol.asyncDispose]())

test('the socket is open to its owner alone, who is admin without a token', async () => {
  assert.equal(statSync(api.socketPath).mode & 0o777, 0o600)
  assert.equal((await viaSocket(api, { path: '/v1/tokens' })).status, 200)
})

for (const path of ['/openapi.json', '/healthz', '/readyz', '/metrics']) {
  test(`${path} needs no token`, async () => {
    assert.equal((await viaTcp(api, undefined, { path })).status, 200)
  })
}

for (const [sentence, headers] of [
  ['no token', {}],
  ['an empty token', { authorization: 'Bearer ' }],
  ['a token that nobody has', { authorization: 'Bearer wrong' }],
  ['an empty header', { authorization: '' }],
  ['a name and a password', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
  ['a token of another scheme', { authorization: 'Token admin-secret' }],
  ['two tokens in one header', { authorization: 'Bearer admin-secret, Bearer admin-secret' }],
  ['a token in a cookie', { cookie: 'token=admin-secret' }],
] as const) {
  test(`HOSTILE 64: over TCP a request with ${sentence} is refused`, async () => {
    const answer = await viaTcp(api, undefined, { path: '/v1/machines', headers })
    assert.equal(answer.status, 401)
    assert.equal(codeOf(answer), 'CPC-API-004')
    assert.equal(answer.headers['www-authenticate'], 'Bearer')
  })
}

test('HOSTILE 64: a stranger learns nothing about which addresses exist', async () => {
  const there = await viaTcp(api, undefined, { path: '/v1/machines/n001' })
  const nowhere = await viaTcp(api, undefined, { path: '/v2/nothing' })
  assert.deepEqual([there.status, nowhere.status], [401, 401])
})

for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8420']) {
  test(`HOSTILE 65: a request for the host "${host}" is refused, token or not`, async () => {
    const answer = await viaTcp(api, 'admin-secret', { path: '/v1/machines', headers: { host } })
    assert.deepEqual([answer.status, codeOf(answer)], [421, 'CPC-API-006'])
  })
}

for (const host of [
  '127.0.0.1',
  'localhost:8420',
  '[::1]:8420',
  'CLUSTER.test',
  'coppice.cluster.test:8420',
]) {
  test(`a request for the host ${host} is ours`, async () => {
    const answer = await viaTcp(api, 'admin-secret', { path: '/v1/machines', headers: { host } })
    assert.equal(answer.status, 200)
  })
}

for (const type of [
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
]) {
  test(`HOSTILE 65: what a form of a browser can send (${type}) is not read`, async () => {
    const before = core.orders.length
    const answer = await viaTcp(api, 'admin-secret', {
      method: 'POST',
      path: '/v1/machines',
      headers: { 'content-type': type },
      raw: '{"name":"n1","macs":[]}',
    })
    assert.equal(answer.status, 415)
    assert.equal(core.orders.length, before)
  })
}

test('HOSTILE 65: a token in the address counts for nothing', async () => {
  for (const name of ['token', 'access_token', 'authorization']) {
    const path = `/v1/machines?${name}=admin-secret`
    assert.equal((await viaTcp(api, undefined, { path })).status, 401)
  }
})

test('each change is made in the name of the caller, so that the audit log can name him', async () => {
  const body = { next: 'rescue' }
  core.machines.set('n1', machine('n1'))
  await viaTcp(api, 'operator-secret', { method: 'POST', path: '/v1/machines/n1/boot', body })
  await viaSocket(api, { method: 'POST', path: '/v1/machines/n1/boot', body })
  assert.deepEqual(
    core.orders.slice(-2).map(({ what, caller }) => `${caller}: ${what}`),
    ['ada: boot rescue n1', 'local socket: boot rescue n1'],
  )
})

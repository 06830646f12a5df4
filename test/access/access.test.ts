// Why this file exists: who gets in, with what, and what stays out of the audit log.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  actions,
  auditRecord,
  authorize,
  bearerToken,
  checkHost,
  isLive,
  mintToken,
  ownHosts,
  principalOf,
  type RequestHead,
  type Role,
  roles,
  type TokenRecord,
  withoutSecrets,
} from '#access'

const now = Date.UTC(2026, 10, 21)

function keeper(...records: readonly TokenRecord[]) {
  return { find: (id: string) => records.find((record) => record.id === id) }
}

function mint(more: { role?: Role; vo?: string; expiresAt?: number } = {}) {
  return mintToken({ name: 'ci', role: 'operator', now, randomBytes, ...more })
}

test('a token opens with the role that it was made for, and its record does not hold it', () => {
  const { secret, record } = mint({ role: 'vo-member', vo: 'physics' })
  assert.deepEqual(principalOf(secret, keeper(record), now), {
    name: 'ci',
    role: 'vo-member',
    vo: 'physics',
  })
  const [, , random = ''] = secret.split('_', 3)
  assert.ok(secret.length > 43 && random.length > 0)
  assert.ok(!JSON.stringify(record).includes(secret.slice(-20)))
})

test('HOSTILE 64: two tokens of one maker have nothing in common', () => {
  const [one, other] = [mint(), mint()]
  assert.notEqual(one.secret, other.secret)
  assert.notEqual(one.record.id, other.record.id)
  assert.equal(principalOf(one.secret, keeper(other.record), now), undefined)
})

test('HOSTILE 64: an empty store, an empty token and an empty hash open nothing', () => {
  const { secret, record } = mint()
  const random = secret.split('_').at(-1) ?? ''
  const empties = ['', 'coppice__', `coppice_${record.id}_`, `coppice_${record.id}`, random]
  for (const text of [...empties, 'admin', 'undefined', secret.toUpperCase(), ` ${secret}`])
    assert.equal(principalOf(text, keeper(record), now), undefined, text)
  assert.equal(principalOf(secret, keeper(), now), undefined)
  for (const hash of ['', '00', '0'.repeat(64), secret]) {
    assert.equal(principalOf(secret, keeper({ ...record, hash }), now), undefined, hash)
  }
})

test('one changed character of a token opens nothing', () => {
  const { secret, record } = mint()
  for (let at = 0; at < secret.length; at += 1) {
    const changed = `${secret.slice(0, at)}${secret[at] === 'a' ? 'b' : 'a'}${secret.slice(at + 1)}`
    assert.equal(principalOf(changed, keeper(record), now), undefined, `character ${at}`)
  }
})

test('an expired or revoked token opens nothing', () => {
  const { secret, record } = mint({ expiresAt: now + 1000 })
  assert.ok(principalOf(secret, keeper(record), now + 999))
  assert.equal(principalOf(secret, keeper(record), now + 1000), undefined)
  const revoked = { ...record, revokedAt: now }
  assert.equal(principalOf(secret, keeper(revoked), now), undefined)
  assert.equal(isLive(revoked, now), false)
})

test('a token of a VO member needs its VO, and no other token has one', () => {
  assert.throws(() => mint({ role: 'vo-member' }))
  assert.throws(() => mint({ role: 'admin', vo: 'physics' }))
})

test('any text is a token or none; nothing is thrown', () => {
  const { record } = mint()
  const text = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `coppice_${record.id}_${rest}`),
  )
  fc.assert(fc.property(text, (any) => principalOf(any, keeper(record), now) === undefined))
})

/** The table of rights, said a second time: what changes here is a decision. */
const rights: Readonly<Record<Role, readonly string[]>> = {
  admin: actions,
  operator: [
    'read',
    'read-audit',
    'operate-machines',
    'change-machines',
    'release-leases',
    'confirm-identity',
    'change-networks',
    'accept-mass-deletion',
    'read-vo',
    'use-vo',
  ],
  'vo-member': ['read-vo', 'use-vo'],
  'read-only': ['read', 'read-vo'],
}

for (const role of roles) {
  test(`${role} may do what its row says and nothing else`, () => {
    const principal = { name: 'x', role, ...(role === 'vo-member' ? { vo: 'physics' } : {}) }
    const may = actions.filter((action) => authorize(principal, action, { vo: 'physics' }).ok)
    assert.deepEqual(
      may,
      actions.filter((action) => rights[role].includes(action)),
    )
  })
}

test('a member of one VO does nothing in another, or in none', () => {
  const member = { name: 'ada', role: 'vo-member', vo: 'physics' } as const
  assert.equal(authorize(member, 'use-vo', { vo: 'physics' }).ok, true)
  assert.deepEqual(authorize(member, 'use-vo', { vo: 'biology' }), {
    ok: false,
    code: 'CPC-ACCESS-002',
    why: 'ada is no member of biology',
  })
  assert.equal(authorize(member, 'use-vo').ok, false)
  assert.equal(authorize({ name: 'eve', role: 'vo-member' }, 'use-vo').ok, false)
})

function head(headers: RequestHead['headers'], url = '/v1/machines'): RequestHead {
  return { headers, url }
}

test('HOSTILE 65: a token counts in the Authorization header only', () => {
  const good = bearerToken(head({ authorization: 'Bearer abc_1-2' }))
  assert.deepEqual(good, { ok: true, token: 'abc_1-2' })
  for (const headers of [
    {},
    { cookie: 'authorization=Bearer abc; token=abc' },
    { authorization: ['Bearer a', 'Bearer b'] },
    { authorization: 'Basic YTpi' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer a b' },
    { authorization: `Bearer ${'a'.repeat(10_000)}` },
  ]) {
    const result = bearerToken(head(headers))
    assert.equal(
      !result.ok && result.refusal.code,
      'CPC-ACCESS-001',
      JSON.stringify(headers).slice(0, 60),
    )
  }
})

test('HOSTILE 66: a token in an address is refused even with a good header, so that nobody gets used to it', () => {
  const { secret } = mint()
  for (const url of [
    '/v1/machines?token=x',
    '/v1/x?a=1&access_token=x',
    `/v1/machines/${secret}`,
  ]) {
    const result = bearerToken(head({ authorization: `Bearer ${secret}` }, url))
    assert.equal(!result.ok && result.refusal.code, 'CPC-ACCESS-004', url)
  }
})

const own = ownHosts(['127.0.0.1:8420', '10.77.0.1:8420'], ['Coppice.cluster.test'])

for (const [host, isOurs] of [
  ['127.0.0.1:8420', true],
  ['localhost:8420', true],
  ['LOCALHOST', true],
  ['[::1]:8420', true],
  ['10.77.0.1:8420', true],
  ['coppice.cluster.test', true],
  ['coppice.cluster.test.', true],
  ['evil.test', false],
  ['coppice.cluster.test.evil.test', false],
  ['127.0.0.1.evil.test:8420', false],
  ['10.77.0.2', false],
  ['', false],
  ['localhost:8420, evil.test', false],
  ['user@localhost', false],
] as const) {
  test(`HOSTILE 65: a request for the host ${JSON.stringify(host)} is ${isOurs ? 'served' : 'refused'}`, () => {
    assert.equal(checkHost(head({ host }), own)?.code, isOurs ? undefined : 'CPC-ACCESS-003')
  })
}

test('HOSTILE 65: a form on a foreign page is refused by its Origin, our own pages are not', () => {
  for (const [origin, isOurs] of [
    ['http://localhost:8420', true],
    ['https://coppice.cluster.test', true],
    ['http://evil.test', false],
    ['null', false],
    ['', false],
    [['http://localhost', 'http://evil.test'], false],
  ] as const) {
    const refusal = checkHost(head({ host: 'localhost:8420', origin }), own)
    assert.equal(refusal === undefined, isOurs, String(origin))
  }
  assert.equal(checkHost(head({}), own)?.code, 'CPC-ACCESS-003')
  assert.equal(checkHost(head({ host: ['localhost', 'evil.test'] }), own)?.code, 'CPC-ACCESS-003')
})

test('an API that listens on one address only is not called localhost', () => {
  const far = ownHosts(['10.77.0.1:8420'], [])
  assert.equal(checkHost(head({ host: 'localhost:8420' }), far)?.code, 'CPC-ACCESS-003')
})

test('HOSTILE 66: an audit record says who, what, before, after and how it ended, and holds no secret', () => {
  const redacting = { toJSON: () => '[secret]', inner: 'hunter2' }
  const record = auditRecord({
    principal: { name: 'ada', role: 'admin' },
    action: 'machine set',
    target: 'n001',
    before: { name: 'n001', powerSecret: 'hunter2', deep: [{ PASSWORD: 'hunter2', ip: null }] },
    after: { held: redacting, tokens: ['hunter2'] },
    result: 'done',
    now,
  })
  assert.doesNotMatch(JSON.stringify(record), /hunter2/)
  assert.deepEqual(record.before, {
    name: 'n001',
    powerSecret: '[secret]',
    deep: [{ PASSWORD: '[secret]', ip: null }],
  })
  assert.deepEqual(
    [record.who, record.role, record.at, record.result],
    ['ada', 'admin', now, 'done'],
  )
  assert.ok(!('before' in auditRecord({ ...base, result: 'CPC-POW-001' })))
})

const base = { principal: { name: 'a', role: 'admin' }, action: 'a', target: 't', now } as const

test('a value that nests for ever is cut, not followed', () => {
  const ring: Record<string, unknown> = {}
  ring['again'] = ring
  assert.match(JSON.stringify(withoutSecrets(ring)), /too deep/)
})

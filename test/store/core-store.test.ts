// Why this file exists: what core decided and observed is there again, in the same form, after a restart.
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { ip4, parseMac, parseUuid } from '#directory'
import { type ClaimRow, type CoreStore, openCoreStore, type TokenRow } from '#store'
import { now, scratchFolder } from './scratch.ts'

const machine = parseUuid('00000000-0000-4000-8000-000000000001')
const other = parseUuid('00000000-0000-4000-8000-000000000002')
const mac = parseMac('52:54:00:77:00:11')
assert.ok(machine && other && mac)
const address = ip4(0x0a4d_0011)

/** What was written by one core is read by the next. */
function acrossRestart(t: TestContext, write: (store: CoreStore) => void): CoreStore {
  const path = join(scratchFolder(t), 'core.db')
  const first = openCoreStore(path, now)
  write(first)
  first[Symbol.dispose]()
  const second = openCoreStore(path, now)
  t.after(() => second[Symbol.dispose]())
  return second
}

test('an audit record comes back whole, newest first, in pages', (t) => {
  const record = { at: 1.5, who: 'ada', role: 'admin', action: 'machine add', target: 'n001' }
  const store = acrossRestart(t, ({ audit }) => {
    assert.equal(audit.append({ ...record, after: { name: 'n001' }, result: 'done' }), 1)
    audit.append({ ...record, before: [1], after: null, result: 'refused' })
    audit.append({ ...record, result: 'done' })
  })
  assert.deepEqual(store.audit.list({ rowsMax: 2 }), [
    { id: 3, ...record, result: 'done' },
    { id: 2, ...record, before: [1], after: null, result: 'refused' },
  ])
  assert.deepEqual(store.audit.list({ rowsMax: 2, before: 2 }), [
    { id: 1, ...record, after: { name: 'n001' }, result: 'done' },
  ])
})

test('a token is found by its number, listed, and revoked once', (t) => {
  const plain: TokenRow = { id: 'a1', name: 'ci', hash: 'ff', role: 'operator', createdAt: 1 }
  const bounded: TokenRow = { ...plain, id: 'b2', role: 'vo-member', vo: 'physics', expiresAt: 9 }
  const store = acrossRestart(t, ({ tokens }) => {
    tokens.add(plain)
    tokens.add(bounded)
    assert.equal(tokens.revoke('a1', 5), true)
    assert.equal(tokens.revoke('a1', 6), false)
    assert.equal(tokens.revoke('zz', 6), false)
  })
  assert.deepEqual(store.tokens.list(), [{ ...plain, revokedAt: 5 }, bounded])
  assert.deepEqual(store.tokens.find('b2'), bounded)
  assert.equal(store.tokens.find('zz'), undefined)
})

test('two tokens of one number are a conflict, and nothing is overwritten', (t) => {
  const token: TokenRow = { id: 'a1', name: 'ci', hash: 'ff', role: 'operator', createdAt: 1 }
  const store = acrossRestart(t, ({ tokens }) => tokens.add(token))
  assert.throws(() => store.tokens.add({ ...token, role: 'admin' }), { code: 'CPC-STO-013' })
  assert.deepEqual(store.tokens.list(), [token])
})

test('a claim comes back with its use, and old ones are forgotten', (t) => {
  const minted: ClaimRow = {
    number: '0'.repeat(32),
    machine,
    mac,
    address,
    boot: '7',
    mintedAt: 100,
    state: 'minted',
  }
  const used: ClaimRow = {
    ...minted,
    uuid: other,
    port: 'eth7',
    state: 'granted',
    used: { at: 120, key: 'abc', address },
  }
  const store = acrossRestart(t, ({ claims }) => {
    claims.put(minted)
    claims.put(used)
    claims.put({ ...minted, number: 'old', mintedAt: 1 })
    assert.equal(claims.forget(50), 1)
  })
  assert.deepEqual(store.claims.find(minted.number), used)
  assert.equal(store.claims.find('old'), undefined)
})

test('a doubt is asked once for the same evidence, and a decision stands', (t) => {
  const doubt = { machine, doubt: 'port', evidence: 'eth7, described as eth3' }
  const store = acrossRestart(t, ({ approvals }) => {
    assert.equal(approvals.raise(doubt, 1).id, approvals.raise(doubt, 2).id)
    approvals.raise({ ...doubt, evidence: 'eth8, described as eth3' }, 3)
    const [first] = approvals.pending()
    assert.ok(first)
    const decision = { state: 'confirmed', by: 'ada', at: 4 } as const
    assert.equal(approvals.decide(first.id, decision), true)
    assert.equal(approvals.decide(first.id, { ...decision, state: 'refused' }), false)
  })
  assert.deepEqual(
    store.approvals.ofMachine(machine).map(({ state, decidedBy }) => [state, decidedBy]),
    [
      ['confirmed', 'ada'],
      ['pending', undefined],
    ],
  )
  assert.equal(store.approvals.raise(doubt, 9).state, 'confirmed')
  assert.equal(store.approvals.pending().length, 1)
})

test('a revoked certificate stays revoked', (t) => {
  const certificate = { serial: '0a', machine, fingerprint: 'ff', notAfter: 10 }
  const store = acrossRestart(t, ({ certificates }) => {
    certificates.add(certificate)
    certificates.add({ ...certificate, serial: '0b', notAfter: 20 })
    assert.equal(certificates.revoke('0a', 5, 'stolen'), true)
    assert.equal(certificates.revoke('0a', 6, 'again'), false)
  })
  assert.equal(store.certificates.isRevoked('0a'), true)
  assert.equal(store.certificates.isRevoked('0b'), false)
  assert.deepEqual(store.certificates.ofMachine(machine)[0], {
    ...certificate,
    revokedAt: 5,
    reason: 'stolen',
  })
})

test('what is believed of a host and its next boot come back, and go together', (t) => {
  const store = acrossRestart(t, ({ hosts }) => {
    hosts.save(machine, { state: 'booting' })
    hosts.save(machine, { state: 'ready', marks: [] })
    hosts.save(other, null)
    hosts.setNextBoot(machine, 'rescue')
    hosts.setNextBoot(other, 'disk')
    hosts.setNextBoot(other, 'by-role')
  })
  assert.deepEqual(store.hosts.load(), [
    { machine, content: { state: 'ready', marks: [] } },
    { machine: other, content: null },
  ])
  assert.deepEqual([...store.hosts.nextBoots()], [[machine, 'rescue']])
  store.hosts.remove(machine)
  assert.equal(store.hosts.load().length, 1)
  assert.equal(store.hosts.nextBoots().size, 0)
})

test('an address that was chosen once is kept, and never given to a second entry', (t) => {
  const store = acrossRestart(t, ({ addresses }) => addresses.put(machine, address))
  assert.deepEqual([...store.addresses.all()], [[machine, address]])
  assert.throws(() => store.addresses.put(other, address), { code: 'CPC-STO-013' })
  store.addresses.remove(machine)
  store.addresses.put(other, address)
  assert.deepEqual([...store.addresses.all()], [[other, address]])
})

test('HOSTILE 41: who holds a MAC, an address or a name is remembered over a restart', (t) => {
  const store = acrossRestart(t, ({ holders }) => {
    holders.put('name n001', other)
    holders.replace(new Map([[`mac ${mac}`, machine]]))
    holders.put('ip 10.77.0.17', machine)
  })
  assert.deepEqual(
    store.holders.all(),
    new Map([
      ['ip 10.77.0.17', machine],
      [`mac ${mac}`, machine],
    ]),
  )
})

test('a zone serial is max(stored + 1, unix time) and survives a clock that was set back', (t) => {
  const store = acrossRestart(t, ({ serials }) => {
    assert.equal(serials.last('cluster.test'), undefined)
    assert.equal(serials.next('cluster.test', 1000.9), 1000)
    assert.equal(serials.next('cluster.test', 1000), 1001)
  })
  assert.equal(store.serials.next('cluster.test', 3), 1002)
  assert.equal(store.serials.next('cluster.test', 5000), 5000)
  assert.equal(store.serials.last('cluster.test'), 5000)
})

test('a power secret is found again in a file that only its owner reads', (t) => {
  const path = join(scratchFolder(t), 'core.db')
  using store = openCoreStore(path, now)
  store.powerSecrets.put(machine, { user: 'admin', secret: 'x' })
  store.powerSecrets.put(machine, { user: 'root', secret: 'y' })
  assert.deepEqual(store.powerSecrets.find(machine), { user: 'root', secret: 'y' })
  for (const end of ['', '-wal']) assert.equal(statSync(path + end).mode & 0o777, 0o600)
  store.powerSecrets.remove(machine)
  assert.equal(store.powerSecrets.find(machine), undefined)
})

test('that a host was off is remembered with its boot, once for each host', (t) => {
  const store = acrossRestart(t, ({ fences }) => {
    fences.put(machine, { boot: 3, at: 100.5 })
    fences.put(machine, { boot: 4, at: 200 })
  })
  assert.deepEqual(store.fences.find(machine), { boot: 4, at: 200 })
  store.fences.remove(machine)
  assert.equal(store.fences.find(machine), undefined)
})

test('what is written behind is there at once, is whole or not at all, and leaves the promise of the others alone', async (t) => {
  const path = join(scratchFolder(t), 'core.db')
  const store = openCoreStore(path, now)
  const done = store.behind(() => {
    store.progress.set('wire', 7)
    return store.progress.get('wire')
  })
  assert.equal(store.progress.get('wire'), 7)
  assert.equal(await done, 7)
  const failing = store.behind(() => {
    store.progress.set('wire', 8)
    throw new Error('in the middle')
  })
  await assert.rejects(failing, /in the middle/)
  assert.equal(store.progress.get('wire'), 7)
  store[Symbol.dispose]()
  const again = openCoreStore(path, now)
  assert.equal(again.progress.get('wire'), 7)
  again[Symbol.dispose]()
})

test('several changes together are all there or none', (t) => {
  const store = acrossRestart(t, (first) => {
    assert.equal(first.progress.get('wire'), 0)
    first.together(() => {
      first.hosts.save(machine, { seen: 1 })
      first.progress.set('wire', 41)
    })
    assert.throws(
      () =>
        first.together(() => {
          first.progress.set('wire', 42)
          throw new RangeError('half way')
        }),
      RangeError,
    )
  })
  assert.equal(store.progress.get('wire'), 41)
  assert.deepEqual(store.hosts.load(), [{ machine, content: { seen: 1 } }])
})

test('a row that somebody edited into nonsense is a fault, not a wrong answer', (t) => {
  const path = join(scratchFolder(t), 'core.db')
  openCoreStore(path, now)[Symbol.dispose]()
  const db = new DatabaseSync(path)
  db.exec("INSERT INTO host VALUES ('not a uuid', '{')")
  db.exec("INSERT INTO next_boot VALUES ('00000000-0000-4000-8000-000000000001', 'moon')")
  db.close()
  using store = openCoreStore(path, now)
  assert.throws(() => store.hosts.load(), { code: 'CPC-STO-008' })
  assert.throws(() => store.hosts.nextBoots(), { code: 'CPC-STO-008' })
})

test('the keys of a cluster stay the first that were made, until it is gone', (t) => {
  const pair = { publicKey: 'ssh-ed25519 A', secret: 'S' }
  const store = acrossRestart(t, ({ clusterKeys }) => {
    clusterKeys.add('physics', 'hpl', pair)
    clusterKeys.add('physics', 'hpl', { publicKey: 'other', secret: 'other' })
    clusterKeys.add('physics', 'gone', pair)
    clusterKeys.remove('physics', 'gone')
  })
  assert.deepEqual(store.clusterKeys.find('physics', 'hpl'), pair)
  assert.equal(store.clusterKeys.find('physics', 'gone'), undefined)
  assert.equal(store.clusterKeys.find('biology', 'hpl'), undefined)
})

test('benchmark runs come back newest first, and only so many are kept', (t) => {
  const store = acrossRestart(t, ({ hplRuns }) => {
    for (const at of [1, 3, 2]) hplRuns.save({ id: `r${at}`, startedAt: at, content: { at } }, 2)
    hplRuns.save({ id: 'r3', startedAt: 3, content: { at: 'again' } }, 2)
  })
  assert.deepEqual(store.hplRuns.list(10), [
    { id: 'r3', startedAt: 3, content: { at: 'again' } },
    { id: 'r2', startedAt: 2, content: { at: 2 } },
  ])
  assert.equal(store.hplRuns.find('r1'), undefined)
  assert.equal(store.hplRuns.list(1).length, 1)
})

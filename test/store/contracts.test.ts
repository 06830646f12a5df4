// Why this file exists: the store knows no room that it serves; that its tables fit their interfaces is checked here,
// by the compiler, and by one round through each.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditLog, auditRecord, mintToken, principalOf, type TokenStore } from '#access'
import { ip4, parseMac, parseUuid } from '#directory'
import { type Outbox, readSighting } from '#feed'
import { openCoreStore, WireStore } from '#store'
import { type Claim, type DoubtDecision, judgeClaim, type Revocations } from '#trust'
import { now, scratchFolder } from './scratch.ts'

const machine = parseUuid('00000000-0000-4000-8000-000000000001')
const mac = parseMac('52:54:00:77:00:11')
assert.ok(machine && mac)

test('tokens and audit records of the room access are kept as that room asks', (t) => {
  using store = openCoreStore(join(scratchFolder(t), 'core.db'), now)
  const tokens: TokenStore = store.tokens
  const { secret, record } = mintToken({ name: 'ci', role: 'admin', now: now(), randomBytes })
  tokens.add(record)
  assert.equal(principalOf(secret, tokens, now())?.role, 'admin')
  tokens.revoke(record.id, now())
  assert.equal(principalOf(secret, tokens, now()), undefined)
  const audit: AuditLog = store.audit
  const principal = { name: 'ada', role: 'admin' } as const
  const change = { principal, action: 'token add', target: 'ci', result: 'done', now: now() }
  assert.equal(audit.append(auditRecord(change)), 1)
})

test('a claim is granted, kept, and known as a retry by the next core', (t) => {
  const path = join(scratchFolder(t), 'core.db')
  const address = ip4(0x0a4d_0011)
  const claim: Claim = {
    number: 'a',
    machine,
    mac,
    address,
    boot: '1',
    mintedAt: now(),
    state: 'minted',
  }
  const use = { address, mac, key: 'k', now: now(), boot: '1', stillAnswers: false, doubts: [] }
  {
    using store = openCoreStore(path, now)
    const judged = judgeClaim(claim, { ...use, decisions: [] })
    assert.ok(judged.kind === 'granted')
    store.claims.put(judged.claim)
  }
  using store = openCoreStore(path, now)
  const decisions: readonly DoubtDecision[] = store.approvals.ofMachine(machine)
  const again = judgeClaim(store.claims.find('a'), { ...use, decisions })
  assert.equal(again.kind === 'granted' && again.isRetry, true)
  const revocations: Revocations = store.certificates
  assert.equal(revocations.isRevoked('00'), false)
})

test('sightings go through the outbox of the feed', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  await using store = await WireStore.open({ path, now, onAlarm: (alarm) => assert.fail(alarm) })
  const outbox: Outbox = store.outbox
  const alarm = readSighting({ kind: 'alarm', at: 1, code: 'CPC-DHCP-001', why: 'test' })
  assert.ok(alarm.ok)
  assert.equal(await outbox.append(alarm.value), 1)
  assert.deepEqual(outbox.since(0, 100), [{ seq: 1, sighting: alarm.value }])
})

// Why this file exists: a node that runs twice destroys its data, so a host counts as off only on the word of its BMC, and
// one that lives is never switched off.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#fault'
import { type Life, observe as observeLife, type Observation } from '#host'
import type { PowerController } from '#power'
import type { HostCalls } from '../../../src/core/clusters/hands/counted.ts'
import type { HandsParts } from '../../../src/core/clusters/hands/open.ts'
import type { RunProgram } from '../../../src/core/clusters/hands/program.ts'
import { powerOf } from '../../../src/core/host-power.ts'
import { XdrReader } from '../../../src/libvirt/xdr/reader.ts'
import { XdrWriter } from '../../../src/libvirt/xdr/writer.ts'
import { Fences, handsOf, host, hostName, lifeOf } from './hands-bench.ts'

const now = 1_790_000_000_000

/** A host with a life of its own. */
function bench(state: Life['state'], parts: Partial<HandsParts> = {}) {
  let life = lifeOf(state)
  const fences = new Fences()
  const observe = (_machine: string, seen: Observation): void => {
    life = observeLife(life, seen, now, 1)
  }
  const hosts = { life: () => life, session: () => undefined, observe }
  const hands = handsOf({ hosts, fences, run: nothing, ...parts })
  return {
    hands,
    fences,
    observe: (seen: Observation) => observe(host.id, seen),
    presence: async () => (await hands.observe()).hosts[0]?.presence,
  }
}

const nothing: RunProgram = () => Promise.resolve({ ok: false, out: '', err: '' })

function bmc(parts: Partial<PowerController> = {}) {
  const asked: string[] = []
  const controller: PowerController = {
    status: () => Promise.resolve('off'),
    on: () => assert.fail('switched on'),
    off() {
      asked.push('off')
      return Promise.resolve('verified')
    },
    cycle: () => assert.fail('cycled'),
    ...parts,
  }
  return { asked, powerOf: () => controller }
}

const silent = new Fault('CPC-POW-001', { what: 'w', where: 'w', why: 'no answer', todo: 't' })

test('HOSTILE 61: a silent host is switched off by its BMC, and known to be off until it boots again', async () => {
  const { asked, powerOf: power } = bmc()
  const { hands, presence, observe } = bench('failed', { powerOf: power })
  assert.equal(await presence(), 'away')
  assert.deepEqual(await hands.fence(hostName), { ok: true })
  assert.deepEqual(asked, ['off'])
  assert.equal(await presence(), 'fenced')
  assert.deepEqual(await hands.fence(hostName), { ok: true })
  observe({ kind: 'powered', on: true })
  assert.equal(await presence(), 'away')
})

test('a host of which it is known that it was off in this boot stays known, whatever was heard of it before', async () => {
  const { fences, presence } = bench('failed')
  fences.put(host.id, { boot: 3, at: now })
  assert.equal(await presence(), 'fenced')
  for (const state of ['booting', 'enrolling', 'probing', 'ready', 'waiting', 'rescue'] as const) {
    const alive = bench(state)
    alive.fences.put(host.id, { boot: 3, at: now })
    assert.equal(await alive.presence(), 'away', state)
  }
  const later = bench('failed')
  later.fences.put(host.id, { boot: 2, at: now })
  assert.equal(await later.presence(), 'away')
})

const vague: readonly (readonly [string, Partial<PowerController>])[] = [
  ['does not answer', { off: () => Promise.reject(silent) }],
  ['shows that it is on after all', { status: () => Promise.resolve('on') }],
  ['takes the order, and cannot tell what became of it', { off: () => Promise.resolve('sent') }],
]
for (const [sentence, parts] of vague) {
  test(`a host whose BMC ${sentence} is not fenced, and a person is told what to do`, async () => {
    const { hands, fences, presence } = bench('failed', bmc(parts))
    const fenced = await hands.fence(hostName)
    assert.ok(!fenced.ok)
    assert.match(
      fenced.why,
      /nobody knows whether n1 is off: .*coppice machine power status n1.*confirm-off n1 --i-looked/,
    )
    assert.equal(fences.find(host.id), undefined)
    assert.equal(await presence(), 'away')
  })
}

test('a host without a BMC is not fenced', async () => {
  const store = { powerSecrets: { find: () => undefined } }
  const none: HandsParts['powerOf'] = (machine) => powerOf(machine, { store, secretFolder: '/' })
  const { hands } = bench('failed', { powerOf: none })
  const fenced = await hands.fence(hostName)
  assert.match(fenced.ok ? '' : fenced.why, /CPC-HOST-005 its entry has no coppicePower/)
})

test('a host whose libvirt answers is never switched off; one whose connection only stands is', async () => {
  const living: HostCalls = {
    call: (procedure) =>
      Promise.resolve(procedure.decode(new XdrReader(new XdrWriter().string('n1').bytes))),
  }
  const dead: HostCalls = { call: () => Promise.reject(new Error('silence')) }
  for (const [calls, ok] of [
    [living, false],
    [dead, true],
  ] as const) {
    const { asked, powerOf: power } = bmc()
    const reach = { connectionOf: () => calls, sshWords: () => assert.fail() }
    const { hands } = bench('ready', { powerOf: power, reach })
    assert.equal((await hands.fence(hostName)).ok, ok)
    assert.deepEqual(asked, ok ? ['off'] : [])
  }
})

test('a person is believed that a host is off, BMC or not, until the host is heard of again', async () => {
  const unheard = bench('failed', {
    powerOf: () => bmc({ status: () => Promise.reject(silent) }).powerOf(),
  })
  for (const machine of [host, { ...host, power: 'ipmi://10.2.0.1' }]) {
    const { hands, presence, observe } = machine.power === undefined ? bench('failed') : unheard
    assert.deepEqual(await hands.believe(machine), { ok: true })
    assert.equal(await presence(), 'fenced')
    observe({ kind: 'powered', on: true })
    assert.equal(await presence(), 'away')
  }
})

test('nobody is believed that a host is off which shows life', async () => {
  const living: HostCalls = {
    call: (procedure) =>
      Promise.resolve(procedure.decode(new XdrReader(new XdrWriter().string('n1').bytes))),
  }
  const reach = { connectionOf: () => living, sshWords: () => assert.fail() }
  const talking = bench('ready', { reach })
  assert.deepEqual(await talking.hands.believe(host), { ok: false, why: 'its libvirt answers' })
  const on = bench('failed', bmc({ status: () => Promise.resolve('on') }))
  const switched = { ...host, power: 'ipmi://10.2.0.1' }
  assert.deepEqual(await on.hands.believe(switched), { ok: false, why: 'its BMC says it is on' })
  assert.equal(on.fences.find(host.id), undefined)
})

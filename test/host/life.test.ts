// Why this file exists: the verdicts on a boot (booting, ready, failed and why) must follow from what was seen alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUuid } from '#directory'
import type { Sighting } from '#feed'
import { due, type Life, newLife, observe, type Observation, readLife, trailLinesMax } from '#host'

const id = parseUuid('11111111-2222-3333-4444-555555555555')
assert.ok(id)
const start = newLife(id)

const dhcp = (at: number, asked: string, answered: string, stage: 'firmware' | 'ipxe' | 'os') =>
  sighting({ kind: 'dhcp', at, asked, answered, stage, interfaceName: 'prov0', why: 'a test' })
const script = (at: number, decision = 'kvm-host') =>
  sighting({ kind: 'script', at, decision, why: 'a test' })
const fetched = (at: number, file: string, outcome: 'whole' | 'cut-off' = 'whole') =>
  sighting({ kind: 'transfer', at, protocol: 'http', file, bytes: 9, millis: 1, outcome, why: '' })

function sighting(seen: Sighting): [number, Observation] {
  return [seen.at, { kind: 'sighting', sighting: seen }]
}
const reached = (
  at: number,
  phase: 'first-stage' | 'enrolled' | 'libvirt-port' | 'nfs' | 'ready',
) => [at, { kind: 'reached', phase, detail: '' }] as const

function live(...seen: readonly (readonly [number, Observation])[]): Life {
  return seen.reduce((life, [now, one]) => observe(life, one, now, 1), start)
}

const uefiBoot = [
  [0, { kind: 'powered', on: true }],
  dhcp(1_000, 'DISCOVER', 'OFFER', 'firmware'),
  dhcp(2_000, 'REQUEST', 'ACK', 'firmware'),
  fetched(3_000, 'snponly.efi'),
  dhcp(4_000, 'DISCOVER', 'OFFER', 'ipxe'),
  script(5_000),
  fetched(6_000, 'kvm-host/vmlinuz'),
  fetched(7_000, 'kvm-host/initrd'),
  dhcp(8_000, 'DISCOVER', 'OFFER', 'os'),
] as const

test('a boot by UEFI is one boot, with the first time of each phase', () => {
  const life = live(...uefiBoot)
  assert.equal(life.boot, 1)
  assert.deepEqual(
    life.marks.map(({ phase, at }) => [phase, at]),
    [
      ['power-on', 0],
      ['first-discover', 1_000],
      ['lease', 2_000],
      ['loader', 3_000],
      ['script', 5_000],
      ['kernel', 6_000],
      ['initrd', 7_000],
    ],
  )
})

test('a loader that asks again after its script means a new boot', () => {
  const life = live(...uefiBoot, dhcp(60_000, 'DISCOVER', 'OFFER', 'firmware'))
  assert.equal(life.boot, 2)
  assert.deepEqual(
    life.marks.map(({ phase }) => phase),
    ['first-discover'],
  )
})

test('the operating system asking for its lease is no new boot', () => {
  assert.equal(live(...uefiBoot, dhcp(60_000, 'DISCOVER', 'OFFER', 'os')).boot, 1)
})

test('a transfer that was cut off is evidence, not a phase', () => {
  const life = live(...uefiBoot.slice(0, 6), fetched(6_000, 'kvm-host/vmlinuz', 'cut-off'))
  assert.ok(!life.marks.some(({ phase }) => phase === 'kernel'))
  assert.match(life.trail.at(-1) ?? '', /cut-off/)
})

test('states follow from the furthest phase', () => {
  const steps = [
    ['first-stage', 'enrolling'],
    ['enrolled', 'probing'],
    ['libvirt-port', 'probing'],
    ['nfs', 'probing'],
    ['ready', 'ready'],
  ] as const
  let life = live(...uefiBoot)
  assert.equal(life.state, 'booting')
  for (const [phase, state] of steps) {
    life = observe(life, { kind: 'reached', phase, detail: '' }, 9_000, 1)
    assert.equal(life.state, state, phase)
  }
})

for (const [sentence, seen, lateAt, phase, reason] of [
  ['a machine that never asks', uefiBoot.slice(0, 1), 600_000, 'first-discover', /no DHCP packet/],
  [
    'a kernel that does not boot',
    uefiBoot,
    7_000 + 240_000,
    'first-stage',
    /does not boot, or too little memory/,
  ],
  [
    'a host that does not trust our CA',
    [...uefiBoot, reached(20_000, 'first-stage')],
    260_000,
    'enrolled',
    /does not trust our CA/,
  ],
] as const) {
  test(`${sentence} fails at its deadline, not before, and says where to look`, () => {
    const life = live(...seen)
    assert.equal(due(life, 1)?.phase, phase)
    assert.equal(observe(life, { kind: 'tick' }, lateAt - 1, 1), life)
    const failed = observe(life, { kind: 'tick' }, lateAt, 1)
    assert.equal(failed.state, 'failed')
    assert.equal(failed.failure?.phase, phase)
    assert.match(failed.failure?.reason ?? '', reason)
  })
}

test('patience stretches a deadline', () => {
  const life = live(...uefiBoot.slice(0, 1))
  assert.equal(observe(life, { kind: 'tick' }, 700_000, 2).state, 'booting')
})

test('a phase that nobody saw, because wire was away, is not owed once a later one came', () => {
  const life = live(...uefiBoot.slice(0, 6), reached(20_000, 'first-stage'))
  assert.equal(due(life, 1)?.phase, 'enrolled')
})

test('a host that speaks after its deadline was only late', () => {
  const failed = live(...uefiBoot, [300_000, { kind: 'tick' }])
  assert.equal(failed.state, 'failed')
  const back = observe(failed, { kind: 'reached', phase: 'first-stage', detail: '' }, 301_000, 1)
  assert.equal(back.state, 'enrolling')
  assert.equal(back.failure, undefined)
})

test('a ready host whose connection is lost is probed again, and its deadline runs from the loss', () => {
  const ready = live(...uefiBoot, reached(9_000, 'enrolled'), reached(10_000, 'ready'))
  const lost = observe(ready, { kind: 'lost', reason: 'no answer to keepalive' }, 500_000, 1)
  assert.equal(lost.state, 'probing')
  assert.equal(observe(lost, { kind: 'tick' }, 600_000, 1).state, 'probing')
  assert.equal(observe(lost, { kind: 'tick' }, 620_000, 1).state, 'failed')
})

test('a restart of core gives each boot its time again', () => {
  const life = live(...uefiBoot, [230_000, { kind: 'restarted' }])
  assert.equal(observe(life, { kind: 'tick' }, 300_000, 1).state, 'booting')
})

test('a BMC that does not answer fails the boot at power-on', () => {
  const life = live([0, { kind: 'power-failed', reason: 'no answer from the BMC within 20 s' }])
  assert.deepEqual([life.state, life.failure?.phase], ['failed', 'power-on'])
})

test('the trail keeps the last lines only', () => {
  const chatter = Array.from({ length: 200 }, (_, at) => dhcp(at, 'DISCOVER', 'OFFER', 'os'))
  assert.equal(live(...chatter).trail.length, trailLinesMax)
})

test('a life comes back from the store as it was', () => {
  const failed = live(...uefiBoot, [300_000, { kind: 'tick' }])
  for (const life of [start, live(...uefiBoot), failed]) {
    assert.deepEqual(readLife(JSON.parse(JSON.stringify(life))), life)
  }
})

test('what no version of ours wrote is not believed', () => {
  assert.equal(readLife({ ...start, state: 'flying' }), undefined)
  assert.equal(readLife('{}'), undefined)
})

test('a machine that boots from its disk owes nothing more', () => {
  const life = live(...uefiBoot.slice(0, 5), script(5_000, 'disk'))
  assert.equal(life.state, 'disk')
  assert.equal(due(life, 1), undefined)
})

test('a machine whose boot is withheld waits for a person, with the reason', () => {
  const life = live(...uefiBoot.slice(0, 5), script(5_000, 'withheld'))
  assert.deepEqual([life.state, life.waitingFor], ['waiting', 'a test'])
})

test('a machine that waited and gets its script goes on', () => {
  const life = live(...uefiBoot.slice(0, 5), script(5_000, 'withheld'), script(9_000))
  assert.equal(due(life, 1)?.phase, 'kernel')
})

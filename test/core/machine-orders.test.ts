// Why this file exists: an order for thousands of machines is checked as a whole, written as a batch, and answered with
// the truth when our own feed has shown it.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Fault } from '#fault'
import { machinesOf } from '../../src/core/services/machines.ts'
import { needs } from '../needs.ts'
import { embedded, inMemory } from '../ldap-sync/providers.ts'
import { caller, openLiveDirectory } from './live-directory.ts'

const hex = (number: number): string => number.toString(16).padStart(8, '0')
const macOf = (number: number): string => `02:00:${hex(number).match(/../g)?.join(':')}`

/** n1, n2, …: each with a MAC of its own. */
function machines(count: number, first = 1) {
  return Array.from({ length: count }, (_, at) => ({
    name: `n${first + at}`,
    macs: [macOf(first + at)],
  }))
}

async function openSite(t: TestContext) {
  const site = await openLiveDirectory(t, inMemory())
  const network = { name: 'prov', subnet: '10.77.0.0/16', gateway: '10.77.0.1' }
  await site.networks.add(network, caller)
  return site
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => assert.fail('it was done'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Fault)
  return error
}

test('machines without addresses are written with theirs, in the order of their names', async (t) => {
  const site = await openSite(t)
  const { done, failed, views } = await site.order({ add: machines(520), views: true })
  assert.deepEqual([done.length, failed], [520, []])
  // .1 is the gateway, .2 the appliance.
  assert.deepEqual(
    [views?.[0]?.address, views?.[1]?.address, views?.at(-1)?.address],
    ['10.77.0.3', '10.77.0.4', '10.77.2.10'],
  )
  assert.equal(site.snapshot().setAside.size, 0)
})

test('what is added, changed and removed by one order is one line of the audit log, with its size', async (t) => {
  const site = await openSite(t)
  await site.order({ add: machines(300) })
  const change = machines(50, 101).map(({ name }) => ({ name, tags: ['rack3'], power: 'wol://' }))
  const remove = machines(100).map(({ name }) => name)
  const { done } = await site.order({ add: machines(50, 301), change, remove })
  assert.equal(done.length, 200)
  const tagged = machinesOf(site.snapshot(), 'rack3').map(({ name }) => name)
  assert.deepEqual([tagged.length, tagged[0], tagged.at(-1)], [50, 'n101', 'n150'])
  assert.deepEqual(machinesOf(site.snapshot(), 'rack4'), [])
  assert.equal(site.addressOf('n1'), '-')
  const [last] = site.store.audit.list({ rowsMax: 1 })
  assert.deepEqual(
    [last?.action, last?.target, last?.after, last?.result],
    ['machine orders', 'n[1-150,301-350]', { add: 50, change: 50, remove: 100 }, 'done'],
  )
})

test('everything that is wrong with an order is told at once, and nothing is written', async (t) => {
  const site = await openSite(t)
  await site.order({ add: [{ name: 'n1', macs: [macOf(1)], address: '10.77.0.9' }] })
  const { number } = site.snapshot()
  const fault = await faultOf(
    site.order({
      add: [
        { name: 'n1', macs: [] },
        { name: 'n2', macs: [macOf(1)] },
        { name: 'n3', macs: [], address: '10.77.0.9' },
        { name: 'n4', macs: [macOf(4)], address: '10.77.0.2' },
        { name: 'n5', macs: [macOf(4)] },
        { name: 'n5', macs: [macOf(5)] },
        { name: 'n_6', macs: ['01:00:5e:00:00:01'] },
        { name: 'n7', macs: ['01:00:5e:00:00:01'], address: '10.77.0' },
        { name: 'fine', macs: [macOf(8)] },
      ],
      remove: ['nobody'],
    }),
  )
  assert.equal(fault.code, 'CPC-DIR-080')
  for (const told of [
    /n1: there is a machine n1 already/,
    /n2: MAC 02:00:00:00:00:01 is taken, n1 has it/,
    /n3: address 10\.77\.0\.9 is taken, n1 has it/,
    /n4: address 10\.77\.0\.2 is taken, the appliance has it/,
    /n5: MAC 02:00:00:00:00:04 is taken, n4 in the same order has it/,
    /n5: there is a machine n5 already/,
    /n_6: this is no host name/,
    /n7: this is no IPv4 address/,
    /nobody: there is no machine nobody/,
  ]) {
    assert.match(fault.text.why, told)
  }
  assert.doesNotMatch(fault.text.why, /fine/)
  assert.equal(site.snapshot().number, number)
})

for (const [sentence, orders, code] of [
  ['one name that is taken', { add: [{ name: 'n1', macs: [] }] }, 'CPC-HOST-004'],
  ['names that are not there', { remove: ['x1', 'x2'] }, 'CPC-HOST-001'],
  [
    'a machine that is changed and removed',
    { change: [{ name: 'n1' }], remove: ['n1'] },
    'CPC-DIR-082',
  ],
] as const) {
  test(`${sentence}: when all that is wrong is alike, it keeps its code`, async (t) => {
    const site = await openSite(t)
    await site.order({ add: machines(1) })
    assert.equal((await faultOf(site.order(orders))).code, code)
  })
}

test('a host on which clusters have nodes is neither removed nor made something else', async (t) => {
  const site = await openSite(t)
  await site.order({ add: machines(2).map((one) => ({ ...one, role: 'host' as const })) })
  site.carried.set('n1', ['physics/hpl', 'bio/blast'])
  const becomesOther = { change: [{ name: 'n1', role: 'other' }] } as const
  for (const orders of [{ remove: ['n1', 'n2'] }, becomesOther]) {
    const fault = await faultOf(site.order(orders))
    assert.equal(fault.code, 'CPC-HOST-009')
    assert.match(fault.text.why, /nodes of physics\/hpl, bio\/blast are placed there/)
  }
  assert.deepEqual((await site.order({ change: [{ name: 'n1', tags: ['a'] }] })).done, ['n1'])
  assert.deepEqual((await site.order({ remove: ['n2'] })).done, ['n2'])
})

test('what a removed machine had is free for one that is added by the same order', async (t) => {
  const site = await openSite(t)
  await site.order({ add: [{ name: 'n1', macs: [macOf(1)], address: '10.77.0.9' }] })
  const add = [
    { name: 'n1', macs: [macOf(2)], address: '10.77.0.10' },
    { name: 'n2', macs: [macOf(1)], address: '10.77.0.9' },
  ]
  const { failed, views } = await site.order({ remove: ['n1'], add, views: true })
  assert.deepEqual(failed, [])
  assert.deepEqual(
    views?.filter(({ macs }) => macs.length > 0).map(({ name, address }) => `${name} ${address}`),
    ['n1 10.77.0.10', 'n2 10.77.0.9'],
  )
})

test('a change that changes nothing is done at once', async (t) => {
  const site = await openSite(t)
  await site.order({ add: machines(1) })
  const change = [{ name: 'n1', role: 'other', macs: [macOf(1)], tags: null }] as const
  assert.deepEqual((await site.order({ change })).done, ['n1'])
})

test('an entry that is set aside is told with its reason; the others are done', async (t) => {
  const site = await openSite(t)
  await site.order({ add: machines(2) })
  const change = [
    { name: 'n1', macs: null },
    { name: 'n2', tags: ['a'] },
  ]
  const { done, failed } = await site.order({ change })
  assert.deepEqual(done, ['n2'])
  assert.deepEqual(
    failed.map(({ name, trouble }) => [name, trouble.code]),
    [['n1', 'CPC-DIR-002']],
  )
})

test('a dry run is the LDIF of what would be written, addresses too, and writes nothing', async (t) => {
  const site = await openSite(t)
  await site.order({ add: machines(2) })
  const orders = {
    add: machines(1, 3),
    change: [{ name: 'n1', role: 'host' }],
    remove: ['n2'],
  } as const
  const { ldif = '', done } = await site.order({ ...orders, dryRun: true })
  assert.deepEqual(done, [])
  const where = `ou=machines,${site.base}`
  assert.equal(
    ldif,
    [
      'version: 1',
      '',
      `dn: cn=n2,${where}`,
      'changetype: delete',
      '',
      `dn: cn=n1,${where}`,
      'changetype: modify',
      'replace: coppiceRole',
      'coppiceRole: host',
      '-',
      '',
      `dn: cn=n3,${where}`,
      'changetype: add',
      ...['top', 'device', 'ieee802Device', 'coppiceMachine', 'ipHost'].map(
        (name) => `objectClass: ${name}`,
      ),
      'cn: n3',
      `macAddress: ${macOf(3)}`,
      'ipHostNumber: 10.77.0.5',
      'coppiceRole: other',
      '',
    ].join('\n'),
  )
  assert.deepEqual(
    (await site.order({ add: machines(1, 3), views: true })).views?.[0]?.address,
    '10.77.0.5',
  )
})

test('who goes away ends an order; what was not tried is told', async (t) => {
  const site = await openSite(t)
  const stop = new AbortController()
  const told: number[] = []
  const { done, failed } = await site.order(
    { add: machines(520) },
    {
      signal: stop.signal,
      onProgress: ({ done: count, of }) => {
        told.push(count, of)
        stop.abort()
      },
    },
  )
  assert.deepEqual([done.length, failed.length, told], [500, 20, [500, 520]])
  assert.equal(failed[0]?.trouble.code, 'CPC-DIR-083')
  assert.match(
    site.store.audit.list({ rowsMax: 1 })[0]?.result ?? '',
    /^500 done, 20 failed, the first with CPC-DIR-083/,
  )
})

test('networks are changed, and lose what is taken away', async (t) => {
  const site = await openSite(t)
  const pool = '10.77.9.1-10.77.9.99'
  const changed = await site.networks.change('prov', { pool, leaseSeconds: 600 }, caller)
  assert.deepEqual([changed.pool, changed.leaseSeconds], [pool, 600])
  const bare = await site.networks.change('prov', { pool: null, gateway: null }, caller)
  assert.deepEqual([bare.pool, bare.gateway, bare.leaseSeconds], [undefined, undefined, 600])
  assert.equal((await faultOf(site.networks.change('nobody', {}, caller))).code, 'CPC-HOST-006')
})

test('routes of a network are set as a whole, and a bad one is named before anything is written', async (t) => {
  const site = await openSite(t)
  const [one, other] = ['198.51.100.0/24 10.77.0.253', '192.0.2.0/25 0.0.0.0'] as const
  const set = await site.networks.change('prov', { routes: [one, other] }, caller)
  assert.deepEqual(set.routes, [other, one])
  assert.deepEqual((await site.networks.change('prov', { routes: [one] }, caller)).routes, [one])
  for (const routes of [['198.51.100.0 10.77.0.253'], [one, one]])
    assert.match(
      (await faultOf(site.networks.change('prov', { routes }, caller))).text.what,
      /198\.51/,
    )
  assert.equal((await site.networks.change('prov', { routes: null }, caller)).routes, undefined)
})

test(
  'thousands are added and removed in a real slapd, and no removal of ours is held',
  needs('slapd', '/usr/sbin/slapd'),
  async (t) => {
    const site = await openLiveDirectory(t, await embedded())
    await site.networks.add({ name: 'prov', subnet: '10.77.0.0/16' }, caller)
    const added = await site.order({ add: machines(510) })
    assert.deepEqual([added.done.length, added.failed], [510, []])
    const remove = machines(410).map(({ name }) => name)
    const removed = await site.order({ remove })
    assert.deepEqual([removed.done.length, removed.failed], [410, []])
    assert.deepEqual(site.sync.state.held, [])
    assert.equal(site.snapshot().byMac.size, 100)
  },
)

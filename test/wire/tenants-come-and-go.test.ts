// Why this file exists: VO networks come and go while everything else goes on. No socket may keep a network alive that
// was taken away, and none may be left in one that is no longer there.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import { applyDeltas, type Delta, formatIp4 } from '#directory'
import { systemClock } from '../../src/wire/clock.ts'
import { leasesEnded } from '../../src/wire/tenant-leases.ts'
import { type as t } from '../pxe/dhcp-lab.ts'
import { eventually } from '../eventually.ts'
import { connectNode, type End, eth, ip, namespaceOf, run } from './vo-end.ts'
import {
  both,
  chem,
  configure,
  dig,
  ours,
  physics,
  possible,
  raiseRack,
  type VoRack,
} from './vo-rack.ts'
import {
  chemVni,
  entries,
  ip as address,
  label,
  newId,
  nodeMac,
  physics as physicsNetwork,
  physicsVni,
  site,
  snapshotOf,
  spare,
  spareMac,
  strangeMac,
  vcn,
} from './vo-site.ts'

let rack: VoRack

before(async () => {
  rack = await raiseRack()
})

after(() => rack.takeDown())

test("the next node that gets a node's address gets it at once", possible, async (context) => {
  context.after(() => {
    rack.running.snapshot = site
  })
  const xid = rack.nextTransaction()
  rack.raw().send({ mac: spareMac, xid, type: t.request, wanted: '10.133.0.3' })
  assert.equal(formatIp4((await rack.raw().answer(xid)).yiaddr), '10.133.0.3')
  const successor = { mac: '02:00:00:13:30:55', ip: '10.133.0.3' }
  const deltas: readonly Delta[] = [
    { kind: 'drop', id: spare.id },
    { kind: 'put', entry: vcn('compute7.hpl.physics', successor) },
  ]
  const after = applyDeltas(site, deltas)
  rack.running.snapshot = after
  const message = { kind: 'delta', number: after.number, serial: 2, deltas } as const
  const around = { before: site, after, isWhole: false }
  rack.running.book.apply(leasesEnded(message, around, rack.running.book, systemClock()()))
  rack.raw().send({ mac: successor.mac, xid: xid + 1, type: t.discover })
  assert.equal(formatIp4((await rack.raw().answer(xid + 1)).yiaddr), '10.133.0.3')
})

test(
  'a network that ends here no more is let go, and its namespace with it, whoever is connected',
  possible,
  async (context) => {
    configure(physics, '10.133.0.2')
    const argv = ['netns', 'exec', physics.node, '/bin/busybox', 'nc', ours, '53']
    const connected = spawn(ip, argv, { stdio: ['pipe', 'ignore', 'ignore'] })
    context.after(() => connected.kill())
    const inside = namespaceOf(physics)
    await eventually(
      'a connection is open',
      () => run('netns', 'exec', inside, 'ss', '-Hnte').match(/ESTAB.* ino:[1-9]/) !== null,
    )
    await rack.closeClient()
    await rack.running.tenants.want([chemVni])
    run('netns', 'delete', inside)
    await eventually('the cable is gone with its namespace', () => !hasCable(physics))
    configure(chem, '10.133.16.2')
    assert.match(await dig(chem, 'ns.cluster.test', '+short'), /^10\.133\.16\.1\n$/)
    await rack.serveAnew()
  },
)

test(
  'a namespace made anew under the same name is served anew, within a second',
  possible,
  async (context) => {
    await rack.closeClient()
    run('netns', 'delete', namespaceOf(physics))
    // Our own sockets hold it; that its name has gone is noticed without being told.
    assert.ok(hasCable(physics))
    await rack.running.tenants.tick()
    await eventually('the cable is gone with its namespace', () => !hasCable(physics))
    const tookMs = await rack.serveAnew()
    assert.ok(tookMs < 1_000, `${tookMs} ms`)
    context.diagnostic(`${Math.round(tookMs)} ms from the message to the first answer`)
  },
)

test('a device made anew in the same namespace is served anew', possible, async () => {
  await rack.closeClient()
  run('-n', namespaceOf(physics), 'link', 'delete', `cvx${physicsVni}`)
  connectNode(physics)
  await rack.askAnew()
})

test('an end that gets another address answers from that one', possible, async (context) => {
  const { tenants } = rack.running
  const inside = ['-n', namespaceOf(physics), 'address'] as const
  const device = ['dev', `cvx${physicsVni}`] as const
  context.after(async () => {
    run(...inside, 'flush', ...device)
    run(...inside, 'add', physics.address, ...device)
    await tenants.want(both)
  })
  run(...inside, 'flush', ...device)
  run(...inside, 'add', '10.133.0.9/20', ...device)
  await tenants.want(both)
  configure(physics, '10.133.0.2')
  const moved = { ...physics, address: '10.133.0.9/20' }
  assert.match(await dig(moved, 'ns.cluster.test', '+short'), /^10\.133\.0\.9\n$/)
})

test('even when it was made anew before anybody looked', possible, async () => {
  await rack.closeClient()
  run('netns', 'delete', namespaceOf(physics))
  run('-n', physics.node, 'link', 'delete', eth)
  await rack.serveAnew()
})

test(
  'an end that is not there is told once, served when it is, and disturbs no other',
  possible,
  async () => {
    const vni = physicsVni + 5
    const network = {
      ...physicsNetwork,
      id: newId(),
      name: label('late'),
      vni,
      number: address('10.133.32.0'),
    }
    const late = { vni, address: '10.133.32.1/20', node: physics.node, mac: strangeMac }
    rack.running.snapshot = snapshotOf([...entries, network])
    const about = (): readonly string[] =>
      rack.running.lines.filter((line) => line.includes(`${vni}`))
    try {
      await rack.running.tenants.want([vni, ...both])
      await rack.running.tenants.tick()
      assert.equal(about().length, 1)
      assert.match(about()[0] ?? '', /is not served: .*CPC-NET-008/s)
      const namespace = namespaceOf(late)
      run('netns', 'add', namespace)
      await rack.running.tenants.tick()
      assert.match(about()[1] ?? '', /is not served: .*CPC-NET-009/s)
      run('-n', namespace, 'link', 'add', `cvx${vni}`, 'type', 'veth', 'peer', 'name', 'far')
      run('-n', namespace, 'link', 'set', 'far', 'up')
      run('-n', namespace, 'address', 'add', late.address, 'dev', `cvx${vni}`)
      run('-n', namespace, 'link', 'set', `cvx${vni}`, 'up')
      await rack.running.tenants.tick()
      assert.match(about()[2] ?? '', /is served in cvo/)
      const xid = rack.nextTransaction()
      rack.raw().send({ mac: nodeMac, xid, type: t.discover })
      await rack.raw().answer(xid)
    } finally {
      await rack.running.tenants.want(both)
      rack.running.snapshot = site
      run('netns', 'delete', namespaceOf(late))
    }
  },
)

test(
  'a namespace with one of our names is left alone while no network has its number',
  possible,
  async () => {
    const name = `cvo${physicsVni + 6}`
    run('netns', 'add', name)
    try {
      await rack.running.tenants.want([...both, physicsVni + 6])
      assert.ok(!rack.running.lines.some((line) => line.includes(`${physicsVni + 6}`)))
    } finally {
      await rack.running.tenants.want(both)
      run('netns', 'delete', name)
    }
  },
)

function hasCable({ node }: End): boolean {
  return run('-n', node, '-o', 'link', 'show').includes(`${eth}@`)
}

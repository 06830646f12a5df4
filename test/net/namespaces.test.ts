// Why this file exists: a socket in the wrong network namespace answers the wrong network. Linux's own namespaces are
// the counterpart, and what cannot be provoked there (no way back) is shown with calls of our own.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Fault } from '#fault'
import {
  boundTcpDescriptor,
  interfaceAddresses,
  openBoundUdp,
  openLinkSender,
  openNamespace,
} from '#net'
import { visit } from '../../src/net/namespace.ts'
import { needs, needsRoot } from '../needs.ts'

const ip = '/usr/sbin/ip'
const name = `netsp-${process.pid}`
const folder = '/run/netns'
const possible = { timeout: 15_000, ...needsRoot(), ...needs('iproute2', ip) }

function run(...argv: readonly string[]): string {
  return execFileSync(ip, [...argv], { encoding: 'utf8' })
}

before(() => {
  if (possible.skip !== undefined) return
  run('netns', 'add', name)
  run('-n', name, 'link', 'add', 'only0', 'type', 'veth', 'peer', 'name', 'only1')
  run('-n', name, 'link', 'set', 'only1', 'up')
  run('-n', name, 'address', 'add', '198.18.40.1/24', 'dev', 'only0')
  run('-n', name, 'link', 'set', 'only0', 'up')
})

after(() => {
  if (possible.skip === undefined) run('netns', 'delete', name)
})

function ownNamespace(): string {
  return readlinkSync('/proc/thread-self/ns/net')
}

test(
  'sockets are opened within a namespace, and the thread is back where it was',
  possible,
  async () => {
    const home = ownNamespace()
    using namespace = openNamespace(name)
    const place = { interfaceName: 'only0', address: '198.18.40.1', port: 5_353, namespace }
    const udp = await openBoundUdp(place)
    const tcp = createServer().listen({ fd: boundTcpDescriptor(place) })
    await once(tcp, 'listening')
    const link = openLinkSender('only0', namespace)
    try {
      const seen = run('netns', 'exec', name, 'ss', '-Hlntu')
      assert.match(seen, /^udp .*198\.18\.40\.1%only0:5353/m)
      assert.match(seen, /^tcp .*198\.18\.40\.1%only0:5353/m)
      assert.equal(ownNamespace(), home)
      const to = { address: '198.18.40.9', port: 68, mac: '02:00:00:00:00:09' }
      const from = { address: '198.18.40.1', port: 67 }
      assert.equal(link.send({ from, to, payload: Buffer.from('an offer') }), undefined)
    } finally {
      link.close()
      tcp.close()
      await udp.close()
    }
  },
)

test('addresses are those of the namespace, and only of it', possible, () => {
  using namespace = openNamespace(name)
  const found = interfaceAddresses('only0', namespace)
  assert.deepEqual(found?.ip4, [{ address: '198.18.40.1', netmask: '255.255.255.0' }])
  assert.equal(interfaceAddresses('only0'), undefined)
})

test(
  'a failure within is told with the namespace, and the thread is back all the same',
  possible,
  () => {
    const home = ownNamespace()
    using namespace = openNamespace(name)
    const place = { interfaceName: 'only0', address: '198.18.40.7', port: 53, namespace }
    assert.throws(
      () => boundTcpDescriptor(place),
      (error: unknown) =>
        error instanceof Fault && error.code === 'CPC-NET-004' && error.text.where.includes(name),
    )
    assert.throws(() => openLinkSender('lo7', namespace), { code: 'CPC-NET-003' })
    assert.equal(ownNamespace(), home)
  },
)

test('a namespace that is not there, or is a name only, is a fault that says so', possible, (t) => {
  assert.throws(() => openNamespace(`${name}-none`), { code: 'CPC-NET-008' })
  const half = join(folder, `${name}-half`)
  writeFileSync(half, '')
  t.after(() => rmSync(half))
  assert.throws(() => openNamespace(`${name}-half`), { code: 'CPC-NET-008' })
})

test('a namespace made anew under the same name has another number', possible, (t) => {
  const again = `${name}-again`
  run('netns', 'add', again)
  t.after(() => run('netns', 'delete', again))
  using first = openNamespace(again)
  using same = openNamespace(again)
  assert.equal(same.inode, first.inode)
  run('netns', 'delete', again)
  assert.throws(() => openNamespace(again), { code: 'CPC-NET-008' })
  run('netns', 'add', again)
  using second = openNamespace(again)
  assert.notEqual(second.inode, first.inode)
})

const keeper = join(import.meta.dirname, 'programs/keeper.ts')

test(
  'what one child of a process in a namespace of its own makes, another child opens',
  possible,
  () => {
    const made = `${name}-made`
    // `ip netns exec` gives a mount namespace too, in which the names of namespaces live.
    const said = run('netns', 'exec', name, process.execPath, keeper, made)
    assert.match(said, /^only0: none, lo within: 127\.0\.0\.1\n$/)
  },
)

for (const [sentence, act] of [
  ['after it is done', () => 'done'],
  [
    'after it has failed',
    () => {
      throw new Error('within')
    },
  ],
] as const) {
  test(`a thread that cannot come back ${sentence} takes the process down`, () => {
    const deaths: string[] = []
    const calls = {
      enter(descriptor: number) {
        if (descriptor === 2) throw new Error('no way back')
      },
      die: (why: string) => void deaths.push(why),
    }
    try {
      visit({ there: 1, home: 2 }, act, calls)
    } catch (error) {
      assert.match(String(error), /within/)
    }
    assert.deepEqual(deaths, ['Error: no way back'])
  })
}

test('a namespace that lets nobody in leaves the thread where it is, and alive', () => {
  const entered: number[] = []
  const calls = {
    enter(descriptor: number) {
      entered.push(descriptor)
      throw new Error('no entry')
    },
    die: () => assert.fail('it was never away'),
  }
  assert.throws(() => visit({ there: 1, home: 2 }, () => 'done', calls), /no entry/)
  assert.deepEqual(entered, [1])
})

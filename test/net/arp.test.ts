// Why this file exists: an address that somebody has must be found taken, and one that nobody has must not, on a real wire
// with a real stack at its far end.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { interfaceAddresses, probeByArp } from '#net'
import { buildProbe, readClaim } from '../../src/net/arp.ts'
import { needs, needsRoot } from '../needs.ts'
import { eventually } from '../eventually.ts'

const card = [0x52, 0x54, 0, 0x77, 0, 0x11]
const us = [2, 0, 0, 0, 0, 1, 10, 77, 0, 1]
const claimBytes = (operation: number, address: readonly number[]): Uint8Array =>
  Uint8Array.of(0, 1, 8, 0, 6, 4, 0, operation, ...card, ...address, ...us)

test('RFC 826: who answers, and who asks with an address of its own, claims that address', () => {
  const claim = { address: '10.77.0.11', mac: '52:54:00:77:00:11' }
  for (const operation of [1, 2])
    assert.deepEqual(readClaim(claimBytes(operation, [10, 77, 0, 11])), claim)
})

test('RFC 5227 §2.1.1: a probe claims nothing', () => {
  const probe = buildProbe(Uint8Array.of(2, 0, 0, 0, 0, 1), Uint8Array.of(10, 77, 0, 11))
  assert.equal(probe.length, 28)
  assert.deepEqual(probe.subarray(14, 18), new Uint8Array(4))
  assert.equal(readClaim(probe), undefined)
})

test('what is no ARP of Ethernet and IPv4, or is cut short, claims nothing', () => {
  const whole = claimBytes(2, [10, 77, 0, 11])
  assert.equal(readClaim(whole.subarray(0, 27)), undefined)
  assert.equal(readClaim(whole.with(3, 6)), undefined)
  assert.equal(readClaim(whole.with(7, 3)), undefined)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void readClaim(bytes)))
})

const ip = '/usr/sbin/ip'
const possible = { timeout: 20_000, ...needsRoot(), ...needs('iproute2', ip) }
const far = `cpar-${process.pid}`
const near = `cpa${process.pid}`
const run = (...argv: readonly string[]): void => void execFileSync(ip, argv)

before(async () => {
  if (possible.skip !== undefined) return
  run('netns', 'add', far)
  run('link', 'add', near, 'type', 'veth', 'peer', 'name', 'far0', 'netns', far)
  run('-n', far, 'link', 'set', 'far0', 'address', '52:54:00:77:00:11', 'up')
  run('-n', far, 'address', 'add', '10.231.7.11/24', 'dev', 'far0')
  run('address', 'add', '10.231.7.1/32', 'dev', near)
  run('link', 'set', near, 'up')
  await eventually('the wire is there', () => interfaceAddresses(near) !== undefined)
})

after(() => {
  if (possible.skip === undefined) run('netns', 'delete', far)
})

test('of two addresses the one that a stack has is found, with its card', possible, async () => {
  const answers = await probeByArp(near, ['10.231.7.11', '10.231.7.12'])
  assert.deepEqual([...answers], [['10.231.7.11', '52:54:00:77:00:11']])
})

test('on a wire that is down nobody answers', possible, async () => {
  run('-n', far, 'link', 'set', 'far0', 'down')
  try {
    assert.equal((await probeByArp(near, ['10.231.7.11'])).size, 0)
  } finally {
    // Tests come in any order.
    run('-n', far, 'link', 'set', 'far0', 'up')
    await eventually('the wire is back', () => isUp(near))
  }
})

function isUp(name: string): boolean {
  return readFileSync(`/sys/class/net/${name}/operstate`, 'utf8').trim() === 'up'
}

// Why this file exists: who holds which address is shown by address, MAC or name, and is taken back by the same words.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type FakeCore, fakeCore } from '../api/fake-services.ts'
import { type Shell, shellOn } from './terminal.ts'

let core: FakeCore
let shell: Shell
beforeEach(async () => {
  core = fakeCore()
  shell = await shellOn(core.services)
})
afterEach(() => shell[Symbol.asyncDispose]())

const machine = /^10\.1\.0\.1 +52:54:00:00:00:01 +n001 +bound +directory +2026-/m
const guest = /^10\.1\.200\.7 +52:54:00:00:00:31 +- +quarantined +pool +2026-/m

const released = (): readonly string[] => core.orders.map(({ what }) => what)

test('all leases are listed, and one is shown by its address, its MAC or the name of its machine', async () => {
  const all = await shell.coppice(['lease', 'list'])
  assert.match(all.out, machine)
  assert.match(all.out, guest)
  for (const word of ['10.1.0.1', '52:54:00:00:00:01', '52-54-00-00-00-01', 'n001']) {
    const { exit, out } = await shell.coppice(['lease', 'show', word])
    assert.equal(exit, 0)
    assert.match(out, machine)
    assert.doesNotMatch(out, guest)
  }
  const both = await shell.coppice([
    'lease',
    'show',
    '10.1.200.7',
    'n001',
    '10.1.0.1',
    '-o',
    'name',
  ])
  assert.equal(both.out, '10.1.200.7\n10.1.0.1')
})

test('an address is taken back from its holder, and is nobody’s then', async () => {
  const { exit, err } = await shell.coppice(['lease', 'release', '52:54:00:00:00:31', '10.1.0.1'])
  assert.deepEqual([exit, err], [0, 'released 10.1.0.1,10.1.200.7'])
  assert.deepEqual(released().toSorted(), ['lease release 10.1.0.1', 'lease release 10.1.200.7'])
  assert.equal((await shell.coppice(['lease', 'release', '10.1.0.1'])).exit, 3)
  assert.equal((await shell.coppice(['lease', 'show', 'n001'])).exit, 3)
})

test('what would be released is shown, and nothing is', async () => {
  const { exit, out } = await shell.coppice(['lease', 'release', 'n001', '--dry-run'])
  assert.equal(exit, 0)
  assert.match(out, machine)
  assert.deepEqual(released(), [])
})

test('when one of the words names no lease, none is released', async () => {
  const { exit, err } = await shell.coppice(['lease', 'release', '10.1.0.1', 'n077'])
  assert.equal(exit, 3)
  assert.match(err, /CPC-DHCP-012/)
  assert.match(err, /n077 holds no address/)
  assert.deepEqual(released(), [])
})

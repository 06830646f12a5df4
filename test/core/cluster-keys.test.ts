// Why this file exists: two nodes that come up at once must open to the same key, and a key outlives the core that made it.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseLabel, parseSubnet } from '#directory'
import { authorizedKeyLine } from '#hpl'
import { openCoreStore } from '#store'
import { ClusterKeys } from '../../src/core/cluster-keys.ts'
import { needs } from '../needs.ts'
import { known } from './house.ts'

const physics = known(parseLabel('physics'))
const hpl = known(parseLabel('hpl'))
const other = known(parseLabel('other'))
const anywhere = known(parseSubnet('0.0.0.0/0'))
const hasKeygen = needs('openssh-client', '/usr/bin/ssh-keygen')

function openKeys(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-keys-'))
  const store = openCoreStore(join(folder, 'core.db'), () => 0)
  t.after(() => {
    store[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })
  return { folder, store, keys: new ClusterKeys(store.clusterKeys, folder) }
}

test('a cluster has one pair of keys, however many ask for it at once', hasKeygen, async (t) => {
  const { keys, store, folder } = openKeys(t)
  assert.equal(keys.find(physics, hpl), undefined)
  const pairs = await Promise.all([1, 2, 3].map(() => keys.ensure(physics, hpl)))
  const [pair] = pairs
  assert.ok(pair !== undefined)
  for (const each of pairs) assert.deepEqual(each, pair)
  assert.match(pair.secret, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
  assert.ok(authorizedKeyLine(pair.publicKey, anywhere) !== undefined)
  assert.deepEqual(new ClusterKeys(store.clusterKeys, folder).find(physics, hpl), pair)
  assert.deepEqual(await keys.ensure(physics, hpl), pair)
  assert.notEqual((await keys.ensure(physics, other)).secret, pair.secret)
})

test(
  'a key lies in no file after it was made, and in no table after its cluster is gone',
  hasKeygen,
  async (t) => {
    const { keys, folder } = openKeys(t)
    await keys.ensure(physics, hpl)
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.startsWith('core.db')),
      [],
    )
    keys.remove(physics, hpl)
    assert.equal(keys.find(physics, hpl), undefined)
  },
)

test(
  'a pair that cannot be made is a fault, and the next attempt is a new one',
  hasKeygen,
  async (t) => {
    const { store, folder } = openKeys(t)
    const keys = new ClusterKeys(store.clusterKeys, join(folder, 'absent'))
    await assert.rejects(keys.ensure(physics, hpl), { code: 'CPC-HPL-011' })
    await assert.rejects(keys.ensure(physics, hpl), { code: 'CPC-HPL-011' })
    assert.ok(!existsSync(join(folder, 'absent')))
  },
)

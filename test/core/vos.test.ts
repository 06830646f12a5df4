// Why this file exists: a VO and its network are two entries, and whoever adds VOs does so at the same time as others.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { applyDeltas, type Entry, type Label, parseUuid, type Subnet } from '#directory'
import type { NetworkFields, VoFields } from '#ldap-sync'
import { emptyBook } from '#vocluster'
import { voServices } from '../../src/core/services/vos.ts'
import { known, openHouse } from './house.ts'

const caller = { name: 'local socket', role: 'admin' } as const

/** A directory that shows what was written a moment later. */
async function openVos(t: TestContext) {
  const house = await openHouse(t)
  let snapshot = house.snapshot()
  let count = 0
  const nextId = () =>
    known(parseUuid(`00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`))
  const put = async (entry: Entry): Promise<string> => {
    await new Promise((resolve) => setImmediate(resolve))
    snapshot = applyDeltas(snapshot, [{ kind: 'put', entry }])
    return entry.dn
  }
  const writer = {
    addNetwork: (name: Label, subnet: Subnet, { vni }: NetworkFields) =>
      put({
        kind: 'network',
        id: nextId(),
        dn: `cn=${name},ou=networks`,
        name,
        ...subnet,
        leaseSeconds: 600,
        vni: known(vni ?? undefined),
      }),
    addVo: (name: Label, { quota = [] }: VoFields) =>
      put({
        kind: 'vo',
        id: nextId(),
        dn: `cn=${name},ou=vos`,
        name,
        quota: Object.fromEntries(quota.map(pairOf)),
        members: [],
      }),
  }
  const done = () => Promise.resolve()
  return voServices({
    ...house,
    snapshot: () => snapshot,
    sync: { writer: { ...writer, changeVo: done, remove: done } },
    directory: { untilShown: done },
    engine: { book: () => emptyBook, clusters: () => [] },
    images: { list: () => [] },
  })
}

function pairOf(word: string): readonly [string, string] {
  const [name = '', value = ''] = word.split('=')
  return [name, value]
}

test('two VOs that are added at the same time have different networks', async (t) => {
  const vos = await openVos(t)
  const added = await Promise.all(
    ['physics', 'chemistry', 'biology'].map((name) => vos.add({ name }, caller)),
  )
  assert.deepEqual(
    added.map(({ network }) => [network?.vni, network?.subnet]),
    [
      [1, '10.128.0.0/20'],
      [2, '10.128.16.0/20'],
      [3, '10.128.32.0/20'],
    ],
  )
})

test('a limit that cannot be read is refused before anything is written', async (t) => {
  const vos = await openVos(t)
  await assert.rejects(vos.add({ name: 'physics', quota: 'memory=lots' }, caller), {
    code: 'CPC-VO-003',
  })
  assert.deepEqual(vos.list(), [])
  const { quota } = await vos.add({ name: 'physics', quota: 'vcpus=8, memory=2GiB' }, caller)
  assert.deepEqual(quota, { vcpus: 8, memoryBytes: 2 * 2 ** 30 })
})

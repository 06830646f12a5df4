// Why this file exists: addresses that the appliance chooses are the lowest free ones, in the order of the names, each
// given once, and for thousands of entries in one go.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  applyDeltas,
  type Entry,
  formatIp4,
  type Ip4,
  type Mac,
  type Machine,
  macFromBytes,
  parseDnsName,
  parseIp4,
  parseLabel,
  parseSubnet,
  parseUuid,
} from '#directory'
import { type DirectoryOrder, LdapRefusal, type OrderOutcome } from '#ldap-sync'
import { AddressGiver } from '../../src/core/addresses.ts'
import { known, machine, openHouse } from './house.ts'

const network: Entry = {
  kind: 'network',
  id: known(parseUuid('00000000-0000-4000-8000-00000000ffff')),
  dn: 'cn=prov,ou=networks,dc=cluster,dc=test',
  name: known(parseLabel('prov')),
  ...known(parseSubnet('10.77.0.0/16')),
  gateway: known(parseIp4('10.77.0.1')),
  leaseSeconds: 600,
}

function bare(name: string, number: number): Machine {
  const id = known(parseUuid(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`))
  const dn = `cn=${name},ou=machines,dc=cluster,dc=test`
  return {
    ...machine,
    id,
    dn,
    name: known(parseDnsName(name)),
    nics: [{ id, macs: [cardOf(number)] }],
  }
}

function cardOf(number: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, number >> 8, number & 255), 0)
}

/** A directory that shows what was written, and remembers how often it was asked to write. */
async function openGiver(t: TestContext, options: { readOnly?: boolean; refuse?: string } = {}) {
  const { store } = await openHouse(t)
  let snapshot = applyDeltas((await openHouse(t)).snapshot(), [{ kind: 'put', entry: network }])
  const calls: (readonly DirectoryOrder[])[] = []
  const told: string[] = []
  const put = (entries: readonly Entry[]): void => {
    snapshot = applyDeltas(
      snapshot,
      entries.map((entry) => ({ kind: 'put', entry }) as const),
    )
  }
  const addressed = (entry: Machine, address: Ip4 | undefined): Machine => ({
    ...entry,
    nics: entry.nics.map((nic) => (address === undefined ? nic : { ...nic, address })),
  })
  const writeOne = (order: DirectoryOrder): OrderOutcome => {
    if (order.dn.startsWith(`cn=${options.refuse},`)) {
      const result = { code: 19, matchedDn: '', message: 'not unique', referrals: [] }
      return { order, kind: 'failed', fault: new LdapRefusal(result, 'refused', order.dn) }
    }
    const [, name = ''] = /^cn=([^,]*),/.exec(order.dn) ?? []
    const entry = snapshot.byName.get(known(parseDnsName(name)))?.device
    const change = order.kind === 'modify' ? order.changes[1] : undefined
    assert.ok(entry?.kind === 'machine')
    put([addressed(entry, parseIp4(change?.values[0] ?? ''))])
    return { order, kind: 'done' }
  }
  const giver = new AddressGiver({
    directory: {
      get snapshot() {
        return snapshot
      },
      isClaimed: () => false,
      take: (batch) =>
        put(
          batch.flatMap((change) => {
            if (change.kind !== 'put' || change.entry.kind !== 'machine') return []
            return [addressed(change.entry, store.addresses.all().get(change.entry.id))]
          }),
        ),
      untilShown: () => Promise.resolve(),
    },
    sync: {
      writer: {
        carryOut: (orders) => {
          calls.push(orders)
          return Promise.resolve(orders.map(writeOne))
        },
      },
    },
    store,
    events: { tell: (kind, subject, text) => void told.push(`${kind} ${subject}: ${text}`) },
    applianceAddresses: [known(parseIp4('10.77.0.2'))],
    readOnly: options.readOnly ?? false,
  })
  const arrive = (entries: readonly Machine[]): void => {
    put(entries)
    giver.take(entries.map((entry) => ({ kind: 'put', entry })))
  }
  const addressOf = (name: string): string => {
    const device = snapshot.byName.get(known(parseDnsName(name)))?.device
    const address = device?.nics[0]?.address
    return address === undefined ? '-' : formatIp4(address)
  }
  return { giver, arrive, addressOf, calls, told }
}

test('ten thousand entries get the lowest free addresses in the order of their names, in one go', async (t) => {
  const { giver, arrive, addressOf, calls } = await openGiver(t)
  const machines = Array.from({ length: 10_000 }, (_, at) => bare(`n${at + 1}`, at + 1))
  // As they come when many are added at once: in any order, in many pieces.
  const shuffled = machines.toSorted((one, other) => (one.dn < other.dn ? 1 : -1))
  for (let at = 0; at < 10_000; at += 100) arrive(shuffled.slice(at, at + 100))
  await giver.settled()
  assert.equal(calls.length, 1)
  // 10.77.0.1 is the gateway, .2 the appliance, .20 the machine that there was.
  assert.deepEqual(['n1', 'n2', 'n17', 'n18', 'n10000'].map(addressOf), [
    '10.77.0.3',
    '10.77.0.4',
    '10.77.0.19',
    '10.77.0.21',
    '10.77.39.19',
  ])
})

test('an address that was reserved is given to nobody else until it is released', async (t) => {
  const { giver, arrive, addressOf } = await openGiver(t)
  const reserved = giver.reserve(2)
  assert.deepEqual(reserved.addresses.map(formatIp4), ['10.77.0.3', '10.77.0.4'])
  arrive([bare('n1', 1)])
  await giver.settled()
  assert.equal(addressOf('n1'), '10.77.0.5')
  reserved.release()
  arrive([bare('n2', 2)])
  await giver.settled()
  assert.equal(addressOf('n2'), '10.77.0.3')
})

test('one that is refused is told of, and the others have theirs', async (t) => {
  const { giver, arrive, addressOf, told } = await openGiver(t, { refuse: 'n2' })
  arrive([bare('n1', 1), bare('n2', 2), bare('n3', 3)])
  await giver.settled()
  assert.deepEqual(['n1', 'n2', 'n3'].map(addressOf), ['10.77.0.3', '-', '10.77.0.5'])
  assert.equal(told.filter((line) => line.startsWith('alarm n2: no address was written')).length, 1)
})

test('where the directory may not be written, addresses are kept in the store', async (t) => {
  const { giver, arrive, addressOf, calls } = await openGiver(t, { readOnly: true })
  arrive([bare('n2', 2), bare('n1', 1)])
  await giver.settled()
  assert.deepEqual(['n1', 'n2'].map(addressOf), ['10.77.0.3', '10.77.0.4'])
  assert.equal(calls.length, 0)
})

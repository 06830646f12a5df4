// Why this file exists: what the room promises of any LDAP server, asked of the one in memory and of the real one.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ip4, parseDnsName, parseIp4, parseLabel, parseMac, parseSubnet } from '#directory'
import { LdapRefusal } from '#ldap-sync'
import { childDn } from '../../src/ldap-sync/dn.ts'
import { ldapFilter } from '../../src/ldap-sync/message/filter.ts'
import { Bench, known, type Provider } from './bench.ts'

const name = (text: string) => known(parseDnsName(text))
const mac = (text: string) => known(parseMac(text))
const address = (text: string) => known(parseIp4(text))

export interface BatteryOptions {
  readonly skip?: string
}

export function battery(
  label: string,
  make: () => Promise<Provider>,
  options: BatteryOptions = {},
): void {
  describe(label, options, () => {
    let provider: Provider
    let count = 0
    before(async () => {
      provider = await make()
    })
    after(() => provider.stop())
    const promise = (sentence: string, run: (bench: Bench) => Promise<void>): void => {
      test(`${sentence} (${label})`, async () => {
        count += 1
        const bench = new Bench(provider, `t${count}`)
        try {
          await bench.prepare()
          await run(bench)
        } finally {
          await bench.close()
        }
      })
    }
    following(promise)
    interrupted(promise, () => provider.interrupt())
    guarding(promise)
    writing(promise)
    signingIn(promise)
  })
}

type Promising = (sentence: string, run: (bench: Bench) => Promise<void>) => void

function following(promise: Promising): void {
  promise('a first refresh tells every entry, typed', async (bench) => {
    await bench.machine('n001', 1, { coppiceRole: 'host' })
    await bench.add(`cn=prov,ou=networks,${bench.base}`, {
      objectClass: ['ipNetwork', 'coppiceNetwork'],
      cn: 'prov',
      ipNetworkNumber: '10.77.0.0',
      ipNetmaskNumber: '255.255.255.0',
      coppicePool: '10.77.0.200-10.77.0.250',
    })
    const watched = await bench.live()
    const machine = known(watched.machine('n001'))
    assert.equal(machine.role, 'host')
    assert.deepEqual(machine.nics[0]?.macs, ['52:54:00:00:00:01'])
    const kinds = [...watched.entries.values()].map((entry) => entry.kind).toSorted()
    assert.deepEqual(kinds, ['machine', 'network'])
  })

  promise('an added, a changed and a removed entry are told as they happen', async (bench) => {
    const watched = await bench.live()
    const dn = await bench.machine('n001', 1)
    await watched.until('it is there', () => watched.machines.length === 1)
    await bench.change(dn, 'replace', { ipHostNumber: '10.77.0.99' })
    await watched.until('it has changed', () => {
      return watched.machine('n001')?.nics[0]?.address === address('10.77.0.99')
    })
    await (await bench.client()).delete(dn)
    await watched.until('it is gone', () => watched.machines.length === 0)
  })

  promise('RFC 4533: a renamed entry keeps its id', async (bench) => {
    const watched = await bench.live()
    const dn = await bench.machine('n001', 1)
    await watched.until('it is there', () => watched.machine('n001') !== undefined)
    const { id } = known(watched.machine('n001'))
    await (await bench.client()).rename(dn, 'cn=n002')
    await watched.until('it has its new name', () => watched.machine('n002') !== undefined)
    assert.equal(watched.machine('n002')?.id, id)
    assert.equal(watched.machines.length, 1)
  })

  promise('a renamed container takes its descendants along', async (bench) => {
    const watched = await bench.live()
    await bench.add(`ou=rack,ou=machines,${bench.base}`, {
      objectClass: 'organizationalUnit',
      ou: 'rack',
    })
    const dn = `cn=n001,ou=rack,ou=machines,${bench.base}`
    const objectClass = ['device', 'ieee802Device']
    await bench.add(dn, { objectClass, cn: 'n001', macAddress: '525400000001' })
    await bench.add(`cn=eth1,${dn}`, { objectClass, cn: 'eth1', macAddress: '525400000002' })
    await watched.until('both cards are there', () => watched.machine('n001')?.nics.length === 2)
    await (await bench.client()).rename(`ou=rack,ou=machines,${bench.base}`, 'ou=shelf')
    const moved = `cn=n001,ou=shelf,ou=machines,${bench.base}`
    await watched.until('it has moved', () => watched.machine('n001')?.dn === moved)
    assert.equal(watched.machine('n001')?.nics.length, 2)
    await bench.change(`cn=eth1,${moved}`, 'add', { macAddress: '525400000003' })
    await watched.until('a change below it is understood', () => {
      return watched.machine('n001')?.nics[1]?.macs.length === 2
    })
  })

  promise('HOSTILE 40: an entry made again under the same DN is a new entry', async (bench) => {
    const dn = await bench.machine('n001', 1)
    const watched = await bench.live()
    const { id } = known(watched.machine('n001'))
    await (await bench.client()).delete(dn)
    await bench.machine('n001', 2)
    await watched.until('the new one is there', () => {
      return watched.machine('n001')?.nics[0]?.macs[0] === mac('525400000002')
    })
    assert.notEqual(watched.machine('n001')?.id, id)
    assert.equal(watched.machines.length, 1)
  })

  promise(
    'HOSTILE 43: a bad entry is refused with its reason, others are served',
    async (bench) => {
      const bad = await bench.machine('n001', 1)
      await bench.machine('n002', 2)
      await bench.change(bad, 'replace', { ipHostNumber: 'next to the door' })
      const watched = await bench.live()
      assert.deepEqual(
        watched.machines.map((machine) => machine.name),
        ['n002'],
      )
      assert.deepEqual(
        [...watched.refused.values()],
        ['ipHostNumber "next to the door" is no address'],
      )
      await bench.change(bad, 'replace', { ipHostNumber: '10.77.0.1' })
      await watched.until('it is served once it is right', () => watched.machines.length === 2)
      assert.equal(watched.refused.size, 0)
    },
  )
}

function interrupted(promise: Promising, interrupt: () => Promise<void>): void {
  promise('HOSTILE 38: what changed while the server was away is told on return', async (bench) => {
    const [kept, removed] = [await bench.machine('n001', 1), await bench.machine('n002', 2)]
    const watched = await bench.live()
    const before = watched.batches.length
    await interrupt()
    await watched.until('it is noticed', () => watched.state?.kind === 'away')
    await bench.change(kept, 'replace', { ipHostNumber: '10.77.0.50' })
    await (await bench.client()).delete(removed)
    await bench.machine('n003', 3)
    await watched.until('all three changes are there', () => {
      const names = watched.machines.map((machine) => machine.name).toSorted()
      const moved = watched.machine('n001')?.nics[0]?.address === address('10.77.0.50')
      return moved && names.join() === 'n001,n003'
    })
    assert.ok(watched.batches.length > before)
  })

  promise('a restart goes on from the copy, and tells only what is new', async (bench) => {
    await bench.machine('n001', 1)
    const first = await bench.live()
    await first.sync.close()
    await bench.machine('n002', 2)
    const second = bench.watch()
    await second.sync.start()
    assert.deepEqual(
      second.machines.map((machine) => machine.name),
      ['n001'],
    )
    assert.ok(known(second.state).heardAt !== undefined)
    await second.until('the new one is there', () => second.machine('n002') !== undefined)
    const told = second.batches.slice(1).flat()
    assert.equal(told.length, 1)
  })
}

function guarding(promise: Promising): void {
  promise(
    'HOSTILE 39: a mass deletion is held, the old is served, and accepted when meant',
    async (bench) => {
      const names = Array.from({ length: 8 }, (_, at) => `n${at + 1}`)
      const dns: string[] = []
      for (const [at, label] of names.entries()) dns.push(await bench.machine(label, at + 1))
      const watched = await bench.live()
      const client = await bench.client()
      for (const dn of dns) await client.delete(dn)
      await watched.until('some are held', () => watched.state?.held.length === 3)
      assert.equal(watched.machines.length, 3)
      assert.equal(watched.sync.acceptHeld(), 3)
      assert.equal(watched.machines.length, 0)
      assert.equal(watched.state?.held.length, 0)
    },
  )

  promise(
    'HOSTILE 39: what is held survives a restart, and a refusal asks the server again',
    async (bench) => {
      const removals = { windowMillis: 60_000, countMax: 1, percentMax: 10 }
      const dns = [await bench.machine('n1', 1), await bench.machine('n2', 2)]
      const first = await bench.live({ removals })
      await first.sync.close()
      for (const dn of dns) await (await bench.client()).delete(dn)
      const second = await bench.live({ removals })
      assert.equal(second.state?.held.length, 2)
      await second.sync.close()
      const third = await bench.live({ removals })
      assert.equal(third.state?.held.length, 2)
      assert.equal(third.sync.rejectHeld(), 2)
      await bench.machine('n3', 3)
      await third.until('it has asked again', () => third.machine('n3') !== undefined)
      assert.equal(third.state?.held.length, 2)
      assert.equal(third.machines.length, 3)
    },
  )

  promise('our own removals never count as a mass deletion', async (bench) => {
    for (let at = 1; at <= 8; at += 1) await bench.machine(`n${at}`, at)
    const watched = await bench.live()
    for (const { dn } of watched.machines) await watched.sync.writer.remove(dn)
    await watched.until('all are gone', () => watched.machines.length === 0)
    assert.equal(watched.state?.held.length, 0)
  })
}

function writing(promise: Promising): void {
  promise('what the writer writes comes back typed, field by field', async (bench) => {
    const watched = await bench.live()
    const given = {
      aliases: [name('web')],
      macs: [mac('52:54:00:00:00:11'), mac('52:54:00:00:00:12')],
      role: 'host',
      port: 'eth 1/7',
      power: 'redfish+http://10.77.0.9/',
      tags: ['rack1'],
      // RFC 2307 2.4: key=server:path, and slapd insists on it.
      bootParameters: ['root=10.77.0.1:/srv/root'],
    } as const
    const dn = await watched.sync.writer.addMachine(name('n001'), given)
    await watched.until('it is there', () => watched.machine('n001') !== undefined)
    const machine = known(watched.machine('n001'))
    const { nics, id, kind, dn: shown, name: canonical, ...rest } = machine
    assert.deepEqual(rest, withoutMacs(given))
    assert.deepEqual(nics, [{ id, macs: given.macs }])
    assert.deepEqual([kind, shown, canonical], ['machine', dn, 'n001'])
    await watched.sync.writer.changeMachine(dn, {
      tags: [],
      port: null,
      role: 'other',
      aliases: [],
      bootFile: 'other.efi',
    })
    await watched.until('it has changed', () => watched.machine('n001')?.bootFile === 'other.efi')
    const changed = known(watched.machine('n001'))
    assert.deepEqual(
      [changed.tags, changed.port, changed.aliases, changed.role],
      [[], undefined, [], 'other'],
    )
    assert.equal(changed.id, id)
  })

  promise('an address is given once, and never to an entry that has one', async (bench) => {
    const watched = await bench.live()
    const { writer } = watched.sync
    const dn = await writer.addMachine(name('n001'), { macs: [mac('525400000001')] })
    const offers = await Promise.all([
      writer.giveAddress(dn, address('10.77.0.5')),
      writer.giveAddress(dn, address('10.77.0.6')),
    ])
    assert.deepEqual(offers.toSorted(), ['given', 'had-one'])
    await watched.until(
      'it is there',
      () => watched.machine('n001')?.nics[0]?.address !== undefined,
    )
    assert.equal(watched.machine('n001')?.nics.length, 1)
    await writer.changeMachine(dn, { address: null })
    await watched.until('it is taken away', () => {
      return watched.machine('n001')?.nics[0]?.address === undefined
    })
    assert.equal(await writer.giveAddress(dn, address('10.77.0.7')), 'given')
  })

  promise('a machine with a further card is removed whole', async (bench) => {
    const watched = await bench.live()
    const { writer } = watched.sync
    const dn = await writer.addMachine(name('n001'), { macs: [mac('525400000001')] })
    const card = { macs: [mac('525400000002')], network: known(parseLabel('prov')) }
    await writer.addNic(dn, known(parseLabel('eth1')), card)
    await watched.until('it has two cards', () => watched.machine('n001')?.nics.length === 2)
    assert.equal(watched.machine('n001')?.nics[1]?.network, 'prov')
    await writer.remove(dn)
    await watched.until('it is gone', () => watched.entries.size === 0)
  })

  promise('a network is added and changed', async (bench) => {
    const watched = await bench.live()
    const { writer } = watched.sync
    const subnet = known(parseSubnet('10.77.0.0/24'))
    const pool = { first: address('10.77.0.100'), last: address('10.77.0.120') }
    const dn = await writer.addNetwork(known(parseLabel('prov')), subnet, { pool, vni: 7 })
    await watched.until('it is there', () => watched.entries.size === 1)
    await writer.changeNetwork(dn, { pool: null, gateway: ip4(subnet.number + 1) })
    await watched.until('it has changed', () => {
      const [network] = watched.entries.values()
      return network?.kind === 'network' && network.pool === undefined && network.vni === 7
    })
  })

  promise(
    'a VO is added with its limits and members, changed, and loses what is taken away',
    async (bench) => {
      const watched = await bench.live()
      const { writer } = watched.sync
      const ada = `uid=ada,ou=people,${bench.base}`
      const quota = ['vcpus=64', 'memory=128GiB']
      const dn = await writer.addVo(known(parseLabel('physics')), { quota, members: [ada] })
      const vo = () => watched.entries.values().find((entry) => entry.kind === 'vo')
      await watched.until('it is there', () => vo()?.quota['vcpus'] === '64')
      assert.deepEqual(vo()?.members, ['ada'])
      await writer.changeVo(dn, { quota: ['vcpus=8'], members: [] })
      await watched.until('it has changed', () => vo()?.members.length === 0)
      assert.deepEqual(vo()?.quota, { vcpus: '8' })
    },
  )

  promise("the server's own code reaches the caller", async (bench) => {
    const watched = await bench.live()
    const { writer } = watched.sync
    await writer.addMachine(name('n001'), { macs: [mac('525400000001')] })
    await assert.rejects(
      writer.addMachine(name('n001'), { macs: [mac('525400000001')] }),
      (error) => error instanceof LdapRefusal && error.resultCode === 68,
    )
  })
}

function withoutMacs<T extends { readonly macs: unknown }>({ macs: _macs, ...rest }: T) {
  return rest
}

function signingIn(promise: Promising): void {
  promise('a wrong name is told with invalidCredentials, and tried again', async (bench) => {
    const watched = bench.watch({ bindDn: `cn=nobody,${bench.base}` })
    await watched.sync.start()
    await watched.until('it is told', () => watched.state?.fault !== undefined)
    const fault = watched.state?.fault
    assert.ok(fault instanceof LdapRefusal)
    assert.equal(fault.resultCode, 49)
    assert.equal(watched.state?.kind, 'starting')
  })

  promise('a filter built from hostile text finds the entry of that very name', async (bench) => {
    const hostile = '*)(uid=x\\'
    const dn = childDn('ou', hostile, bench.base)
    await bench.add(dn, { objectClass: 'organizationalUnit', ou: hostile })
    const client = await bench.client()
    const found = await client.search({ base: bench.base, filter: ldapFilter`(ou=${hostile})` })
    assert.equal(found.length, 1)
  })
}

// Why this file exists: what is written by our writer comes back by the feed, as it was meant.
import assert from 'node:assert/strict'
import { ip4, parseDnsName, parseIp4, parseLabel, parseMac, parseSubnet } from '#directory'
import { LdapRefusal } from '#ldap-sync'
import { known } from '../bench.ts'
import type { Promising } from './battery.ts'

const name = (text: string) => known(parseDnsName(text))
const mac = (text: string) => known(parseMac(text))
const address = (text: string) => known(parseIp4(text))

export function writing(promise: Promising): void {
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

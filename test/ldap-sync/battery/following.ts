// Why this file exists: what is told of a directory while it is followed: every change, once, typed, whatever moves.
import assert from 'node:assert/strict'
import { parseIp4, parseMac } from '#directory'
import { known } from '../bench.ts'
import { ldapFilter } from '../../../src/ldap-sync/message/filter.ts'
import type { Promising } from './battery.ts'

const mac = (text: string) => known(parseMac(text))
const address = (text: string) => known(parseIp4(text))

export function following(promise: Promising): void {
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

  promise(
    'RFC 4533: hundreds of renames are followed; nothing is lost, nothing doubled',
    async (bench) => {
      const racks = ['a', 'b', 'c'].map((label) => `ou=${label},ou=machines,${bench.base}`)
      for (const dn of racks) {
        const objectClass = 'organizationalUnit'
        await bench.add(dn, { objectClass, ou: known(/^ou=(.)/.exec(dn)?.[1]) })
      }
      const [first = '', second = '', third = ''] = racks
      const objectClass = ['device', 'ieee802Device']
      const labels = Array.from({ length: 30 }, (_, at) => `m${at}`)
      for (const [at, cn] of labels.entries()) {
        const macAddress = `5254000001${at.toString(16).padStart(2, '0')}`
        await bench.add(`cn=${cn},${racks[at % 3]}`, { objectClass, cn, macAddress })
      }
      const watched = await bench.live()
      const ids = new Set(watched.entries.keys())
      const client = await bench.client()
      const renameOften = async (cn: string, at: number): Promise<void> => {
        for (let round = 0; round < 8; round += 1) {
          const before = round === 0 ? cn : `${cn}-${round - 1}`
          await client.rename(`cn=${before},${racks[at % 3]}`, `cn=${cn}-${round}`)
        }
      }
      await Promise.all(labels.map(renameOften))
      for (let round = 0; round < 20; round += 1) {
        await client.rename(
          round === 0 ? first : `ou=a${round - 1},ou=machines,${bench.base}`,
          `ou=a${round}`,
        )
      }
      const rack = `ou=a19,ou=machines,${bench.base}`
      await client.rename(`cn=m0-7,${rack}`, 'cn=m0-7', second)
      await client.rename(third, 'ou=c', rack)
      await watched.until('the last is there', () => {
        return watched.machine('m2-7')?.dn === `cn=m2-7,ou=c,${rack}`
      })
      const found = await client.search({
        base: bench.base,
        filter: ldapFilter`(objectClass=device)`,
      })
      assert.deepEqual(
        watched.machines.map(({ dn }) => dn).toSorted(),
        found.map(({ dn }) => dn).toSorted(),
      )
      assert.deepEqual(new Set(watched.entries.keys()), ids)
      assert.equal(watched.state?.held.length, 0)
    },
  )

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
      assert.match([...watched.refused.values()].join(), /^ipHostNumber .*"next to the door".*/)
      await bench.change(bad, 'replace', { ipHostNumber: '10.77.0.1' })
      await watched.until('it is served once it is right', () => watched.machines.length === 2)
      assert.equal(watched.refused.size, 0)
    },
  )
}

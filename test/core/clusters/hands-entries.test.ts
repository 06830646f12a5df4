// Why this file exists: a node's entry must come out of a real LDAP server as the plan wanted it, whatever stood there
// before, and count as done only when our own feed and the wire show it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { emptySnapshot, parseSubnet, type Vcn } from '#directory'
import { DirectorySync, systemClock } from '#ldap-sync'
import { type CoreStore, openCoreStore } from '#store'
import type { VcnEntry } from '#vocluster'
import type { HandAction } from '../../../src/core/clusters/hands.ts'
import type { DirectoryKeeper } from '../../../src/core/directory-keeper.ts'
import { domain, ip, label, mac, name } from '../../directory/samples.ts'
import { RealSlapd } from '../../ldap-sync/real-slapd.ts'
import { needs } from '../../needs.ts'
import { handsOf, performTwice, stepPlace } from './hands-bench.ts'
import { keeperOver } from '../keeper-over.ts'

const [vo, cluster] = [label('physics'), label('hpl')]
const network = { name: label('vo-physics'), subnet: subnet('10.128.0.0/20'), vni: 7 }
const inner = { name: label('inner'), subnet: subnet('10.129.0.0/24'), vni: 8 }
const entry: VcnEntry = {
  name: label('head'),
  aliases: [label('login')],
  vo,
  cluster,
  host: name('n1'),
  image: 'voc-head@1',
  nics: [
    { network: network.name, mac: mac('02:00:00:00:00:01'), address: ip('10.128.0.2') },
    {
      label: label('inner'),
      network: inner.name,
      mac: mac('02:00:00:00:00:02'),
      address: ip('10.129.0.2'),
    },
  ],
}

function subnet(text: string) {
  return parseSubnet(text) ?? assert.fail()
}

interface House {
  readonly slapd: RealSlapd
  readonly store: CoreStore
  readonly folder: string
  readonly sync: DirectorySync
  readonly directory: DirectoryKeeper
}

async function openHouse(): Promise<House> {
  const slapd = new RealSlapd()
  await slapd.start()
  const folder = mkdtempSync(join(tmpdir(), 'coppice-hands-'))
  const store = openCoreStore(join(folder, 'core.db'), Date.now)
  const directory = keeperOver(store, { now: Date.now, onTrouble: () => undefined })
  const { urls, adminDn: bindDn, secretFile } = slapd.prepared
  const sync = new DirectorySync(
    { url: urls[0], base: slapd.base, domain, bindDn, secretFile, copyFile: join(folder, 'copy') },
    { clock: systemClock, connect: slapd.connect, random: () => 0 },
    {
      changes: (batch) => directory.take(batch),
      part: (batch) => directory.takePart(batch),
      brokenOff: () => directory.dropParts(),
      state: () => undefined,
    },
  )
  await sync.start()
  await sync.writer.addVo(vo, {})
  return { slapd, store, folder, sync, directory }
}

const real = needs('slapd', '/usr/sbin/slapd', '/usr/sbin/slapadd')

// One after the other: each goes on from what the one before has left.
test('hands in the directory', real, async (t) => {
  const house = await openHouse()
  const hands = handsOf({ directory: house.directory, writer: house.sync.writer })
  await house.directory.untilShown('the VO', ({ entries }) => entries.size > 0)
  t.after(async () => {
    await house.sync.close()
    house.directory[Symbol.dispose]()
    await house.slapd.stop()
    house.store[Symbol.dispose]()
    rmSync(house.folder, { recursive: true })
  })

  const perform = (action: HandAction): Promise<void> => hands.perform(action, stepPlace())

  function shown(): Vcn {
    const device = house.directory.snapshot.byName.get(name('head.hpl.physics'))?.device
    assert.ok(device?.kind === 'vcn')
    return device
  }

  function cards() {
    return shown().nics.map(({ label: word, macs, address }) => ({ word, mac: macs[0], address }))
  }

  const look = () => Promise.resolve([...house.directory.snapshot.entries.values()])

  await t.test(
    'networks, cluster and node are written once, and a second time changes nothing',
    async () => {
      for (const action of [
        { kind: 'put-network', network },
        { kind: 'put-network', network: inner },
        { kind: 'put-cluster', vo, cluster },
        { kind: 'put-entry', entry },
      ] as const) {
        await perform(action)
        const before = hands.writes()
        await performTwice(hands, action, look)
        assert.deepEqual(hands.writes(), before, action.kind)
      }
      assert.equal(shown().host, 'n1')
      assert.equal(shown().image, 'voc-head@1')
      assert.deepEqual(shown().aliases, ['login.hpl.physics'])
      assert.deepEqual(cards(), [
        { word: undefined, mac: '02:00:00:00:00:01', address: ip('10.128.0.2') },
        { word: 'inner', mac: '02:00:00:00:00:02', address: ip('10.129.0.2') },
      ])
      assert.equal(house.directory.snapshot.networkByName.get(inner.name)?.vni, 8)
    },
  )

  await t.test('what stands there already is changed as far as it differs', async () => {
    const [own] = entry.nics
    assert.ok(own)
    const moved = {
      ...entry,
      host: name('n2'),
      aliases: [],
      nics: [{ ...own, mac: mac('02:00:00:00:00:09') }],
    }
    const { id } = shown()
    await perform({ kind: 'put-entry', entry: moved })
    assert.equal(shown().id, id)
    assert.equal(shown().host, 'n2')
    assert.deepEqual(shown().aliases, [])
    assert.deepEqual(cards(), [
      { word: undefined, mac: '02:00:00:00:00:09', address: ip('10.128.0.2') },
    ])
    await perform({ kind: 'put-entry', entry })
    assert.equal(cards().length, 2)
    const wider = { ...inner, subnet: subnet('10.129.0.0/20') }
    await perform({ kind: 'put-network', network: wider })
    assert.equal(house.directory.snapshot.networkByName.get(inner.name)?.prefix, 20)
  })

  await t.test(
    'an entry that stands there and that our feed has not shown yet is taken for what it is',
    async () => {
      const { directory, sync } = house
      let isLate = true
      const blind = handsOf({
        writer: sync.writer,
        directory: {
          get snapshot() {
            const { snapshot } = directory
            return isLate ? { ...snapshot, byName: emptySnapshot(domain).byName } : snapshot
          },
          untilShown: (what, isShown) => {
            isLate = false
            return directory.untilShown(what, isShown)
          },
        },
      })
      await blind.perform(
        { kind: 'put-entry', entry: { ...entry, image: 'voc-head@2' } },
        stepPlace(),
      )
      assert.equal(shown().image, 'voc-head@2')
    },
  )

  await t.test('an entry is done when wire serves it, and not before', async () => {
    const { directory, sync } = house
    let serving = -1
    const limits = { servingMs: 20 }
    const early = handsOf({ directory, writer: sync.writer, serving: () => serving, limits })
    const put = { kind: 'put-entry', entry } as const
    await assert.rejects(early.perform(put, stepPlace()), { code: 'CPC-VCN-004' })
    serving = directory.snapshot.number
    await early.perform(put, stepPlace())
  })

  await t.test('what a node stands on must be there', async () => {
    const other = label('other')
    for (const action of [
      { kind: 'put-cluster', vo: other, cluster },
      { kind: 'put-entry', entry: { ...entry, cluster: other } },
    ] as const)
      await assert.rejects(perform(action), { code: 'CPC-VCN-007' })
  })

  await t.test('entries go with all that stands below them, twice without complaint', async () => {
    const { snapshot } = house.directory
    const { dn } = shown()
    const networkDn = snapshot.networkByName.get(inner.name)?.dn ?? assert.fail()
    const above = dn.slice(dn.indexOf(',') + 1)
    await performTwice(hands, { kind: 'remove-entry', vcn: shown().name, dn }, look)
    await performTwice(hands, { kind: 'remove-network', name: inner.name, dn: networkDn }, look)
    await performTwice(hands, { kind: 'remove-cluster', dn: above }, look)
    const left = [...house.directory.snapshot.entries.values()].map(({ kind }) => kind)
    assert.deepEqual(left.toSorted(), ['network', 'vo'])
  })
})

// Why this file exists: between the answer and the wire stand the disk, a probe and the alarms; each may be slow, full
// or noisy, and no two clients may ever get one address.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ip4, Mac } from '#directory'
import type { Sighting } from '#feed'
import {
  createDhcpService,
  type DhcpMessage,
  type DhcpService,
  remainingMs,
  restoreLeases,
} from '#pxe'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import {
  bytesOf,
  decoded,
  ip,
  later,
  mac,
  machine,
  newSite,
  siteEntries,
  snapshotOf,
  onProv,
  type Sent,
  type Site,
  strangeMac,
  type as t,
} from '../dhcp-lab.ts'
import { type FakeJournal, fakeJournal } from '../fake-journal.ts'

interface Running {
  readonly site: Site
  readonly journal: FakeJournal
  readonly service: DhcpService
  readonly replies: DhcpMessage[]
  readonly sightings: Sighting[]
  readonly lines: string[]
  readonly inUse: Map<Ip4, Mac | undefined>
  readonly asked: Ip4[]
  readonly counted: string[]
  readonly ask: (sent: Sent) => Promise<DhcpMessage | undefined>
  readonly alarms: () => string[]
}

function running(site = newSite()): Running {
  const journal = fakeJournal()
  const [replies, sightings, lines]: [DhcpMessage[], Sighting[], string[]] = [[], [], []]
  const inUse = new Map<Ip4, Mac | undefined>()
  const asked: Ip4[] = []
  const counted: string[] = []
  const service = createDhcpService({
    book: site.book,
    journal,
    clock: () => site.now,
    world: () => site.world(),
    whoAnswers(addresses) {
      asked.push(...addresses)
      return Promise.resolve(
        new Map(addresses.filter((one) => inUse.has(one)).map((one) => [one, inUse.get(one)])),
      )
    },
    isNear: ({ name }) => name === 'prov',
    send: (bytes) => replies.push(decoded(bytes)),
    count: (what) => counted.push(what),
    sight: (sighting) => sightings.push(sighting),
    log: (line) => lines.push(line),
  })
  return {
    site,
    journal,
    service,
    replies,
    sightings,
    lines,
    inUse,
    asked,
    counted,
    async ask(sent) {
      const before = replies.length
      await service.receive(bytesOf(sent), onProv)
      return replies[before]
    },
    alarms: () => sightings.flatMap((one) => (one.kind === 'alarm' ? [one.code] : [])),
  }
}

const ours = '10.77.0.1'
const take = (wanted: string, mac = strangeMac): Sent => ({
  type: t.request,
  mac,
  server: ours,
  wanted,
})

test('one transaction is one log line and one sighting', async () => {
  const { ask, lines, sightings } = running()
  await ask({ type: t.discover })
  assert.deepEqual(lines, [
    'DISCOVER 52:54:00:77:00:11 on prov0 -> OFFER 10.77.0.11 (n001 has 10.77.0.11 in the directory)',
  ])
  assert.equal(sightings.length, 1)
  const [sighting] = sightings
  assert.equal(sighting?.kind, 'dhcp')
  assert.equal(sighting.answered, 'OFFER')
  assert.equal(sighting.stage, 'os')
})

test('HOSTILE 32: the lease is in the journal before its ACK is sent', async () => {
  const { ask, journal, replies } = running()
  const disk = Promise.withResolvers<void>()
  journal.gate = disk.promise
  const answered = ask(take('10.77.0.205'))
  await Promise.resolve()
  assert.equal(replies.length, 0)
  disk.resolve()
  assert.equal((await answered)?.type, t.ack)
  assert.equal(journal.appended.length, 1)
})

test('HOSTILE 32: after kill -9 between journal and ACK the client gets the same address', async () => {
  const first = running()
  await first.ask(take('10.77.0.205'))
  const second = newSite()
  second.now = { ...later(second.now, 10), bootId: 'boot-2', monotonicMs: 0 }
  const { leases } = restoreLeases(await first.journal.load(), second.now)
  second.book.apply(leases.map((lease) => ({ kind: 'keep', lease })))
  const offer = await running(second).ask({ type: t.discover, mac: strangeMac })
  assert.equal(offer?.yiaddr, ip('10.77.0.205'))
})

test('while the disk works, nobody else is given the address', async () => {
  const { ask, journal } = running()
  const disk = Promise.withResolvers<void>()
  journal.gate = disk.promise
  const one = ask(take('10.77.0.205'))
  const other = ask(take('10.77.0.205', '52:54:00:cc:00:32'))
  disk.resolve()
  await Promise.all([one, other])
  assert.equal((await one)?.type === t.ack && (await other)?.type === t.ack, false)
})

test('HOSTILE 34: with a full disk a described address is given, a new pool address is not, and an alarm says so', async () => {
  const { ask, journal, site, alarms } = running()
  journal.isBroken = true
  assert.equal((await ask(take('10.77.0.11', '52:54:00:77:00:11')))?.type, t.ack)
  assert.equal(await ask(take('10.77.0.205')), undefined)
  assert.equal(site.book.holder(ip('10.77.0.205'), site.now), undefined)
  assert.ok(alarms().includes('CPC-DHCP-006'))
})

test('HOSTILE 34: with a full disk a renewal gets the time that is recorded, and no more', async () => {
  const { ask, journal, site } = running()
  await ask(take('10.77.0.205'))
  journal.isBroken = true
  site.now = later(site.now, 250)
  const renewal = { type: t.request, mac: strangeMac, ciaddr: '10.77.0.205' }
  const ack = await ask(renewal)
  assert.ok(ack)
  assert.deepEqual(optionOf(ack.options, 51), Uint8Array.of(0, 0, 1, 94))
  assert.deepEqual(optionOf(ack.options, 58), Uint8Array.of(0, 0, 0, 175))
  site.now = later(site.now, 351)
  assert.equal(await ask(renewal), undefined)
})

test('HOSTILE 34: a request that comes twice at once, with a full disk, is not its own record', async () => {
  const { service, journal, replies } = running()
  journal.isBroken = true
  const bytes = bytesOf(take('10.77.0.205'))
  await Promise.all([service.receive(bytes, onProv), service.receive(bytes, onProv)])
  assert.deepEqual(replies, [])
})

test('HOSTILE 34: a round that passes while the full disk is still at work makes no record of what it refuses', async () => {
  const { service, ask, journal, site } = running()
  const disk = Promise.withResolvers<void>()
  journal.gate = disk.promise
  journal.isBroken = true
  const asked = ask(take('10.77.0.205'))
  const round = service.tick()
  disk.resolve()
  assert.equal(await asked, undefined)
  await round
  assert.equal(await ask(take('10.77.0.205')), undefined)
  assert.equal(site.book.holder(ip('10.77.0.205'), site.now), undefined)
})

for (const fails of [false, true])
  test(`HOSTILE 36: when the clock was set, leases are written by the new time${fails ? ', as soon as the disk takes them' : ''}`, async () => {
    const { service, site, ask, journal } = running()
    await ask(take('10.77.0.205'))
    const later5 = later(site.now, 5)
    site.now = { ...later5, wallMs: later5.wallMs + 3_600_000 }
    journal.isBroken = fails
    await service.tick()
    journal.isBroken = false
    await service.tick()
    const rebooted = { wallMs: site.now.wallMs + 60_000, monotonicMs: 9, bootId: 'boot-2' }
    const [lease] = restoreLeases(await journal.load(), rebooted).leases
    assert.equal(lease && remainingMs(lease, rebooted), 535_000)
  })

test('HOSTILE 36: a clock that was set while nobody looked is made good at the first look', async () => {
  const before = running()
  await before.ask(take('10.77.0.205'))
  const site = newSite()
  site.book.apply([...before.site.book.all()].map((lease) => ({ kind: 'keep', lease })))
  site.now = { ...later(site.now, 5), wallMs: site.now.wallMs + 3_600_000 }
  const { service, journal } = running(site)
  await service.tick()
  const rebooted = { wallMs: site.now.wallMs + 60_000, monotonicMs: 9, bootId: 'boot-2' }
  const [lease] = restoreLeases(await journal.load(), rebooted).leases
  assert.equal(lease && remainingMs(lease, rebooted), 535_000)
})

test('HOSTILE 36: a lease of an hour that was set and set back between two rounds is written anew', async () => {
  const { service, site, ask, journal } = running()
  await service.tick()
  const { wallMs } = site.now
  site.now = { ...later(site.now, 1), wallMs: wallMs - 3_600_000 }
  await ask(take('10.77.0.205'))
  site.now = { ...later(site.now, 1), wallMs: wallMs + 2_000 }
  await service.tick()
  const rebooted = { wallMs: site.now.wallMs + 60_000, monotonicMs: 9, bootId: 'boot-2' }
  const [lease] = restoreLeases(await journal.load(), rebooted).leases
  assert.equal(lease && remainingMs(lease, rebooted), 539_000)
})

test('HOSTILE 25: a pool address where somebody answers is set aside, and the next one is offered', async () => {
  const { ask, inUse, site, alarms } = running()
  inUse.set(ip('10.77.0.205'), undefined)
  const offer = await ask({ type: t.discover, mac: strangeMac, wanted: '10.77.0.205' })
  assert.ok(offer)
  assert.notEqual(offer.yiaddr, ip('10.77.0.205'))
  assert.equal(site.book.holder(ip('10.77.0.205'), site.now)?.state, 'quarantined')
  assert.ok(alarms().includes('CPC-DHCP-004'))
})

test('HOSTILE 25: when everybody answers every probe, the search ends', async () => {
  const { ask, inUse, service } = running()
  for (let last = 200; last < 210; last += 1) inUse.set(ip(`10.77.0.${last}`), undefined)
  assert.equal(await ask({ type: t.discover, mac: strangeMac }), undefined)
  assert.equal(service.counts.received, 1)
})

test('HOSTILE 10: an offer of another server raises an alarm, once a minute', async () => {
  const { ask, alarms, site, service } = running()
  const rogue: Sent = { type: t.offer, op: 'reply', server: '10.77.0.66' }
  await ask(rogue)
  await ask(rogue)
  assert.deepEqual(alarms(), ['CPC-DHCP-001'])
  site.now = later(site.now, 61)
  await ask(rogue)
  assert.equal(alarms().length, 2)
  assert.equal(service.counts.answered, 0)
})

test('HOSTILE 1: what is no DHCP is counted and explained, and the next request is served', async () => {
  const { service, ask, lines } = running()
  await service.receive(Uint8Array.of(1, 2, 3), onProv)
  assert.deepEqual(lines, ['refused on prov0: 3 bytes are too few for DHCP'])
  assert.equal(service.counts.refused, 1)
  assert.equal((await ask({ type: t.discover }))?.type, t.offer)
})

test('HOSTILE 36: a clock that was set is reported', async () => {
  const { service, site, alarms } = running()
  site.now = { ...later(site.now, 5), wallMs: site.now.wallMs + 1e12 }
  await service.tick()
  assert.deepEqual(alarms(), ['CPC-DHCP-009'])
})

test('HOSTILE 25: ended leases are only remembered, and leave the journal after a month', async () => {
  const { service, ask, site, journal } = running()
  await ask(take('10.77.0.205'))
  site.now = later(site.now, 601)
  await service.tick()
  assert.deepEqual(
    (await journal.load()).map(({ state }) => state),
    ['past'],
  )
  site.now = later(site.now, 30 * 86_400)
  await service.tick()
  assert.deepEqual(await journal.load(), [])
})

const onOurWire = (asked: readonly Ip4[]): readonly Ip4[] =>
  asked.filter((address) => address < ip('10.78.0.0'))

test('HOSTILE 25: an address that was asked after beforehand is offered without a wait', async () => {
  const { service, ask, asked } = running()
  await service.tick()
  assert.equal(onOurWire(asked).length, 10)
  asked.length = 0
  assert.equal((await ask({ type: t.discover, mac: strangeMac }))?.type, t.offer)
  assert.deepEqual(asked, [])
})

test('behind a relay few addresses are asked after at a time, for each costs a program', async () => {
  const { service, asked } = running()
  await service.tick()
  assert.equal(asked.length - onOurWire(asked).length, 4)
})

test('HOSTILE 25: what was silent a while ago is asked after again', async () => {
  const { service, ask, asked, site } = running()
  await service.tick()
  asked.length = 0
  site.now = later(site.now, 61)
  const offer = await ask({ type: t.discover, mac: strangeMac })
  assert.deepEqual(asked, [offer?.yiaddr])
  await service.tick()
  assert.equal(onOurWire(asked).length, 10)
})

test('HOSTILE 25: a stranger found beforehand is set aside with its card, told of, and remembered over a restart', async () => {
  const { service, inUse, journal, site, sightings } = running()
  const stranger = mac('52:54:00:dd:00:01')
  inUse.set(ip('10.77.0.203'), stranger)
  await service.tick()
  const [alarm] = sightings
  assert.ok(alarm?.kind === 'alarm' && alarm.why.includes(stranger))
  const { leases } = restoreLeases(await journal.load(), { ...site.now, bootId: 'boot-2' })
  assert.deepEqual(
    leases.map(({ address, mac: card, state }) => [address, card, state]),
    [[ip('10.77.0.203'), stranger, 'quarantined']],
  )
  const again = newSite()
  again.book.apply(leases.map((lease) => ({ kind: 'keep', lease })))
  const second = running(again)
  const offer = await second.ask({ type: t.discover, mac: strangeMac, wanted: '10.77.0.203' })
  assert.ok(offer && offer.yiaddr !== ip('10.77.0.203'))
})

test('HOSTILE 11: strangers that we saw ourselves leave room for what clients decline', async () => {
  const { service, inUse, site } = running()
  for (let last = 200; last < 205; last += 1) inUse.set(ip(`10.77.0.${last}`), undefined)
  await service.tick()
  assert.equal([...site.book.all()].length, 5)
  assert.equal(site.book.quarantined, 0)
})

test('a client that answers at the address which it had before is no stranger there', async () => {
  const { ask, inUse, alarms } = running()
  inUse.set(ip('10.77.0.205'), mac(strangeMac))
  const offer = await ask({ type: t.discover, mac: strangeMac, wanted: '10.77.0.205' })
  assert.equal(offer?.yiaddr, ip('10.77.0.205'))
  assert.deepEqual(alarms(), [])
})

test('HOSTILE 24: a pool that runs low is told of at four fifths, once, and again after it has eased', async () => {
  const { service, site, alarms } = running()
  const takeSome = async (from: number, to: number): Promise<void> => {
    for (let last = from; last < to; last += 1)
      site.ask(take(`10.77.0.${last}`, `52:54:00:cc:00:${last.toString(16)}`))
    await service.tick()
  }
  await takeSome(200, 207)
  assert.deepEqual(alarms(), [])
  await takeSome(207, 208)
  await takeSome(208, 209)
  assert.deepEqual(alarms(), ['CPC-DHCP-011'])
  site.now = later(site.now, 601)
  await service.tick()
  await takeSome(200, 208)
  assert.deepEqual(alarms(), ['CPC-DHCP-011', 'CPC-DHCP-011'])
})

test('HOSTILE 10: the alarm names the card of the other server, and its port where that is described', async () => {
  const { ask, inUse, sightings, site } = running()
  const card = mac('52:54:00:77:00:66')
  const described = machine('rogue', { mac: card }, { port: 'Gi1/9' })
  site.snapshot = snapshotOf([...siteEntries, described])
  inUse.set(ip('10.77.0.66'), card)
  await ask({ type: t.offer, op: 'reply', server: '10.77.0.66' })
  const alarm = sightings.find(({ kind }) => kind === 'alarm')
  assert.ok(alarm?.kind === 'alarm')
  assert.equal(alarm.mac, card)
  assert.match(
    alarm.why,
    /10\.77\.0\.66 with card 52:54:00:77:00:66, which is rogue at port Gi1\/9/,
  )
})

test('HOSTILE 10: a flood of forged servers is a few alarms, not as many', async () => {
  const { ask, alarms } = running()
  for (let last = 2; last < 100; last += 1)
    await ask({ type: t.offer, op: 'reply', server: `10.99.0.${last}` })
  assert.equal(alarms().length, 20)
})

test('each packet is counted under the rule that it met, or the reason why it is none', async () => {
  const { ask, service, counted } = running()
  await ask({ type: t.discover })
  await ask({ type: t.request, mac: strangeMac, ciaddr: '10.9.9.9' })
  await service.receive(Uint8Array.of(1), onProv)
  assert.deepEqual(counted, ['dhcp described', 'dhcp wrongNetwork', 'dhcp refused too-short'])
})

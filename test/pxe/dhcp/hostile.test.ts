// Why this file exists: rows of the list of hostile inputs that are about addresses: floods, forged relays, networks
// and entries that change under a running lease.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Ip4, ip4, type Mac, parseRoute } from '#directory'
import {
  ip,
  knownMac,
  label,
  later,
  machine,
  network,
  newSite,
  onProv,
  onVo,
  otherMac,
  replyOf,
  type Sent,
  type Site,
  siteEntries,
  snapshotOf,
  strangeMac,
  text,
  type as t,
  uuid,
} from '../dhcp-lab.ts'

const ours = '10.77.0.1'

function macNumber(index: number): string {
  return `06:00:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`
}

for (const [sentence, giaddr, rule] of [
  ['the gateway of a network is its relay', '10.78.0.1', undefined],
  ['a described machine is a relay', '10.78.0.11', undefined],
  ['a stranger in a known network is none', '10.78.0.77', 'unknownRelay'],
  ['a guest of the pool is none', '10.78.0.150', 'unknownRelay'],
  ['an address of no network is none', '172.16.0.1', 'relayOutside'],
] as const) {
  test(`HOSTILE 9: ${sentence}`, () => {
    const outcome = newSite().ask({ type: t.discover, mac: strangeMac, giaddr })
    assert.equal(outcome.send !== undefined, rule === undefined)
    if (rule === undefined) return
    assert.equal(outcome.why.rule, rule)
    assert.equal(outcome.alarm, 'CPC-DHCP-003')
  })
}

test('HOSTILE 9: the router of a route of a network is a relay, too', () => {
  const route = parseRoute('198.51.100.0/24 10.78.0.77')
  assert.ok(route)
  const far = siteEntries.map((entry) =>
    entry.kind === 'network' && entry.name === 'far' ? { ...entry, routes: [route] } : entry,
  )
  const sent = { type: t.discover, mac: strangeMac, giaddr: '10.78.0.77' }
  assert.equal(newSite(far).ask(sent).send?.reply.type, t.offer)
})

test('HOSTILE 9: nobody on the network of a VO is a relay', () => {
  const outcome = newSite().ask({ type: t.discover, giaddr: '10.77.0.254' }, onVo)
  assert.equal(outcome.send, undefined)
  assert.equal(outcome.alarm, 'CPC-DHCP-003')
})

test('HOSTILE 9: on the network of a VO an address of another network does not lead out of it', () => {
  const sent = { type: t.request, ciaddr: '10.77.0.11' }
  const reply = replyOf(newSite().ask(sent, { ...onVo, source: ip('10.77.0.11') }))
  assert.equal(reply?.type, t.nak)
})

test('HOSTILE 9: a link selection that lies outside every network is refused', () => {
  const options = { 82: Uint8Array.of(5, 4, 172, 16, 0, 0) }
  const outcome = newSite().ask({ type: t.discover, giaddr: '10.78.0.1', options })
  assert.equal(outcome.send, undefined)
})

test('HOSTILE 10: a client that takes the offer of another server gives it away', () => {
  const sent = { type: t.request, server: '10.77.0.66', wanted: '10.77.0.11' }
  assert.equal(newSite().ask(sent).alarm, 'CPC-DHCP-001')
})

test('HOSTILE 24: a flood of unknown cards leaves described machines alone, and ends within its share', () => {
  const site = newSite()
  let offers = 0
  for (let index = 0; index < 5_000; index += 1)
    if (site.ask({ type: t.discover, mac: macNumber(index) }).send) offers += 1
  assert.equal(offers, 10)
  assert.equal(site.ask({ type: t.discover, mac: macNumber(0) }).send?.reply.type, t.offer)
  const full = site.ask({ type: t.discover, mac: macNumber(9_999) })
  assert.equal(full.why.rule, 'poolFull')
  assert.equal(full.alarm, 'CPC-DHCP-002')
  assert.equal(site.ask({ type: t.discover }).send?.reply.yiaddr, ip('10.77.0.11'))
  site.now = later(site.now, 21)
  assert.ok(site.ask({ type: t.discover, mac: macNumber(9_999) }).send)
})

test('HOSTILE 24: one port that a relay names holds only so many unknown cards', () => {
  const site = newSite()
  const through = (port: string, index: number): boolean => {
    const options = { 82: Uint8Array.of(1, port.length, ...text(port)) }
    const sent = { type: t.discover, mac: macNumber(index), giaddr: '10.78.0.1', options }
    return site.ask(sent).send !== undefined
  }
  const answered = Array.from({ length: 80 }, (_, index) => through('Gi1/1', index))
  assert.equal(answered.filter(Boolean).length, 64)
  assert.ok(through('Gi1/2', 500))
})

test('HOSTILE 24: the offers of all ports together are bounded', () => {
  const site = newSite()
  site.settings = { ...site.settings, limits: { ...site.settings.limits, offersMax: 5 } }
  for (let index = 0; index < 9; index += 1) site.ask({ type: t.discover, mac: macNumber(index) })
  assert.equal(site.book.offers, 5)
})

const boot = { 60: text('PXEClient:Arch:00007:UNDI:003000'), 93: Uint8Array.of(0, 7) }
const loader = { 77: text('iPXE'), 93: Uint8Array.of(0, 7), 61: Uint8Array.of(1, 2, 3) }

test('an unknown machine keeps one address through firmware, loader and system', () => {
  const site = newSite()
  const addresses = new Set<number>()
  for (const options of [boot, loader, { 61: Uint8Array.of(255, 9, 9) }]) {
    const offer = site.ask({ type: t.discover, mac: strangeMac, options })
    const address = offer.send?.reply.yiaddr ?? 0
    addresses.add(address)
    const wanted = `10.77.0.${address & 255}`
    site.ask({ type: t.request, mac: strangeMac, server: ours, wanted, options })
    site.now = later(site.now, 30)
  }
  assert.equal(addresses.size, 1)
  assert.equal([...site.book.all()].length, 1)
})

test('HOSTILE 37: a lease survives the renaming of its network, and ends with the network', () => {
  const site = newSite()
  const stranger: Sent = { type: t.request, mac: strangeMac }
  site.ask({ ...stranger, server: ours, wanted: '10.77.0.205' })
  const pool = { first: ip('10.77.0.200'), last: ip('10.77.0.209') }
  site.snapshot = snapshotOf([network('10.77.0.0/24', { name: label('renamed'), pool })])
  assert.equal(replyOf(site.ask({ ...stranger, ciaddr: '10.77.0.205' }))?.type, t.ack)
  site.snapshot = snapshotOf([network('10.77.0.0/24', { name: label('renamed') })])
  assert.equal(replyOf(site.ask({ ...stranger, ciaddr: '10.77.0.205' }))?.type, t.nak)
  site.snapshot = snapshotOf([])
  assert.equal(site.ask({ ...stranger, ciaddr: '10.77.0.205' }).send, undefined)
})

test('a pool address that is given to a described machine goes to it when the guest has left', () => {
  const site = newSite()
  const guest: Sent = { type: t.request, mac: strangeMac }
  site.ask({ ...guest, server: ours, wanted: '10.77.0.205' })
  site.snapshot = snapshotOf([
    ...siteEntries,
    machine('n009', { mac: '52:54:00:77:00:19', ip: '10.77.0.205' }),
  ])
  const newcomer: Sent = { type: t.discover, mac: '52:54:00:77:00:19' }
  const meanwhile = site.ask(newcomer)
  assert.equal(meanwhile.alarm, 'CPC-DHCP-007')
  assert.notEqual(meanwhile.send?.reply.yiaddr, ip('10.77.0.205'))
  assert.equal(replyOf(site.ask({ ...guest, ciaddr: '10.77.0.205' }))?.type, t.nak)
  site.now = later(site.now, 601)
  assert.equal(site.ask(newcomer).send?.reply.yiaddr, ip('10.77.0.205'))
})

/** Begins anew, as a machine that is switched on; gives the address that was acknowledged. */
function start(site: Site, mac: string): Ip4 {
  const address = site.ask({ type: t.discover, mac }).send?.reply.yiaddr ?? ip4(0)
  const wanted = `10.77.0.${address & 255}`
  const ack = site.ask({ type: t.request, mac, server: ours, wanted })
  assert.equal(ack.send?.reply.type, t.ack)
  return address
}

function renew(site: Site, mac: string, ciaddr: string): number | undefined {
  return site.ask({ type: t.request, mac, ciaddr }).send?.reply.type
}

test('HOSTILE 42: two machines that swap addresses never hold one together, and end up right', () => {
  const site = newSite()
  start(site, knownMac)
  start(site, otherMac)
  site.snapshot = snapshotOf([
    ...siteEntries.filter(({ kind }) => kind === 'network'),
    machine('n001', { mac: knownMac, ip: '10.77.0.12' }),
    machine('n002', { mac: otherMac, ip: '10.77.0.11' }),
  ])
  // The old holder hears NO, and the other still has what is now its address: a guest's for now.
  assert.equal(renew(site, knownMac, '10.77.0.11'), t.nak)
  const guest = start(site, knownMac)
  assert.ok(guest >= ip('10.77.0.200'))
  assert.equal(renew(site, otherMac, '10.77.0.12'), t.nak)
  assert.equal(start(site, otherMac), ip('10.77.0.11'))
  // The way is free: the guest's address is refused, and the right one given.
  assert.equal(renew(site, knownMac, `10.77.0.${guest & 255}`), t.nak)
  assert.equal(start(site, knownMac), ip('10.77.0.12'))
  assert.equal([...site.book.all()].length, 2)
})

test('the cards of one machine may take its one address from each other', () => {
  const site = newSite([
    ...siteEntries.filter(({ kind }) => kind === 'network'),
    machine('bond', { macs: [knownMac, otherMac], ip: '10.77.0.11' }),
  ])
  assert.equal(start(site, knownMac), ip('10.77.0.11'))
  assert.equal(start(site, otherMac), ip('10.77.0.11'))
})

test('a machine that is described by its port alone gets its address on any card there', () => {
  const site = newSite([
    ...siteEntries.filter(({ kind }) => kind === 'network'),
    machine('blade', { ip: '10.78.0.33' }, { port: 'Gi1/7' }),
  ])
  const options = { 82: Uint8Array.of(1, 5, ...text('Gi1/7')) }
  const sent = { type: t.discover, mac: strangeMac, giaddr: '10.78.0.1', options }
  assert.equal(site.ask(sent).send?.reply.yiaddr, ip('10.78.0.33'))
})

test('HOSTILE 71: a known card with another UUID gets its address all the same', () => {
  const site = newSite([
    ...siteEntries.filter(({ kind }) => kind === 'network'),
    machine(
      'n001',
      { mac: knownMac, ip: '10.77.0.11' },
      { uuid: uuid('0c0ffee0-0000-4000-8000-000000000011') },
    ),
  ])
  const options = { 97: Uint8Array.of(0, ...Array.from({ length: 16 }, (_, at) => at + 1)) }
  assert.equal(site.ask({ type: t.discover, options }).send?.reply.yiaddr, ip('10.77.0.11'))
})

test('invariant 1: whatever clients say and however entries move, no address is acknowledged to two', () => {
  const macs = [knownMac, otherMac, strangeMac, '52:54:00:cc:00:32', '52:54:00:cc:00:33']
  const step = fc.record({
    mac: fc.constantFrom(...macs),
    type: fc.constantFrom(t.discover, t.request, t.request, t.request, t.release, t.decline),
    last: fc.constantFrom(11, 12, 200, 201, 202),
    how: fc.constantFrom('selecting', 'init-reboot', 'renewing'),
    seconds: fc.constantFrom(0, 0, 0, 1, 30, 400),
    swapped: fc.boolean(),
  })
  const swapped = snapshotOf([
    network('10.77.0.0/24', {
      name: label('prov'),
      pool: { first: ip('10.77.0.200'), last: ip('10.77.0.202') },
    }),
    machine('n001', { mac: knownMac, ip: '10.77.0.12' }),
    machine('n002', { mac: otherMac, ip: '10.77.0.11' }),
  ])
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const site = newSite()
      const plain = site.snapshot
      /** What each client believes to hold, and until when. */
      const believed = new Map<Ip4, { mac: Mac | undefined; untilMs: number }>()
      for (const { mac, type, last, how, seconds, swapped: isSwapped } of steps) {
        site.now = later(site.now, seconds)
        site.snapshot = isSwapped ? swapped : plain
        const address = `10.77.0.${last}`
        const fields = {
          selecting: { server: ours, wanted: address },
          'init-reboot': { wanted: address },
          renewing: { ciaddr: address },
        }[how]
        const giving =
          type === t.release ? { server: ours, ciaddr: address } : { server: ours, wanted: address }
        const outcome = site.ask(
          { type, mac, ...(type === t.request ? fields : type === t.discover ? {} : giving) },
          onProv,
        )
        for (const [held, { mac: owner }] of believed)
          if (owner === mac && (type === t.discover || outcome.send?.reply.type === t.nak))
            believed.delete(held)
        if ((type === t.release || type === t.decline) && outcome.changes.length > 0)
          believed.delete(ip(address))
        if (outcome.send?.reply.type !== t.ack) continue
        const before = believed.get(outcome.send.reply.yiaddr)
        if (before && before.mac !== mac)
          assert.ok(before.untilMs <= site.now.monotonicMs, `${address} is held by two`)
        for (const [held, { mac: owner }] of believed) if (owner === mac) believed.delete(held)
        believed.set(outcome.send.reply.yiaddr, {
          mac: site.book.holder(outcome.send.reply.yiaddr, site.now)?.mac,
          untilMs: site.now.monotonicMs + 600_000,
        })
      }
    }),
    { numRuns: 200 },
  )
})

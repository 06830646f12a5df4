// Why this file exists: one cable may carry several networks, and a relay serve many; each client is told what is near to
// it: our address there, its router, its pool.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatIp4 } from '#directory'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import {
  ip,
  knownMac,
  label,
  machine,
  network,
  newSite,
  onProv,
  replyOf,
  siteEntries,
  subnet,
  text,
  type as t,
} from '../dhcp-lab.ts'

const secondMac = '52:54:00:79:00:11'
const second = network('10.79.0.0/24', { name: label('second'), gateway: ip('10.79.0.254') })
const entries = [...siteEntries, second, machine('s001', { mac: secondMac, ip: '10.79.0.11' })]
const arrival = {
  ...onProv,
  addresses: [ip('10.77.0.1'), ip('10.79.0.1')],
  subnets: [...onProv.subnets, subnet('10.79.0.0/24')],
}
const http = { 60: text('HTTPClient:Arch:00016'), 93: Uint8Array.of(0, 16) }

for (const [mac, address, ours] of [
  [knownMac, '10.77.0.11', '10.77.0.1'],
  [secondMac, '10.79.0.11', '10.79.0.1'],
] as const) {
  test(`${address} is told of our address in its own network, ${ours}, and of no other`, () => {
    const site = newSite(entries)
    const reply = replyOf(site.ask({ type: t.discover, mac, options: http }, arrival))
    assert.ok(reply)
    assert.equal(formatIp4(reply.yiaddr), address)
    const octets = Uint8Array.from(ours.split('.'), Number)
    for (const code of [54, 6, 42]) assert.deepEqual(optionOf(reply.options, code), octets)
    assert.equal(formatIp4(reply.siaddr), ours)
    assert.equal(reply.bootFile, `http://${ours}/snponly.efi`)
  })
}

test('a client that names our address in its network has chosen us', () => {
  const site = newSite(entries)
  site.settings = { ...site.settings, addresses: new Set(arrival.addresses) }
  const sent = { type: t.request, mac: secondMac, server: '10.79.0.1', wanted: '10.79.0.11' }
  assert.equal(replyOf(site.ask(sent, arrival))?.type, t.ack)
})

test('two relays serve their networks side by side', () => {
  const third = network('10.80.0.0/24', {
    name: label('third'),
    gateway: ip('10.80.0.1'),
    pool: { first: ip('10.80.0.100'), last: ip('10.80.0.109') },
  })
  const site = newSite([...siteEntries, third])
  for (const giaddr of ['10.78.0.1', '10.80.0.1']) {
    const mac = `52:54:00:cc:01:${giaddr.slice(3, 5)}`
    const outcome = site.ask({ type: t.discover, mac, giaddr })
    const reply = replyOf(outcome)
    assert.ok(reply)
    assert.equal(formatIp4(reply.yiaddr).slice(0, 6), giaddr.slice(0, 6))
    assert.deepEqual(outcome.send?.destination, { kind: 'relay', address: ip(giaddr), port: 67 })
  }
})

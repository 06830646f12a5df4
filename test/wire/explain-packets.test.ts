// Why this file exists: what whatif tells of a captured packet must be what its sender would get.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readCapture } from '#pxe'
import { explainPackets } from '../../src/wire/explain/packets.ts'
import { query } from '../conformance/harness/dns-packet.ts'
import { bytesOf, ip, type Sent, strangeMac, text, type as t } from '../pxe/dhcp-lab.ts'
import { of, stand } from './explain-stage.ts'

function packetsOf(...sent: readonly Sent[]) {
  return sent.map((one) => ({
    protocol: 'dhcp' as const,
    payload: bytesOf(one).toHex(),
    from: ip('0.0.0.0'),
    fromPort: 68,
    toPort: 67,
  }))
}

test('a packet is told what it says, what it would be answered and why', () => {
  const { asked, told: done } = stand()
  const options = { 60: text('PXEClient:Arch:00007'), 93: Uint8Array.of(0, 7) }
  const told = explainPackets(packetsOf({ type: t.discover, options }), asked())
  const [dhcp] = of(told, 'dhcp')
  assert.equal(dhcp?.text, 'OFFER 10.77.0.11')
  assert.equal(dhcp.rule, 'described')
  assert.ok(of(told, 'tells').some(({ text: line }) => line === 'file: "snponly.efi"'))
  assert.ok(told.facts.every(({ packet }) => packet === 0))
  assert.deepEqual(done, [])
})

for (const [who, from, rule] of [
  ['one of our machines', '10.77.0.11', 'forwarded'],
  ['a stranger, whose address may be forged', '198.51.100.7', 'to be asked over TCP'],
] as const) {
  test(`others’ names, asked by ${who}, are told as DNS says it: ${rule}`, () => {
    const payload = query('example.org', { type: 'A' }).toHex()
    const packet = {
      protocol: 'dns',
      payload,
      from: ip(from),
      fromPort: 4_000,
      toPort: 53,
    } as const
    const told = explainPackets([packet], stand({ isPublic: true }).asked())
    assert.equal(of(told, 'dns')[0]?.rule, rule)
  })
}

test('HOSTILE 1: a packet that nobody can read is told with the reason', () => {
  const { asked } = stand()
  const from = ip('0.0.0.0')
  const broken = { payload: 'ff', from, fromPort: 1, toPort: 1 }
  for (const [protocol, rule] of [
    ['dhcp', 'refused too-short'],
    ['dns', 'not a query'],
    ['tftp', 'malformed'],
  ] as const) {
    const told = explainPackets([{ ...broken, protocol }], asked())
    assert.ok(
      told.facts.some((fact) => fact.rule === rule),
      JSON.stringify(told),
    )
  }
})

test('another server in a capture is named by its address', () => {
  const { asked } = stand()
  const offer: Sent = { type: t.offer, op: 'reply', server: '10.77.0.66', mac: strangeMac }
  const told = explainPackets(packetsOf(offer), asked())
  assert.match(of(told, 'dhcp')[0]?.why ?? '', /another DHCP server, 10\.77\.0\.66, sent a OFFER/)
})

test('each packet of a whole boot that was captured is answered or told why not', () => {
  const { asked } = stand()
  const file = readFileSync(join(import.meta.dirname, '../vectors/boot/uefi-pxe.pcap'))
  const read = readCapture(file, 512)
  assert.ok(read.ok)
  const packets = read.capture.datagrams.map(({ payload, protocol, from, fromPort, toPort }) => ({
    protocol,
    payload: payload.toHex(),
    from,
    fromPort,
    toPort,
  }))
  assert.ok(packets.length > 4)
  const told = explainPackets(packets, asked())
  for (const at of packets.keys())
    assert.ok(
      told.facts.some(({ packet, rule }) => packet === at && rule !== undefined),
      String(at),
    )
})

// Why this file exists: which file each kind of firmware is given, for each kind of machine, is a table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NextBoot } from '#feed'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import {
  diskMac,
  ip,
  knownMac,
  machine,
  newSite,
  nowhere,
  onProv,
  onVo,
  replyOf,
  server,
  siteEntries,
  strangeMac,
  text,
  type as t,
  vcnMac,
} from '../dhcp-lab.ts'

function firmware(
  kind: 'PXEClient' | 'HTTPClient',
  architecture: number,
): Record<number, Uint8Array> {
  return {
    60: text(`${kind}:Arch:${String(architecture).padStart(5, '0')}`),
    93: Uint8Array.of(0, architecture),
  }
}

const ipxe = { 77: text('iPXE'), 93: Uint8Array.of(0, 7) }
const script = 'http://10.77.0.1/boot.ipxe'

for (const [sentence, mac, options, file] of [
  ['RFC 4578: BIOS is given undionly.kpxe', knownMac, firmware('PXEClient', 0), 'undionly.kpxe'],
  [
    'RFC 4578: x86 UEFI is given its own loader',
    knownMac,
    firmware('PXEClient', 6),
    'snponly-i386.efi',
  ],
  ['RFC 4578: x64 UEFI is given snponly.efi', knownMac, firmware('PXEClient', 7), 'snponly.efi'],
  [
    'RFC 4578: x64 UEFI that says EBC is given snponly.efi',
    knownMac,
    firmware('PXEClient', 9),
    'snponly.efi',
  ],
  [
    'RFC 4578: ARM64 UEFI is given its own loader',
    knownMac,
    firmware('PXEClient', 11),
    'snponly-arm64.efi',
  ],
  [
    'RFC 4578: a processor that we have no loader for is given none',
    knownMac,
    firmware('PXEClient', 27),
    '',
  ],
  [
    'x64 HTTP boot is given a URL',
    knownMac,
    firmware('HTTPClient', 16),
    'http://10.77.0.1/snponly.efi',
  ],
  [
    'x86 HTTP boot is given a URL',
    knownMac,
    firmware('HTTPClient', 15),
    'http://10.77.0.1/snponly-i386.efi',
  ],
  ['iPXE is given the first script', knownMac, ipxe, script],
  [
    'an unknown machine is led to the waiting script',
    strangeMac,
    firmware('PXEClient', 7),
    'snponly.efi',
  ],
  ['a machine that is no host boots its own disk', diskMac, firmware('PXEClient', 7), ''],
  ['a machine that is no host has nothing for iPXE either', diskMac, ipxe, ''],
  ['an operating system is given no file', knownMac, {}, ''],
  ['option 93 alone is no wish to boot', knownMac, { 93: Uint8Array.of(0, 16) }, ''],
] as const) {
  test(sentence, () => {
    const offer = replyOf(newSite().ask({ type: t.discover, mac, options }))
    assert.ok(offer)
    assert.equal(offer.bootFile, file)
    assert.equal(offer.siaddr, file === '' ? nowhere : server)
  })
}

for (const kind of ['PXEClient', 'HTTPClient'] as const) {
  test(`a loader that is not here is not offered to a ${kind}, and the line says which`, () => {
    const site = newSite()
    site.missing.add('snponly.efi')
    const outcome = site.ask({ type: t.discover, options: firmware(kind, 7) })
    const offer = replyOf(outcome)
    assert.equal(offer?.yiaddr, ip('10.77.0.11'))
    assert.equal(offer.bootFile, '')
    assert.equal(offer.siaddr, nowhere)
    assert.deepEqual(outcome.besides?.operands, ['snponly.efi', 7])
    const other = replyOf(site.ask({ type: t.discover, options: firmware('PXEClient', 0) }))
    assert.equal(other?.bootFile, 'undionly.kpxe')
  })
}

test('as a proxy we offer no loader that is not here', () => {
  const site = proxied()
  site.missing.add('snponly.efi')
  assert.equal(site.ask({ type: t.discover, options: firmware('PXEClient', 7) }).send, undefined)
})

test('UEFI HTTP boot hears its own class, PXE hears none', () => {
  const http = replyOf(newSite().ask({ type: t.discover, options: firmware('HTTPClient', 16) }))
  const pxe = replyOf(newSite().ask({ type: t.discover, options: firmware('PXEClient', 7) }))
  assert.ok(http && pxe)
  assert.deepEqual(optionOf(http.options, 60), text('HTTPClient'))
  assert.equal(optionOf(pxe.options, 60), undefined)
})

test('a VCN boots its own image', () => {
  const offer = replyOf(newSite().ask({ type: t.discover, mac: vcnMac, options: ipxe }, onVo))
  assert.equal(offer?.bootFile, '')
})

for (const [next, file] of [
  ['kvm-host', script],
  ['rescue', script],
  ['by-role', ''],
  ['disk', ''],
] as const satisfies readonly (readonly [NextBoot, string])[]) {
  test(`a machine that is no host, with next boot ${next}, is given ${file || 'nothing'}`, () => {
    const site = newSite()
    site.nextBoot = next
    const offer = replyOf(site.ask({ type: t.discover, mac: diskMac, options: ipxe }))
    assert.equal(offer?.bootFile, file)
  })
}

test('RFC 2307: bootFile of an entry is given as it stands, in option 67 when the field is too short', () => {
  for (const bootFile of ['pxelinux.0', `http://10.77.0.9/${'a'.repeat(150)}`]) {
    const entry = machine('old', { mac: diskMac, ip: '10.77.0.13' }, { role: 'other', bootFile })
    const site = newSite([...siteEntries.filter(({ kind }) => kind === 'network'), entry])
    const offer = replyOf(
      site.ask({ type: t.discover, mac: diskMac, options: firmware('PXEClient', 0) }),
    )
    assert.ok(offer)
    const long = optionOf(offer.options, 67)
    assert.equal(long ? Buffer.from(long).toString() : offer.bootFile, bootFile)
  }
})

function proxied() {
  const site = newSite()
  site.settings = { ...site.settings, mode: 'proxy' }
  return site
}

test('PXE 2.1: as a proxy we offer the file and no address', () => {
  const outcome = proxied().ask({ type: t.discover, options: firmware('PXEClient', 7) })
  const offer = replyOf(outcome)
  assert.ok(offer)
  assert.equal(offer.type, t.offer)
  assert.equal(offer.yiaddr, nowhere)
  assert.equal(offer.bootFile, 'snponly.efi')
  assert.deepEqual(optionOf(offer.options, 60), text('PXEClient'))
  assert.deepEqual(optionOf(offer.options, 43), Uint8Array.of(6, 1, 8, 255))
  assert.equal(optionOf(offer.options, 51), undefined)
  assert.deepEqual(outcome.send?.destination, { kind: 'broadcast', port: 68 })
})

test('PXE 2.1: on port 4011 the answer goes back to where the question came from', () => {
  const arrival = { ...onProv, port: 4011, source: ip('10.77.0.40'), sourcePort: 4011 }
  const sent = { type: t.request, ciaddr: '10.77.0.40', options: firmware('PXEClient', 0) }
  const outcome = proxied().ask(sent, arrival)
  const ack = replyOf(outcome)
  assert.equal(ack?.type, t.ack)
  assert.equal(ack.bootFile, 'undionly.kpxe')
  assert.deepEqual(outcome.send?.destination, {
    kind: 'unicast',
    address: ip('10.77.0.40'),
    port: 4011,
  })
})

const onProxyPort = { ...onProv, port: 4011, source: ip('10.77.0.40'), sourcePort: 68 }
const machineId = Uint8Array.of(0, ...Array.from({ length: 16 }, (_, at) => at + 1))

for (const [sentence, asked, told] of [
  [
    'who names a boot item is answered for that item',
    [71, 4, 0, 9, 0, 0, 255],
    [71, 4, 0, 9, 0, 0, 255],
  ],
  [
    'a boot item is found behind others',
    [0, 8, 2, 1, 1, 71, 4, 1, 2, 3, 4],
    [71, 4, 1, 2, 3, 4, 255],
  ],
  ['who names none is told to load this file', [255], [6, 1, 8, 255]],
  ['a boot item behind the end is none', [255, 71, 4, 0, 0, 0, 0], [6, 1, 8, 255]],
  ['a boot item that is cut short is none', [71, 4, 0, 0], [6, 1, 8, 255]],
  ['a boot item of another length is none', [71, 2, 0, 0], [6, 1, 8, 255]],
  ['a length past the end is none', [8, 200, 71, 4, 0, 0, 0, 0], [6, 1, 8, 255]],
  ['half an option is none', [71], [6, 1, 8, 255]],
] as const) {
  for (const type of [t.request, t.inform]) {
    test(`PXE 2.1 §2.4.4: on port 4011: ${sentence} (message ${type})`, () => {
      const options = { ...firmware('PXEClient', 7), 43: Uint8Array.from(asked), 97: machineId }
      const ack = replyOf(proxied().ask({ type, ciaddr: '10.77.0.40', options }, onProxyPort))
      assert.ok(ack)
      assert.deepEqual([ack.type, ack.bootFile, ack.yiaddr], [t.ack, 'snponly.efi', nowhere])
      assert.deepEqual([ack.ciaddr, ack.siaddr], [ip('10.77.0.40'), server])
      assert.deepEqual(optionOf(ack.options, 43), Uint8Array.from(told))
      assert.deepEqual(optionOf(ack.options, 60), text('PXEClient'))
      assert.deepEqual(optionOf(ack.options, 97), machineId)
    })
  }
}

test('on port 4011 only PXE is answered, and INFORM on 67 is the other server’s', () => {
  for (const type of [t.request, t.inform])
    assert.equal(proxied().ask({ type, ciaddr: '10.77.0.40' }, onProxyPort).send, undefined)
  const inform = { type: t.inform, ciaddr: '10.77.0.40', options: firmware('PXEClient', 7) }
  assert.equal(proxied().ask(inform).send, undefined)
})

test('as a proxy we are silent to systems, and remember who was given which address by the other', () => {
  const site = proxied()
  assert.equal(site.ask({ type: t.discover }).send, undefined)
  const overheard = site.ask({ type: t.request, server: '10.77.0.66', wanted: '10.77.0.40' })
  assert.equal(overheard.send, undefined)
  assert.equal(overheard.alarm, undefined)
  assert.equal(site.book.holder(ip('10.77.0.40'), site.now)?.mac, knownMac)
})

test('as a proxy we do not believe a second claim to an address', () => {
  const site = proxied()
  site.ask({ type: t.request, server: '10.77.0.66', wanted: '10.77.0.40' })
  const second = site.ask({
    type: t.request,
    mac: strangeMac,
    server: '10.77.0.66',
    wanted: '10.77.0.40',
  })
  assert.equal(second.alarm, 'CPC-DHCP-007')
  assert.equal(site.book.holder(ip('10.77.0.40'), site.now)?.mac, knownMac)
})

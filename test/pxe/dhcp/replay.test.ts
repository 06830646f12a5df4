// Why this file exists: three real boots, replayed: our server must lead each firmware through the same dialogue as the
// server that was recorded.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatIp4 } from '#directory'
import type { DhcpMessage } from '#pxe'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import { readFrames, udpPayloads } from '../../pcap.ts'
import {
  decoded,
  ip,
  machine,
  newSite,
  onProv,
  replyOf,
  server,
  siteEntries,
  type as t,
} from '../dhcp-lab.ts'

const folder = join(import.meta.dirname, '../../vectors')

/** The recorded rack: one host behind 10.77.0.1. */
const recorded = [
  ...siteEntries.filter(({ kind }) => kind === 'network'),
  machine('kvm1', { mac: '52:54:00:77:00:11', ip: '10.77.0.11' }),
]

function dialogue(file: string): readonly { asked: DhcpMessage; answered: DhcpMessage }[] {
  const messages = udpPayloads(readFrames(readFileSync(join(folder, file))))
    .filter(({ targetPort }) => targetPort === 67 || targetPort === 68)
    .map(({ payload }) => decoded(payload))
  return messages.flatMap((asked, at) => {
    const answered = messages[at + 1]
    return asked.op === 'request' && answered?.op === 'reply' ? [{ asked, answered }] : []
  })
}

/** What decides where a firmware goes next. */
function gist(message: DhcpMessage) {
  const option = (code: number): string | undefined => {
    const bytes = optionOf(message.options, code)
    return bytes && Buffer.from(bytes).toString('hex')
  }
  return {
    type: message.type,
    address: formatIp4(message.yiaddr),
    nextServer: formatIp4(message.siaddr),
    file: message.bootFile,
    xid: message.xid,
    broadcast: message.broadcast,
    server: option(54),
    mask: option(1),
    vendorClass: option(60),
    noProxy: optionOf(message.options, 175)?.join(' '),
  }
}

for (const [file, stages] of [
  ['boot/bios-ipxe-http.pcap', ['http://10.77.0.1/boot.ipxe']],
  ['boot/uefi-pxe.pcap', ['snponly.efi', 'http://10.77.0.1/boot.ipxe']],
  ['boot/uefi-http.pcap', ['http://10.77.0.1/snponly.efi', 'http://10.77.0.1/boot.ipxe']],
] as const) {
  test(`${file}: offer and acknowledgement of each stage are those that booted the machine`, () => {
    const site = newSite(recorded)
    const pairs = dialogue(file)
    assert.equal(pairs.length, stages.length * 2)
    for (const [at, { asked, answered }] of pairs.entries()) {
      const ours = replyOf(site.ask(asked))
      assert.ok(ours)
      assert.deepEqual(gist(ours), gist(answered))
      assert.equal(ours.bootFile, stages[Math.floor(at / 2)])
    }
  })

  test(`${file}: a broadcast question gets a broadcast answer, another one goes to the card`, () => {
    const site = newSite(recorded)
    for (const { asked } of dialogue(file)) {
      const kind = site.ask(asked).send?.destination.kind
      assert.equal(kind, asked.broadcast ? 'broadcast' : 'link-layer')
    }
  })
}

test('iPXE is told in option 175 that no proxy will offer, in just the recorded bytes', () => {
  const [pair] = dialogue('boot/bios-ipxe-http.pcap')
  assert.ok(pair)
  const ours = replyOf(newSite(recorded).ask(pair.asked))
  assert.ok(ours)
  assert.deepEqual(optionOf(ours.options, 175), Uint8Array.of(176, 1, 1, 255))
})

test('firmware-uefi-dora-tftp.pcap: our server leads the same machine to its loader', () => {
  const site = newSite([
    ...siteEntries.filter(({ kind }) => kind === 'network'),
    machine('q35', { mac: '52:54:00:12:34:08', ip: '10.77.0.15' }),
  ])
  const [discover, request] = udpPayloads(
    readFrames(readFileSync(join(folder, 'dhcp/firmware-uefi-dora-tftp.pcap'))),
  )
    .filter(({ targetPort }) => targetPort === 67)
    .map(({ payload }) => decoded(payload))
  assert.ok(discover && request)
  const offer = replyOf(site.ask(discover))
  assert.equal(offer?.type, t.offer)
  assert.equal(offer.bootFile, 'snponly.efi')
  assert.equal(offer.siaddr, server)
  // The recorded REQUEST names the server that answered it then: now it is another's.
  assert.equal(site.ask(request, onProv).send, undefined)
  assert.equal(offer.yiaddr, ip('10.77.0.15'))
})

// Why this file exists: the decoder meets bytes of real firmware and of people who wish us ill; each vector says what
// must come out.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeDhcp, type DhcpMessage, describeMessage } from '#pxe'
import { readFrames, udpPayloads } from '../../pcap.ts'
import { architectureOf, readClient } from '../../../src/pxe/dhcp/client.ts'
import { decodeDomainSearch } from '../../../src/pxe/dhcp/domain-search.ts'
import { hex } from '../../../src/pxe/dhcp/option-value.ts'
import { optionCode } from '../../../src/pxe/dhcp/option-code.table.ts'
import { codesOf, optionOf } from '../../../src/pxe/dhcp/options.ts'
import { readRelayInformation } from '../../../src/pxe/dhcp/relay.ts'
import { readSwitchPort } from '../../../src/pxe/dhcp/switch-port.ts'
import { decoded, ip } from '../dhcp-lab.ts'

const folder = join(import.meta.dirname, '../../vectors/dhcp')

function payloadsIn(file: string): readonly Uint8Array[] {
  return udpPayloads(readFrames(readFileSync(join(folder, file))))
    .filter(({ sourcePort, targetPort }) => [67, 68].includes(sourcePort) && targetPort < 69)
    .map(({ payload }) => payload)
}

function messagesIn(file: string): readonly DhcpMessage[] {
  return payloadsIn(file).map(decoded)
}

function lines(file: string, index: number): readonly string[] {
  const message = messagesIn(file)[index]
  assert.ok(message, `${file} has no message ${index}`)
  return describeMessage(message)
}

const noCookie = { kind: 'no-cookie' }

for (const [file, index, expected] of [
  ['dhcp-rfc3004.pcap', 0, 'user class: ["subopt1","subopt2-123456789","subopt3-12"]'],
  ['dhcp-rfc5859.pcap', 1, 'TFTP servers: '],
  ['dhcp-option-33.pcap', 1, 'static routes: 10.0.0.1 by 10.0.0.2, 10.0.0.3 by 10.0.0.4'],
  ['dhcp-option-33.pcap', 3, 'static routes: 0x'],
  ['dhcp-option-33.pcap', 4, 'static routes: 0x'],
  ['dhcp-option-108.pcapng', 1, 'IPv6 only for: 900 s'],
  ['dhcp-mud.pcap', 0, 'MUD URL: "https://mudctl.example.com/.well-known/mud/v1/rasbp101"'],
  ['dhcp-option-52-overload.pcap', 3, 'router: 10.100.0.2'],
  ['dhcp-option-52-overload.pcap', 3, 'name server: 10.100.0.2'],
  ['dhcp-option-52-overload.pcap', 2, 'router: 10.100.0.1'],
  ['dhcp-option-52-overload.pcap', 6, 'router: 10.100.0.2'],
  ['dhcp-option-52-overload-both.pcap', 0, 'message: DISCOVER'],
  ['dhcp-option-52-overload-both.pcap', 0, 'lease: 3600 s'],
  // Padding, then file, then sname: RFC 3396 joins them in this order.
  [
    'dhcp-option-52-overload-both.pcap',
    0,
    'says: "Paddingfile name field overloadsname field overload"',
  ],
  ['dhcp-eve-extended.pcap', 0, 'host name: "nas1"'],
  ['dhcp-eve-extended.pcap', 1, 'lease: 3600 s'],
  ['dhcp-eve-extended-option-60.pcap', 0, 'vendor class: "MSFT 5.0"'],
  ['option82-ack.pcap', 0, 'switch port: "this is only a test..."'],
] as const) {
  test(`${file}, message ${index}: ${expected}`, () => {
    const found = lines(file, index)
    assert.ok(
      found.some((line) => line.startsWith(expected)),
      found.join('\n'),
    )
  })
}

test('option82-ack.pcap: the remote and subscriber ids come out as text or as hex', () => {
  const [message] = messagesIn('option82-ack.pcap')
  assert.ok(message)
  const relay = readRelayInformation(optionOf(message.options, 82) ?? new Uint8Array())
  assert.equal(relay?.remoteId, '0x13')
  assert.equal(relay.subscriberId, '-subID-')
})

test('dhcp-eve-extended.pcap and its kin keep xid, card and addresses', () => {
  const [request, ack] = messagesIn('dhcp-eve-extended.pcap')
  assert.equal(request?.xid, 4016330564)
  assert.equal(ack?.yiaddr, ip('10.16.1.4'))
  const [discover] = messagesIn('dhcp-option-52-overload-both.pcap')
  assert.equal(discover?.mac, '00:00:6c:82:dc:4e')
  const [windows] = messagesIn('dhcp-eve-extended-option-60.pcap')
  assert.ok(windows)
  const asked = optionOf(windows.options, 55)
  assert.ok(asked?.includes(121) && asked.includes(249))
  assert.notEqual(readClient(windows).hostName, undefined)
})

for (const [file, architectures] of [
  ['firmware-ipxe-e1000-alone.pcap', [0, 0, 0, 0]],
  ['firmware-ipxe-virtio-alone.pcap', [0, 0, 0, 0]],
  // It tries PXE first, and HTTP when nobody answers.
  ['firmware-uefi-alone.pcap', [7, 7, 7, 7, 16, 16, 16, 16]],
] as const) {
  test(`${file}: each DISCOVER tells its kind, and its zero UUID identifies nobody`, () => {
    const messages = messagesIn(file)
    assert.deepEqual(messages.map(architectureOf), architectures)
    for (const message of messages) {
      const client = readClient(message)
      const isIpxe = architectureOf(message) === 0
      assert.equal(message.type, 1)
      assert.equal(client.stage, isIpxe ? 'ipxe' : 'firmware')
      assert.equal(client.uuid, undefined)
      assert.equal(message.broadcast, !isIpxe)
      assert.equal(optionOf(message.options, 175) !== undefined, isIpxe)
    }
  })
}

test('firmware sends SMBIOS byte order in option 97, and it comes out as people write it', () => {
  const file = readFileSync(join(folder, '../boot/bios-ipxe-http.pcap'))
  const discover = udpPayloads(readFrames(file)).find(({ targetPort }) => targetPort === 67)
  assert.ok(discover)
  const client = readClient(decoded(discover.payload))
  assert.equal(client.uuid, '0c0ffee0-0000-4000-8000-000000000011')
})

test('dhcp-rfc4388.pcap and dhcpv4v6-rfc5970-rfc8572.pcap decode, whatever their types', () => {
  const results = payloadsIn('dhcp-rfc4388.pcap').map(decodeDhcp)
  const types = new Set(results.map((result) => (result.ok ? result.value.type : 0)))
  // Lease query, unknown, active; and two packets that carry another cookie.
  for (const type of [10, 12, 13]) assert.ok(types.has(type))
  const refusals = results.filter((result) => !result.ok).map(({ refusal }) => refusal)
  assert.deepEqual(refusals, [noCookie, noCookie])
  assert.equal(messagesIn('dhcpv4v6-rfc5970-rfc8572.pcap').length, 4)
})

for (const file of ['bootp_asan.pcap', 'bootp_asan-2.pcap']) {
  test(`HOSTILE 1: ${file} is refused with a reason`, () => {
    const [frame] = readFrames(readFileSync(join(folder, file)))
    assert.ok(frame)
    const result = decodeDhcp(frame.bytes.subarray(Math.min(frame.bytes.length, 42)))
    assert.equal(result.ok, false)
  })
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.trim().match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function kea(file: string, skip: number): Uint8Array {
  return fromHex(readFileSync(join(folder, file), 'latin1')).subarray(skip)
}

test('the Kea corpus: payload and whole packet decode, a header alone is too short', () => {
  // One stray byte, or the headers of a cooked capture, IP and UDP, stand before the payload.
  const payload = decoded(kea('kea-dhcp-payload-only.pkt4.hex', 1))
  assert.equal(payload.mac, '00:0c:01:02:03:04')
  assert.equal(payload.giaddr, ip('10.1.0.1'))
  assert.equal(decoded(kea('kea-full-dhcp-packet.pkt4.hex', 44)).mac, '00:0c:01:02:03:04')
  assert.deepEqual(decodeDhcp(kea('kea-udp-header.pkt4.hex', 44)), {
    ok: false,
    refusal: { kind: 'too-short', bytes: 0 },
  })
})

/** A message whose option area is given, with a message type in front so that it is one. */
function withOptions(area: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(240 + 3 + area.length)
  bytes.set([1, 1, 6], 0)
  bytes.set([2, 0, 0, 0, 0, 1], 28)
  bytes.set([0x63, 0x82, 0x53, 0x63, 53, 1, 1], 236)
  bytes.set(area, 243)
  return bytes
}

interface OptionVectors {
  readonly options: readonly { hex: string; expect: Record<string, string> | null }[]
  readonly option82: readonly { hex: string; expect: Record<string, string> | null }[]
  readonly circuitIds: readonly [string, Record<string, string> | null][]
  readonly domainSearch: readonly { hex: string; expect: string[] | null }[]
}

function isOptionVectors(value: unknown): value is OptionVectors {
  return typeof value === 'object' && value !== null && 'circuitIds' in value
}

const vectors: unknown = JSON.parse(readFileSync(join(folder, 'options.json'), 'utf8'))
assert.ok(isOptionVectors(vectors))

for (const [at, vector] of vectors.options.entries()) {
  test(`options.json: option area ${at} reads as it must`, () => {
    const result = decodeDhcp(withOptions(fromHex(vector.hex)))
    const found = result.ok
      ? Object.fromEntries(
          codesOf(result.value.options)
            .filter((code) => code !== 53)
            .map((code) => [
              String(code),
              hex(optionOf(result.value.options, code) ?? new Uint8Array()),
            ]),
        )
      : null
    assert.deepEqual(found, vector.expect)
  })
}

for (const [at, vector] of vectors.option82.entries()) {
  test(`options.json: relay information ${at} reads as it must`, () => {
    const found = readRelayInformation(fromHex(vector.hex))
    if (vector.expect === null) {
      assert.equal(found, undefined)
      return
    }
    assert.equal(found?.circuitId, vector.expect['circuitId'])
    assert.equal(found?.remoteId, vector.expect['remoteId'])
    const link = vector.expect['linkSelection']
    assert.equal(found?.linkSelection, link === undefined ? undefined : ip(link))
  })
}

for (const [circuitId, expected] of vectors.circuitIds) {
  test(`options.json: circuit id ${circuitId} names its socket`, () => {
    assert.deepEqual(readSwitchPort(circuitId) ?? null, expected)
  })
}

for (const [at, vector] of vectors.domainSearch.entries()) {
  test(`options.json: RFC 3397: search list ${at} reads as it must`, () => {
    assert.deepEqual(decodeDomainSearch(fromHex(vector.hex)) ?? null, vector.expect)
  })
}

interface ClientVectors {
  readonly packets: readonly {
    readonly client: string
    readonly hex: string
    readonly expect: {
      type: number
      arch: number | null
      boot: string | null
      broadcast?: boolean
      maxSize?: number
    }
  }[]
}

function isClientVectors(value: unknown): value is ClientVectors {
  return typeof value === 'object' && value !== null && 'packets' in value
}

const clients: unknown = JSON.parse(readFileSync(join(folder, 'pxe-clients.json'), 'utf8'))
assert.ok(isClientVectors(clients))
const protocolNames: Readonly<Record<string, string | null>> = {
  pxe: 'pxe-tftp',
  http: 'http',
  tftp: 'tftp',
  none: null,
}

for (const { client, hex: packet, expect } of clients.packets) {
  test(`pxe-clients.json: ${client}`, () => {
    const message = decoded(fromHex(packet))
    assert.equal(message.type, expect.type)
    assert.equal(architectureOf(message) ?? null, expect.arch)
    assert.equal(protocolNames[readClient(message).boot.kind], expect.boot)
    if (expect.broadcast !== undefined) assert.equal(message.broadcast, expect.broadcast)
  })
}

for (const [sentence, change, refusal] of [
  [
    'HOSTILE 1: a packet cut in its header is refused',
    (b: Uint8Array) => b.subarray(0, 200),
    { kind: 'too-short', bytes: 200 },
  ],
  [
    'HOSTILE 1: a packet cut in its options is refused',
    (b: Uint8Array) => b.subarray(0, 246),
    { kind: 'no-end' },
  ],
  [
    'HOSTILE 2: a hardware address longer than its field is refused',
    (b: Uint8Array) => b.with(2, 17),
    { kind: 'bad-hardware-length', length: 17 },
  ],
  [
    'a packet that is neither request nor reply is refused',
    (b: Uint8Array) => b.with(0, 3),
    { kind: 'bad-op', op: 3 },
  ],
  ['a packet with another cookie is refused', (b: Uint8Array) => b.with(236, 1), noCookie],
  [
    'RFC 1534 §2: a packet of DHCP that has lost its type is no BOOTP',
    (b: Uint8Array) => b.with(240, optionCode.askedFor),
    { kind: 'no-message-type' },
  ],
  [
    'an empty message type is none',
    (b: Uint8Array) => Uint8Array.from([...b.subarray(0, 240), 53, 0, 255]),
    { kind: 'no-message-type' },
  ],
] as const) {
  test(sentence, () => {
    const whole = withOptions(Uint8Array.of(12, 1, 97, 255))
    assert.deepEqual(decodeDhcp(change(whole)), { ok: false, refusal })
  })
}

test('HOSTILE 2: an empty client id is no client id, and a hardware length of 0 is no card', () => {
  const message = decoded(withOptions(Uint8Array.of(61, 0, 255)))
  assert.equal(readClient(message).clientId, undefined)
  assert.equal(decoded(withOptions(Uint8Array.of(255)).with(2, 0)).mac, undefined)
})

test('HOSTILE 3: an option 52 inside an overloaded field is not followed', () => {
  const bytes = withOptions(Uint8Array.of(52, 1, 1, 255))
  // file says that sname holds options too; it must not be believed.
  bytes.set([52, 1, 2, 12, 1, 97, 255], 108)
  bytes.set([12, 1, 98, 255], 44)
  const message = decoded(bytes)
  assert.equal(hex(optionOf(message.options, 12) ?? new Uint8Array()), '61')
  assert.equal(message.serverName.slice(0, 3), '\f\u0001b')
})

test('HOSTILE 3: an overloaded field whose option passes its end is refused', () => {
  const bytes = withOptions(Uint8Array.of(52, 1, 2, 255))
  bytes.set([12, 200], 100)
  assert.deepEqual(decodeDhcp(bytes), {
    ok: false,
    refusal: { kind: 'option-past-end', code: 12, at: 100 },
  })
})

test('HOSTILE 4: 300 pieces of one option are joined, and what is too large or too many is refused', () => {
  const pieces = (count: number, size: number): Uint8Array =>
    withOptions(
      Uint8Array.from([
        ...Array.from({ length: count }, () => [
          12,
          size,
          ...Array.from({ length: size }, () => 97),
        ]).flat(),
        255,
      ]),
    )
  assert.equal(optionOf(decoded(pieces(300, 3)).options, 12)?.length, 900)
  const large = decodeDhcp(pieces(9, 255))
  assert.equal(large.ok ? '' : large.refusal.kind, 'option-too-long')
  const many = decodeDhcp(pieces(600, 1))
  assert.equal(many.ok ? '' : many.refusal.kind, 'too-many-options')
  const huge = decodeDhcp(pieces(300, 200))
  assert.equal(huge.ok ? '' : huge.refusal.kind, 'too-long')
})

test('HOSTILE 5: a full name with a label over 63 bytes, or one past its end, is no name', () => {
  const long = Uint8Array.of(4, 0, 0, 64, ...Array.from({ length: 64 }, () => 97), 0)
  const past = Uint8Array.of(4, 0, 0, 20, 97)
  for (const name of [long, past]) {
    const message = decoded(withOptions(Uint8Array.of(81, name.length, ...name, 255)))
    assert.equal(readClient(message).hostName, undefined)
  }
})

for (const bad of ['*)(', 'a;reboot', 'a\0b', 'a\nb', 'é']) {
  test(`HOSTILE 6: host name ${JSON.stringify(bad)} is no name`, () => {
    const bytes = new TextEncoder().encode(bad)
    const message = decoded(withOptions(Uint8Array.of(12, bytes.length, ...bytes, 255)))
    assert.equal(readClient(message).hostName, undefined)
  })
}

test('RFC 3397: a search list that points at itself, forward or in a chain ends', () => {
  assert.equal(decodeDomainSearch(Uint8Array.of(0xc0, 0)), undefined)
  assert.equal(decodeDomainSearch(Uint8Array.of(1, 97, 0xc0, 9)), undefined)
  assert.equal(decodeDomainSearch(Uint8Array.of(1, 97, 0xc0, 0)), undefined)
})

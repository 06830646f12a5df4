// Why this file exists: the feed as neither end would speak it: good messages with one value changed for another, and their
// frames bent.
import type { Delta, Entry, Laid } from '#directory'
import { type FeedMessage, feedVersion, type Sighting, type WireMessage } from '#feed'
import { isDevice, textOf } from '../../../src/directory/at-rest.ts'
import { encodeFrame } from '../../../src/feed/frames.ts'
import { id, ip, label, mac, machine, name, network, vcn } from '../../directory/samples.ts'
import { type Bend, bent, datagramBends, joined } from '../mutate.ts'
import { below, pick } from '../random.ts'

const person: Entry = {
  kind: 'person',
  id: id(90),
  dn: 'uid=ann,dc=x',
  uid: 'ann',
  sshKeys: ['ssh-ed25519 AAAA'],
  tags: [],
  sudo: true,
}
const entries: readonly Entry[] = [
  machine(11, { macs: ['52:54:00:00:00:11'], address: '10.77.0.11', aliases: [name('www')] }),
  network(1, '10.77.0.0/24'),
  vcn(21, { nics: [{ id: id(21), macs: [], address: ip('10.80.2.21') }] }),
  { kind: 'vo', id: id(91), dn: 'o=vo', name: label('physics'), quota: { vcpu: '4' }, members: [] },
  person,
]
const deltas: readonly (Delta | Laid)[] = [
  ...entries.map((entry): Delta => ({ kind: 'put', entry })),
  ...entries
    .filter((entry) => isDevice(entry))
    .map((device): Laid => ({ kind: 'laid', rest: textOf(device) })),
  { kind: 'drop', id: id(11) },
  { kind: 'set-aside', item: { id: id(12), dn: 'cn=x', reason: 'twice' } },
]
const seen = { at: 1, mac: mac('52:54:00:00:00:11'), address: ip('10.77.0.11'), why: 'so' }
const sightings: readonly Sighting[] = [
  { kind: 'dhcp', ...seen, asked: 'DISCOVER', stage: 'firmware', interfaceName: 'prov0' },
  { kind: 'script', ...seen, decision: 'kvm-host', claim: 'ab' },
  {
    kind: 'transfer',
    ...seen,
    protocol: 'tftp',
    file: 'snponly.efi',
    bytes: 1,
    millis: 1,
    outcome: 'whole',
  },
  { kind: 'alarm', ...seen, code: 'CPC-DHCP-001' },
]
const boot = { caFingerprint: 'ab', caPem: 'pem', enrolPort: 8_443 }

export const goodMessages: readonly (FeedMessage | WireMessage)[] = [
  { kind: 'hello', version: feedVersion, boot },
  { kind: 'reset', domain: name('cluster.test') },
  ...deltas.map((delta): FeedMessage => ({ kind: 'part', deltas: [delta] })),
  { kind: 'delta', number: 7, serial: 9, deltas },
  { kind: 'next-boot', id: id(11), choice: 'withheld' },
  { kind: 'stored', seq: 4 },
  { kind: 'tenants', vnis: [100, 200] },
  { kind: 'hello', version: feedVersion, nextSeq: 3 },
  ...sightings.map((sighting, at): WireMessage => ({ kind: 'sighting', seq: at, sighting })),
  { kind: 'counters', values: { 'dhcp described': 4 } },
  { kind: 'serving', number: 7 },
]

const junk: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  4_294_967_296,
  '',
  '\0',
  '__proto__',
  'x'.repeat(300),
  '10.77.0.11',
  [],
  [[]],
  {},
  { kind: 'put' },
]

/** The same with one value, somewhere in it, for another. */
function changed(value: unknown, random: () => number): unknown {
  const isLeaf = typeof value !== 'object' || value === null || random() < 0.15
  if (isLeaf) return pick(random, junk)
  if (Array.isArray(value)) {
    const list = value.map((item: unknown) => item)
    const at = below(random, list.length)
    return list.map((item, index) => (index === at ? changed(item, random) : item))
  }
  const pairs: (readonly [string, unknown])[] = Object.entries(value)
  const at = below(random, pairs.length)
  const kind = random()
  const next = pairs.flatMap(([key, item], index): (readonly [string, unknown])[] => {
    if (index !== at) return [[key, item]]
    if (kind < 0.1) return []
    return kind < 0.2 ? [[`${key}x`, item]] : [[key, changed(item, random)]]
  })
  return Object.fromEntries(next)
}

const corpus = goodMessages.map((message) => new Uint8Array(encodeFrame(message)))
/** The length before a frame, which a sender may lie about. */
const bends: readonly Bend[] = [
  ...datagramBends,
  (bytes, random) => {
    const copy = bytes.slice()
    const length = pick(random, [0, 1, 0x0200_0000, 0x0200_0001, 0x7fff_ffff, 0xffff_ffff])
    if (copy.length >= 4) new DataView(copy.buffer).setUint32(0, length)
    return copy
  },
]

export function makeFeed(random: () => number): Uint8Array {
  const kind = random()
  const message = pick(random, goodMessages)
  if (kind < 0.3) return new Uint8Array(encodeFrame(changed(message, random)))
  const frames = Array.from({ length: 1 + below(random, 3) }, () => pick(random, corpus))
  return kind < 0.5 ? joined(...frames) : bent(joined(...frames), random, { corpus, bends })
}

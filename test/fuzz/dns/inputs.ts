// Why this file exists: DNS as nobody would ask it: questions of every shape, and real ones that are bent.
import { nameBytes, optRecord, query, words } from '../../conformance/harness/dns-packet.ts'
import { captured, isOfPort } from '../captured.ts'
import { bent, datagramBends } from '../mutate.ts'
import { below, pick } from '../random.ts'

const corpus = captured(['dns'], isOfPort(53))
const bending = { corpus, bends: datagramBends }

const names = [
  'cluster.test',
  'n11.cluster.test',
  'N11.ClUsTeR.tEsT',
  'www.cluster.test',
  'eth1.n13.cluster.test',
  'physics.cluster.test',
  'ns.cluster.test',
  'nobody.cluster.test',
  '11.0.77.10.in-addr.arpa',
  '0.77.10.in-addr.arpa',
  '10.in-addr.arpa',
  '18.5.168.192.in-addr.arpa',
  'x.11.0.77.10.in-addr.arpa',
  'in-addr.arpa',
  'www.example.org',
  '',
  'a\\b.cluster.test',
  'a\0b.cluster.test',
  `${'a'.repeat(63)}.cluster.test`,
  `${'a.'.repeat(120)}test`,
] as const
const numbers = [1, 2, 5, 6, 12, 15, 16, 28, 33, 41, 250, 251, 252, 253, 255, 0, 65_535] as const
const sizes = [0, 100, 511, 512, 513, 1_232, 1_233, 4_096, 65_535] as const

function edns(random: () => number) {
  const option = Uint8Array.from([0, below(random, 16), 0, 2, 7, 7])
  return {
    size: pick(random, sizes),
    version: random() < 0.9 ? 0 : below(random, 256),
    dnssecOk: random() < 0.5,
    ...(random() < 0.3 && { options: option }),
  }
}

function structured(random: () => number): Uint8Array {
  const plain = query(pick(random, names), {
    id: below(random, 65_536),
    type: random() < 0.9 ? pick(random, numbers) : below(random, 65_536),
    class: pick(random, [1, 1, 1, 1, 1, 3, 4, 254, 255]),
    flags: random() < 0.8 ? pick(random, [0, 0x0100]) : below(random, 65_536),
    ...(random() < 0.6 && { edns: edns(random) }),
  })
  if (random() < 0.9) return plain
  // Records behind it that a question has no use for.
  const owner = random() < 0.5 ? nameBytes(pick(random, names)) : Buffer.of(0xc0, 12)
  const record = Buffer.concat([owner, words(pick(random, numbers), 1, 0, 60, 4), Buffer.alloc(4)])
  const extra = random() < 0.5 ? record : optRecord(edns(random))
  const whole = Buffer.concat([plain, extra])
  whole.writeUInt16BE(whole.readUInt16BE(10) + 1, 10)
  return whole
}

export function makeDns(random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.4) return new Uint8Array(structured(random))
  const base = kind < 0.7 ? new Uint8Array(structured(random)) : pick(random, corpus)
  return bent(base, random, bending)
}

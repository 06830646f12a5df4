// Why this file exists: bent DNS over UDP and in TCP's frames goes through all of the server but its sockets (HOSTILE 12 to
// 16); the same question gets the same bytes.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { answerDns, type DnsDatagrams, readQuery, serveDnsUdp } from '#dns'
import { framed } from '../../../src/dns/stream.ts'
import { answerStream } from '../../../src/dns/tcp-server.ts'
import { view } from '../../dns/zone-sample.ts'
import { MemoryStream } from '../memory-stream.ts'
import { below, pick } from '../random.ts'
import type { Round, Target, Verdict } from '../target.ts'
import { makeDns } from './inputs.ts'
import { judgeDns, questionEnd } from './oracle.ts'

/** Of a hundred questions, over TCP. */
const tcpPercent = 10
const strangersPercent = 20

type Hear = Parameters<Parameters<DnsDatagrams['onMessage']>[0]>

function round(): Round {
  let nowMs = 0
  const sent: Uint8Array[] = []
  const hearers: ((...heard: Hear) => void)[] = []
  const options = {
    view: () => view,
    forwarder: undefined,
    count: () => undefined,
    now: () => nowMs,
  }
  serveDnsUdp(
    {
      onMessage: (hearer) => void hearers.push(hearer),
      send: (bytes) => void sent.push(bytes),
    },
    options,
  )
  return {
    async hear(bytes, random) {
      sent.length = 0
      nowMs += below(random, 20)
      assertReplay(bytes)
      if (below(random, 100) < tcpPercent) return hearByTcp(bytes, random, options)
      const isStranger = below(random, 100) < strangersPercent
      const address = isStranger ? '203.0.113.9' : '10.77.0.50'
      for (const hear of hearers) hear(bytes, { address, port: pick(random, [53, 40_000]) })
      assert.ok(sent.length <= 1, 'one question, one answer')
      for (const answer of sent) judgeDns(bytes, answer, 'udp')
      return verdictOf(bytes, sent.length)
    },
  }
}

/** Twice in one stream, cut anywhere, and something behind it. */
async function hearByTcp(
  bytes: Uint8Array,
  random: () => number,
  options: Parameters<typeof answerStream>[1],
): Promise<Verdict> {
  const stream = new MemoryStream('10.77.0.50', 40_000)
  answerStream(stream, options)
  const both = Buffer.concat([framed(bytes), framed(bytes), Buffer.of(0)])
  stream.say(both, [below(random, both.length), below(random, both.length)])
  await turn()
  const { written } = stream
  stream.destroy()
  let answers = 0
  for (let at = 0; at < written.length; answers += 1) {
    const end = at + 2 + written.readUInt16BE(at)
    assert.ok(end <= written.length)
    judgeDns(bytes, written.subarray(at + 2, end), 'tcp')
    at = end
  }
  assert.ok(answers <= 2, 'two questions, two answers')
  return verdictOf(bytes, answers)
}

/** Invariant 4: an answer is a function of the question. */
function assertReplay(bytes: Uint8Array): void {
  const before = bytes.slice()
  for (const transport of ['udp', 'tcp'] as const) {
    const ask = () => answerDns(bytes, view, { transport, forwards: false })
    assert.deepEqual(ask(), ask())
  }
  assert.deepEqual(bytes, before, 'the question is left as it was')
}

function verdictOf(bytes: Uint8Array, answers: number): Verdict {
  const read = readQuery(bytes)
  if (read.kind === 'query') assertName(bytes, read.query.name)
  if (read.kind === 'drop' || read.kind === 'malformed') {
    assert.match(read.reason, /\w/)
    return 'refused'
  }
  return answers > 0 ? 'answered' : 'silent'
}

/** The text of a name leads back to its bytes, but for the case of letters. */
function assertName(bytes: Uint8Array, name: string): void {
  const labels = name === '' ? [] : name.split('.').map(unescaped)
  const again = Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), label]),
    Buffer.of(0),
  ])
  const raw = Buffer.from(bytes.subarray(12, questionEnd(bytes) - 4))
  const lower = raw.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte))
  assert.ok(again.equals(lower), `${name} stands for other bytes`)
}

function unescaped(label: string): Buffer {
  const text = label.replaceAll(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number(code)))
  return Buffer.from(text, 'latin1')
}

export const dnsTarget: Target = { name: 'dns', make: makeDns, round }

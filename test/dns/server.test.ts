// Why this file exists: the sockets of DNS answer what the answer function says, count why, and are silent as long as
// there is nothing to answer from.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DnsDatagrams, serveDnsUdp, strangerAnswersPerSecondMax } from '#dns'
import { query, readReply } from './message.ts'
import { askByUdp, startDns } from './server-lab.ts'
import { view } from './zone-sample.ts'

test('a datagram is answered, and every reason is counted by its name', async (context) => {
  const { port, counted } = await startDns(context)
  for (const [name, why] of [
    ['n11.cluster.test', 'answered'],
    ['n12.cluster.test', 'no data'],
    ['n99.cluster.test', 'no such name'],
    ['www.example.org', 'not our name'],
  ] as const) {
    const reply = readReply(await askByUdp(port, query(name)))
    assert.deepEqual(reply.questions, [name])
    assert.equal(counted.at(-1), why)
  }
  const cut = query('n11.cluster.test').subarray(0, 20)
  assert.equal(readReply(await askByUdp(port, cut)).code, 1)
  assert.equal(counted.at(-1), 'malformed')
})

interface Sent {
  readonly bytes: Uint8Array
  readonly address: string
  readonly port: number
}

type Receive = (bytes: Uint8Array, from: { address: string; port: number }) => void

/** UDP without a network: what is received is said by the test. */
function datagrams(): { port: DnsDatagrams; receive: Receive; sent: Sent[] } {
  const sent: Sent[] = []
  let handler: Receive | undefined
  const port: DnsDatagrams = {
    onMessage(wanted) {
      handler = wanted
    },
    send: (bytes, address, to) => void sent.push({ bytes, address, port: to }),
  }
  return { port, sent, receive: (bytes, from) => handler?.(bytes, from) }
}

test('before the first snapshot there is silence', () => {
  const { port, receive, sent } = datagrams()
  serveDnsUdp(port, { view: () => undefined, forwarder: undefined, count: () => undefined })
  receive(query('n11.cluster.test'), { address: '10.77.0.11', port: 4000 })
  assert.deepEqual(sent, [])
})

test('a datagram from port 0, which nobody can have, is not answered', () => {
  const { port, receive, sent } = datagrams()
  serveDnsUdp(port, { view: () => view, forwarder: undefined, count: () => undefined })
  receive(query('n11.cluster.test'), { address: '10.77.0.11', port: 0 })
  assert.deepEqual(sent, [])
})

for (const [sentence, address, isLimited] of [
  ['HOSTILE 15: a source outside of all networks is limited', '203.0.113.5', true],
  ['HOSTILE 15: a source on one of our networks is not', '10.80.3.9', false],
  ['HOSTILE 15: this machine is not', '127.0.0.1', false],
] as const) {
  test(sentence, () => {
    const { port, receive, sent } = datagrams()
    serveDnsUdp(port, { view: () => view, forwarder: undefined, count: () => undefined })
    // Twice what a second allows and more: the end of a second may fall between.
    const questions = strangerAnswersPerSecondMax * 3
    for (let asked = 0; asked < questions; asked += 1)
      receive(query('n11.cluster.test'), { address, port: 4000 })
    assert.equal(sent.length, questions)
    const cut = sent.filter(({ bytes }) => readReply(bytes).truncated)
    assert.equal(cut.length > 0, isLimited)
  })
}

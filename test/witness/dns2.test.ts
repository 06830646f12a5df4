// Why this file exists: dns2 knows DNS by code that is not ours: as a client it must understand what our server says,
// and as a server it shows what we would have got by building on it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import dns2 from 'dns2'
import { query, readReply, types } from '../dns/message.ts'
import { askByUdp, host, startDns } from '../dns/server-lab.ts'
import { serial } from '../dns/zone-sample.ts'

for (const transport of ['UDPClient', 'TCPClient'] as const) {
  test(`dns2 understands our answers by ${transport}`, async (context) => {
    const { port } = await startDns(context)
    const ask = dns2[transport]({ dns: host, port })
    const address = await ask('n11.cluster.test', 'A')
    assert.deepEqual(address.errors, [])
    assert.equal(address.header.aa, 1)
    assert.deepEqual(
      address.answers.map((answer) => [answer.name, answer.address, answer.ttl]),
      [['n11.cluster.test', '10.77.0.11', 30]],
    )
    const pointer = await ask('11.0.77.10.in-addr.arpa', 'PTR')
    assert.equal(pointer.answers[0]?.domain, 'n11.cluster.test')
    const missing = await ask('n99.cluster.test', 'A')
    assert.equal(missing.header.rcode, 3)
    const [soa] = missing.authorities
    assert.deepEqual([soa?.primary, soa?.serial, soa?.minimum], ['ns.cluster.test', serial, 10])
    assert.equal((await ask('www.example.org', 'A')).header.rcode, 5)
  })
}

test('dns2 decodes every answer of ours without an error, EDNS and ANY too', async (context) => {
  const { port } = await startDns(context)
  for (const type of ['A', 'AAAA', 'NS', 'SOA', 'PTR', 'ANY', 'AXFR'] as const) {
    for (const name of ['n11.cluster.test', 'cluster.test', '11.0.77.10.in-addr.arpa']) {
      const asked = query(name, { type, edns: { size: 1232 } })
      const packet = dns2.Packet.parse(Buffer.from(await askByUdp(port, asked)))
      assert.deepEqual(packet.errors, [], `${type} ${name}`)
      assert.equal(packet.additionals.at(-1)?.type, types.OPT)
    }
  }
})

test('evidence: a server made with dns2 leaves EDNS out, and takes a future version for its own', async (context) => {
  const server = dns2.createServer({
    udp: true,
    handle: (request, send) => send(dns2.Packet.createResponseFromRequest(request)),
  })
  await server.listen({ udp: { port: 0, address: host } })
  context.after(() => server.close())
  const { port } = server.addresses().udp
  const known = readReply(await askByUdp(port, query('n11.test', { edns: { size: 1232 } })))
  assert.deepEqual(known.additionals, [])
  const future = readReply(
    await askByUdp(port, query('n11.test', { edns: { size: 1232, version: 5 } })),
  )
  assert.equal(future.code, 0)
})

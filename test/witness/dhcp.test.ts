// Why this file exists: the package dhcp reads and writes DHCP by code that is not ours: its client must understand our
// offers and our decoder its packets; its server shows what one packet can do.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import dhcp from 'dhcp'
import protocol from 'dhcp/lib/protocol.js'
import { decodeDhcp, encodeDhcp, replyBuffer } from '../../src/pxe/index.ts'
import { bytesOf, knownMac, newSite, type } from '../pxe/dhcp-lab.ts'

const host = '127.0.0.1'
const spelledAsTheirs = knownMac.toUpperCase().replaceAll(':', '-')

/** The DISCOVER that its client would send to port 67. */
function theirDiscover(): Buffer {
  const client = dhcp.createClient({ mac: knownMac, features: ['hostname', 'bootFile'] })
  let sent: Buffer | undefined
  client._send = (_host, message) => {
    const { _data, _w } = protocol.format(message)
    sent = Buffer.from(_data.subarray(0, _w))
  }
  client.sendDiscover()
  client.close()
  assert.ok(sent)
  return sent
}

function ourOffer(discover: Uint8Array): Buffer {
  const decoded = decodeDhcp(discover)
  assert.ok(decoded.ok)
  const { send } = newSite().ask(decoded.value)
  assert.ok(send)
  const buffer = replyBuffer()
  return Buffer.from(buffer.subarray(0, encodeDhcp(send.reply, buffer)))
}

test('our decoder reads the DISCOVER of dhcp’s client', () => {
  const decoded = decodeDhcp(theirDiscover())
  assert.ok(decoded.ok)
  const { op, type: kind, mac, ciaddr, broadcast } = decoded.value
  assert.deepEqual(
    [op, kind, mac, ciaddr, broadcast],
    ['request', type.discover, knownMac, 0, false],
  )
})

test('dhcp’s decoder reads our offer to its own client', () => {
  const offer = protocol.parse(ourOffer(theirDiscover()))
  assert.equal(offer.op, 2)
  assert.equal(offer.xid, 1)
  assert.equal(offer.yiaddr, '10.77.0.11')
  assert.equal(offer.chaddr, spelledAsTheirs)
  assert.equal(offer.options[53], type.offer)
  assert.equal(offer.options[1], '255.255.255.0')
  assert.equal(offer.options[54], '10.77.0.1')
  assert.deepEqual(offer.options[3], ['10.77.0.254'])
  assert.equal(offer.options[51], 600)
})

test('dhcp’s client takes our offer off the wire', async (context) => {
  const client = dhcp.createClient({ mac: knownMac })
  client._send = () => undefined
  const listening = Promise.withResolvers<void>()
  // It gives no port away: the kernel is asked for a free one first.
  const probe = createSocket('udp4').bind(0, host)
  await once(probe, 'listening')
  const { port } = probe.address()
  await new Promise<void>((resolve) => probe.close(resolve))
  client.listen(port, host, listening.resolve)
  context.after(() => client.close())
  await listening.promise
  const heard = once(client, 'message', { signal: AbortSignal.timeout(5_000) })
  const sender = createSocket('udp4')
  context.after(() => sender.close())
  sender.send(ourOffer(theirDiscover()), port, host)
  const messages: unknown[] = await heard
  const [message] = messages
  assert.ok(typeof message === 'object' && message !== null && 'yiaddr' in message)
  assert.equal(message.yiaddr, '10.77.0.11')
})

test('evidence: one DISCOVER that asks for option 50 ends a server made with dhcp', async (context) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'dhcp-server.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  context.after(() => child.kill())
  let said = ''
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const signal = AbortSignal.timeout(10_000)
  const printed: unknown[] = await once(child.stdout, 'data', { signal })
  const sender = createSocket('udp4')
  context.after(() => sender.close())
  const asksFor50 = bytesOf({ type: type.discover, options: { 55: Uint8Array.of(50) } })
  const gone = once(child, 'close', { signal })
  sender.send(asksFor50, Number(String(printed[0])), host)
  const ended: unknown[] = await gone
  assert.notEqual(ended[0], 0)
  assert.match(said, /Invalid option undefined/)
})

test('the same DISCOVER gets an offer from us', () => {
  const asksFor50 = bytesOf({ type: type.discover, options: { 55: Uint8Array.of(50, 55, 61) } })
  assert.equal(protocol.parse(ourOffer(asksFor50)).yiaddr, '10.77.0.11')
})

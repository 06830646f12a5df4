// Why this file exists: sockets that are bound to a device are made by foreign calls; these show that Node can use them
// and that a refusal is told in words that help. On loopback only.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import { test } from 'node:test'
import { Fault } from '#fault'
import { boundTcpDescriptor, interfaceAddresses, openBoundUdp, openLinkSender } from '#net'
import { inodesOnPort } from '../../src/net/port-holder.ts'
import { needsRoot } from '../needs.ts'

const onLoopback = { interfaceName: 'lo', address: '127.0.0.1', port: 0 }

function faultOf(code: string, why: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Fault)
    assert.equal(error.code, code)
    assert.match(error.text.why, why)
    return true
  }
}

test(
  'a port on a device hears a datagram and answers it, in parts that arrive as one',
  needsRoot(),
  async () => {
    const port = await openBoundUdp(onLoopback)
    const client = createSocket('udp4')
    try {
      port.onMessage((bytes, source) =>
        port.send([Buffer.from('heard '), bytes], source.address, source.port),
      )
      const answered = once(client, 'message')
      client.send('hello', port.port, '127.0.0.1')
      assert.equal(String((await answered)[0]), 'heard hello')
      assert.equal(port.counters().received, 1)
    } finally {
      client.close()
      await port.close()
    }
  },
)

test('a taken port is a fault that names the program which holds it', needsRoot(), async () => {
  const holder = await openBoundUdp(onLoopback)
  try {
    await assert.rejects(
      openBoundUdp({ ...onLoopback, port: holder.port }),
      faultOf('CPC-NET-001', new RegExp(`process ${process.pid}\\) holds it`)),
    )
  } finally {
    await holder.close()
  }
})

test('the port is free again once it is closed', needsRoot(), async () => {
  const first = await openBoundUdp(onLoopback)
  await first.close()
  const second = await openBoundUdp({ ...onLoopback, port: first.port })
  assert.equal(second.port, first.port)
  await second.close()
})

test(
  'an interface that does not exist is a fault that names those that do',
  needsRoot(),
  async () => {
    await assert.rejects(
      openBoundUdp({ ...onLoopback, interfaceName: 'nowhere0' }),
      faultOf('CPC-NET-003', /lo/),
    )
    assert.throws(() => openLinkSender('nowhere0'), faultOf('CPC-NET-003', /lo/))
  },
)

test('an address that is not ours is a fault', needsRoot(), async () => {
  await assert.rejects(
    openBoundUdp({ ...onLoopback, address: '192.0.2.1' }),
    faultOf('CPC-NET-004', /no interface has it/),
  )
})

test('a TCP descriptor on a device takes connections', needsRoot(), async () => {
  const server = createServer((socket) => socket.end('welcome'))
  const fd = boundTcpDescriptor(onLoopback)
  server.listen({ fd })
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  try {
    const client = connect(address.port, '127.0.0.1')
    assert.equal(String((await once(client, 'data'))[0]), 'welcome')
    assert.throws(
      () => boundTcpDescriptor({ ...onLoopback, port: address.port }),
      faultOf('CPC-NET-001', /holds it/),
    )
  } finally {
    server.close()
  }
})

test('loopback has its address and no link-local one', () => {
  const loopback = interfaceAddresses('lo')
  assert.ok(loopback)
  assert.ok(loopback.ip4.some(({ address }) => address === '127.0.0.1'))
  assert.equal(loopback.linkLocal, undefined)
  assert.equal(interfaceAddresses('nowhere0'), undefined)
})

test('the holder of a port is found in the text of /proc/net/udp', () => {
  const table = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '  512: 0100004D:0045 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0',
    '  513: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0',
  ].join('\n')
  assert.deepEqual(inodesOnPort(table, 69), ['4711'])
  assert.deepEqual(inodesOnPort(table, 53), [])
})

// Why this file exists: tests of DNS's sockets need a server on loopback, a client for UDP and one for TCP, each with
// an end that does not depend on the test's success.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, type Server, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { type DnsDatagrams, type DnsServerOptions, serveDnsTcp, serveDnsUdp } from '#dns'
import { view } from './zone-sample.ts'

export const host = '127.0.0.1'

export interface RunningDns {
  readonly port: number
  readonly counted: readonly string[]
  readonly tcp: Server
}

/** One port for UDP and TCP, as on a real server; gone with the test. */
export async function startDns(
  context: TestContext,
  options: Partial<DnsServerOptions> = {},
): Promise<RunningDns> {
  const counted: string[] = []
  const whole: DnsServerOptions = {
    view: () => view,
    forwarder: undefined,
    count: (why) => counted.push(why),
    ...options,
  }
  const tcp = await serveDnsTcp({ host, port: 0 }, whole)
  const connections = new Set<Socket>()
  tcp.on('connection', (socket) => connections.add(socket))
  // Waited for: a connection that ends within the next test would clear its timer on that test's clock.
  context.after(async () => {
    tcp.close()
    const open = [...connections].filter((socket) => !socket.closed)
    await Promise.all(open.map((socket) => once(socket.destroy(), 'close', deadline())))
  })
  const { port } = addressOf(tcp)
  const udp = createSocket('udp4')
  udp.bind(port, host)
  await once(udp, 'listening')
  context.after(() => udp.close())
  const datagrams: DnsDatagrams = {
    onMessage: (handler) => udp.on('message', (bytes, from) => handler(bytes, from)),
    send: (bytes, address, to) => udp.send(bytes, to, address),
  }
  serveDnsUdp(datagrams, whole)
  return { port, counted, tcp }
}

export function addressOf(server: Server): AddressInfo {
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address
}

export async function askByUdp(port: number, bytes: Uint8Array): Promise<Uint8Array> {
  const socket = createSocket('udp4')
  try {
    socket.send(bytes, port, host)
    const arrived: unknown[] = await once(socket, 'message', deadline())
    const [reply] = arrived
    assert.ok(reply instanceof Uint8Array)
    return reply
  } finally {
    socket.close()
  }
}

export const deadline = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(5_000) })

/** The end of a connection, a reset included. */
export function ended(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => resolve())
    deadline().signal.addEventListener('abort', () => reject(new Error('still open')))
  })
}

/** The server's end of the next connection. */
export async function acceptedBy(server: Server): Promise<Socket> {
  const accepted: unknown[] = await once(server, 'connection', deadline())
  const [socket] = accepted
  assert.ok(socket instanceof Socket)
  return socket
}

export interface TcpClient {
  readonly socket: Socket
  /** As many messages as wanted, in the order in which they came. */
  read(count: number): Promise<readonly Uint8Array[]>
}

export async function connectTcp(context: TestContext, port: number): Promise<TcpClient> {
  const socket = connect(port, host)
  context.after(() => socket.destroy())
  socket.on('error', () => undefined)
  let held = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    socket.emit('more')
  })
  await once(socket, 'connect', deadline())
  return {
    socket,
    async read(count) {
      const messages: Uint8Array[] = []
      while (messages.length < count) {
        while (held.length < 2 || held.length < 2 + held.readUInt16BE(0))
          await once(socket, 'more', deadline())
        const end = 2 + held.readUInt16BE(0)
        messages.push(held.subarray(2, end))
        held = held.subarray(end)
      }
      return messages
    },
  }
}

export function framed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => [Buffer.of(message.length >> 8, message.length & 255), message]),
  )
}

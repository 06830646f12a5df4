// Why this file exists: the edge of DNS: datagrams and TCP streams in, answers out, and other people's names to the
// forwarders, each within a bound.
import { createServer, type Server, type Socket } from 'node:net'
import { answerDns, type DnsReason } from './answer.ts'
import type { Forwarder } from './forward.ts'
import type { ZoneView } from './zone.ts'

/** Whoever owns the UDP socket; it is bound to the provisioning interface before it gets here. */
export interface DnsDatagrams {
  onMessage(handler: (bytes: Uint8Array, from: { address: string; port: number }) => void): void
  send(bytes: Uint8Array, address: string, port: number): void
}

export interface DnsServerOptions {
  /** `undefined` until the first snapshot came: then silence is the honest answer. */
  readonly view: () => ZoneView | undefined
  readonly forwarder: Forwarder | undefined
  readonly count: (why: DnsReason | 'forwarded') => void
}

export function serveDnsUdp(port: DnsDatagrams, options: DnsServerOptions): void {
  port.onMessage((bytes, from) => {
    const view = options.view()
    if (view === undefined) return
    const forwards = options.forwarder !== undefined
    const answer = answerDns(bytes, view, { transport: 'udp', forwards })
    if (answer.kind === 'forward') {
      options.count('forwarded')
      options.forwarder?.ask(bytes, (reply) => port.send(reply, from.address, from.port))
      return
    }
    options.count(answer.why)
    if (answer.kind === 'reply') port.send(answer.bytes, from.address, from.port)
  })
}

/** RFC 7766 §6.2.3: idle connections are closed in seconds. */
export const tcpIdleMs = 10_000
export const tcpConnectionsMax = 256
const lengthBytes = 2

export async function serveDnsTcp(
  listen: { readonly host: string; readonly port: number } | { readonly fd: number },
  options: DnsServerOptions,
): Promise<Server> {
  const server = createServer((socket) => answerStream(socket, options))
  server.maxConnections = tcpConnectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen, resolve)
  })
  return server
}

function answerStream(socket: Socket, options: DnsServerOptions): void {
  let held: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  socket.setTimeout(tcpIdleMs, () => socket.destroy())
  // A client that resets is gone; there is nobody left to tell.
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= lengthBytes && held.length >= lengthBytes + held.readUInt16BE(0)) {
      const end = lengthBytes + held.readUInt16BE(0)
      answerOne(socket, held.subarray(lengthBytes, end), options)
      held = held.subarray(end)
    }
  })
}

function answerOne(socket: Socket, bytes: Uint8Array, options: DnsServerOptions): void {
  const view = options.view()
  if (view === undefined) return void socket.destroy()
  const answer = answerDns(bytes, view, { transport: 'tcp', forwards: false })
  if (answer.kind === 'forward') return
  options.count(answer.why)
  if (answer.kind === 'drop') return void socket.destroy()
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt16BE(answer.bytes.length)
  socket.write(Buffer.concat([length, answer.bytes]))
}

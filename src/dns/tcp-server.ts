// Why this file exists: DNS over TCP (RFC 7766) keeps state for whoever connects; here are its bounds: connections,
// time, the length of a message, and answers that nobody reads.
import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { answerDns } from './answer.ts'
import { type ForwardedQuestion, forwardingBy } from './forward.ts'
import { framed, takeMessage } from './stream.ts'
import { type DnsServerOptions, ownTime } from './udp-server.ts'

/** RFC 7766 §6.2.3: idle connections are closed in seconds; so is one that trickles a message. */
export const tcpIdleMs = 10_000
export const tcpConnectionsMax = 256
/** One client cannot take them all. */
export const tcpConnectionsPerSourceMax = 64
const queryBytesMax = 4_096

export async function serveDnsTcp(
  listen: { readonly host: string; readonly port: number } | { readonly fd: number },
  options: DnsServerOptions,
): Promise<Server> {
  const perSource = new Map<string, number>()
  const server = createServer((socket) => {
    const source = socket.remoteAddress ?? ''
    const open = (perSource.get(source) ?? 0) + 1
    if (open > tcpConnectionsPerSourceMax) return void socket.destroy()
    perSource.set(source, open)
    socket.on('close', () => {
      const left = (perSource.get(source) ?? 1) - 1
      if (left === 0) perSource.delete(source)
      else perSource.set(source, left)
    })
    answerStream(socket, options)
  })
  server.maxConnections = options.connectionsMax ?? tcpConnectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen, resolve)
  })
  return server
}

/** One client, whatever carries its bytes. */
export function answerStream(socket: Duplex, options: DnsServerOptions): void {
  let held: Uint8Array = new Uint8Array(0)
  let idle = closeWhenIdle(socket)
  socket.on('close', () => clearTimeout(idle))
  // A client that resets is gone; there is nobody left to tell.
  socket.on('error', () => socket.destroy())
  /** A client that does not read its answers is not read either. */
  const answerHeld = (): void => {
    while (!socket.destroyed && !socket.writableNeedDrain) {
      const taken = takeMessage(held, queryBytesMax)
      if (taken.kind === 'too-long') socket.destroy()
      if (taken.kind !== 'message') break
      held = taken.rest
      clearTimeout(idle)
      idle = closeWhenIdle(socket)
      answerOne(socket, taken.message, options)
    }
    if (socket.writableNeedDrain) socket.pause()
    else socket.resume()
  }
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    answerHeld()
  })
  socket.on('drain', answerHeld)
}

function closeWhenIdle(socket: Duplex): NodeJS.Timeout {
  return setTimeout(() => socket.destroy(), tcpIdleMs)
}

function answerOne(socket: Duplex, bytes: Uint8Array, options: DnsServerOptions): void {
  const view = options.view()
  if (view === undefined) return void socket.destroy()
  if (options.admits?.((options.now ?? ownTime)()) === false) {
    options.count('dropped')
    return void socket.destroy()
  }
  const transport = 'tcp'
  const answer = answerDns(bytes, view, { ...forwardingBy(options.forwarder), transport })
  if (answer.kind === 'forward') {
    options.count('forwarded')
    const question: ForwardedQuestion = { bytes, query: answer.query, transport }
    return options.forwarder?.ask(question, (reply) => {
      if (socket.writable) socket.write(framed(reply))
    })
  }
  options.count(answer.why)
  if (answer.kind === 'drop') return void socket.destroy()
  socket.write(framed(answer.bytes))
}

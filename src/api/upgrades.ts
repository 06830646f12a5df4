// Why this file exists: a console is no question with an answer but bytes both ways, so its connection leaves HTTP
// (RFC 9110, section 7.8); it is asked for, admitted and refused like any other route all the same.
import { type IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export const consoleProtocol = 'coppice-console'

const switching = [
  'HTTP/1.1 101 Switching Protocols',
  'Connection: Upgrade',
  `Upgrade: ${consoleProtocol}`,
  '',
  '',
].join('\r\n')

const keepAliveMs = 30_000

/** Other protocols are offered by clients that can do without (h2c), so they are passed over. */
export function asksForConsole({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === consoleProtocol
}

interface Asked {
  readonly socket: Socket
  readonly response: ServerResponse
}

export class Upgrades {
  readonly #asked = new WeakMap<IncomingMessage, Asked>()
  /** The server no longer counts them among its own. */
  readonly #sockets = new Set<Socket>()

  /** Lets the routes answer; `head` is what came together with the request. */
  receive(
    request: IncomingMessage,
    connection: { readonly socket: Duplex; readonly head: Buffer },
    route: (request: IncomingMessage, response: ServerResponse) => void,
  ): void {
    const { socket, head } = connection
    if (!(socket instanceof Socket)) throw new Error('an upgrade came over no socket')
    // Its close is what we go by.
    socket.on('error', () => undefined)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    if (head.length > 0) socket.unshift(head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => socket.destroySoon())
    this.#asked.set(request, { socket, response })
    route(request, response)
  }

  isAsked(request: IncomingMessage): boolean {
    return this.#asked.has(request)
  }

  /** The connection, whose bytes are no longer HTTP. */
  accept(request: IncomingMessage): Socket {
    const asked = this.#asked.get(request)
    if (asked === undefined) throw new Error('nobody asked for an upgrade')
    const { socket, response } = asked
    response.detachSocket(socket)
    socket.setTimeout(0)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMs)
    socket.write(switching)
    return socket
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

// Why this file exists: the client speaks to a pipe of bytes and knows of it only whether strangers can listen.
import { readFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from './clock.ts'
import { cannotConnect } from './fault.ts'
import type { LdapUrl } from './url.ts'

export interface Connection {
  /** TLS, a unix socket, or loopback: a password may be sent as it is. */
  readonly private: boolean
  /** For messages. */
  readonly peer: string
  write(bytes: Uint8Array): void
  close(): void
  /** Called once each, by the one client of this connection, before anything arrives. */
  onBytes(take: (bytes: Uint8Array) => void): void
  onClosed(tell: (reason: string) => void): void
}

export type Connect = (url: LdapUrl) => Promise<Connection>

const connectMillisMax = 5_000
const keepAliveMillis = 30_000

/** Opens real sockets. `caFile` replaces the system's authorities for ldaps. */
export function connectorOf(clock: Clock, caFile?: string): Connect {
  return async (url) => {
    const socket = await opened(begin(url, caFile), url, clock)
    return connectionOf(socket, url)
  }
}

function begin(url: LdapUrl, caFile: string | undefined): Opening {
  try {
    return open(url, caFile)
  } catch (error) {
    // A caFile that is missing, or is no certificate.
    throw cannotConnect(url.text, error instanceof Error ? error.message : String(error), error)
  }
}

interface Opening {
  readonly socket: Socket
  readonly event: string
}

function open(url: LdapUrl, caFile: string | undefined): Opening {
  if (url.kind === 'unix') return { socket: createConnection(url.path), event: 'connect' }
  const { host, port } = url
  if (url.kind === 'tcp') return { socket: createConnection({ host, port }), event: 'connect' }
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) }
  const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
  const socket = connectTls({ host, port, ...name, ...ca })
  return { socket, event: 'secureConnect' }
}

function opened({ socket, event }: Opening, url: LdapUrl, clock: Clock): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const fail = (why: string, cause?: unknown): void => {
    socket.destroy()
    reject(cannotConnect(url.text, why, cause))
  }
  const failed = (error: Error): void => fail(error.message, error)
  const stop = clock.after(connectMillisMax, () => fail(`no answer in ${connectMillisMax} ms`))
  socket.once('error', failed)
  socket.once(event, () => {
    socket.off('error', failed)
    resolve(socket)
  })
  return promise.finally(stop)
}

function connectionOf(socket: Socket, url: LdapUrl): Connection {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMillis)
  let reason = 'the peer closed the connection'
  socket.on('error', (error) => {
    reason = error.message
  })
  return {
    private: url.kind !== 'tcp' || isLoopback(socket.remoteAddress ?? ''),
    peer: url.text,
    write: (bytes) => void socket.write(bytes),
    // The last words still go out.
    close: () => socket.destroySoon(),
    onBytes: (take) => void socket.on('data', take),
    onClosed: (tell) => void socket.once('close', () => tell(reason)),
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

// Why this file exists: the client speaks to a pipe of bytes and knows of it only whether strangers can listen.
import { createConnection, type Socket } from 'node:net'
import type { Clock } from './clock.ts'
import { cannotConnect } from './fault.ts'
import { encrypted, type TlsSettings } from './tls.ts'
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

/** Opens real sockets. */
export function connectorOf(clock: Clock, tls: TlsSettings = {}): Connect {
  return async (url) => {
    const bare = createConnection(
      url.kind === 'unix' ? { path: url.path } : { host: url.host, port: url.port },
    )
    // Whoever waits hears of it from handlers of his own; between two of them nobody does.
    bare.on('error', () => undefined)
    let current = bare
    const late = Promise.withResolvers<never>()
    const stop = clock.after(connectMillisMax, () => late.reject(tooLate(url)))
    try {
      await Promise.race([opened(bare, url, 'connect'), late.promise])
      const isEncrypted = url.kind === 'tls' || (url.kind === 'tcp' && tls.startTls === true)
      if (isEncrypted) {
        current = await Promise.race([encrypted(bare, url, tls), late.promise])
        await Promise.race([opened(current, url, 'secureConnect'), late.promise])
      }
      return connectionOf(current, url, { private: isEncrypted || isUnseen(url, bare) })
    } catch (error) {
      current.destroy()
      bare.destroy()
      throw error
    } finally {
      stop()
    }
  }
}

function tooLate(url: LdapUrl): Error {
  return cannotConnect(url.text, `no answer in ${connectMillisMax} ms`)
}

function opened(socket: Socket, url: LdapUrl, event: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const failed = (error: Error): void => reject(cannotConnect(url.text, error.message, error))
  const ended = (): void => reject(cannotConnect(url.text, 'the peer closed the connection'))
  socket.once('error', failed)
  socket.once('close', ended)
  socket.once(event, () => {
    socket.off('error', failed)
    socket.off('close', ended)
    resolve()
  })
  return promise
}

function connectionOf(
  socket: Socket,
  url: LdapUrl,
  options: { readonly private: boolean },
): Connection {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMillis)
  let reason = 'the peer closed the connection'
  socket.on('error', (error) => {
    reason = error.message
  })
  return {
    private: options.private,
    peer: url.text,
    write: (bytes) => void socket.write(bytes),
    // The last words still go out.
    close: () => socket.destroySoon(),
    onBytes: (take) => void socket.on('data', take),
    onClosed: (tell) => void socket.once('close', () => tell(reason)),
  }
}

function isUnseen(url: LdapUrl, socket: Socket): boolean {
  return url.kind === 'unix' || isLoopback(socket.remoteAddress ?? '')
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

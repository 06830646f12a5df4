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
  /** Called once each, by the one client of this connection, before anything arrives. The bytes are written over after it. */
  onBytes(take: (bytes: Uint8Array) => void): void
  onClosed(tell: (reason: string) => void): void
}

export type Connect = (url: LdapUrl) => Promise<Connection>

const connectMillisMax = 5_000
/** A first refresh is 30 MB: in one buffer, for a new one at each read costs more than what is read. */
const readBytes = 64 * 1024
const keepAliveMillis = 30_000

/** Opens real sockets. */
export function connectorOf(clock: Clock, tls: TlsSettings = {}): Connect {
  return async (url) => {
    const isEncrypted = url.kind === 'tls' || (url.kind === 'tcp' && tls.startTls === true)
    const inbox = isEncrypted ? undefined : new Inbox()
    const at = url.kind === 'unix' ? { path: url.path } : { host: url.host, port: url.port }
    const bare = createConnection(inbox ? { ...at, onread: inbox.onread } : at)
    // Whoever waits hears of it from handlers of his own; between two of them nobody does.
    bare.on('error', () => undefined)
    let current = bare
    const late = Promise.withResolvers<never>()
    const stop = clock.after(connectMillisMax, () => late.reject(tooLate(url)))
    try {
      await Promise.race([opened(bare, url, 'connect'), late.promise])
      if (isEncrypted) {
        current = await Promise.race([encrypted(bare, url, tls), late.promise])
        await Promise.race([opened(current, url, 'secureConnect'), late.promise])
      }
      const onBytes = (take: TakeBytes): void => {
        if (inbox) inbox.open(take, bare)
        else current.on('data', take)
      }
      return { ...connectionOf(current, url), private: isEncrypted || isUnseen(url, bare), onBytes }
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
): Pick<Connection, 'peer' | 'write' | 'close' | 'onClosed'> {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMillis)
  let reason = 'the peer closed the connection'
  socket.on('error', (error) => {
    reason = error.message
  })
  return {
    peer: url.text,
    write: (bytes) => void socket.write(bytes),
    // The last words still go out.
    close: () => socket.destroySoon(),
    onClosed: (tell) => void socket.once('close', () => tell(reason)),
  }
}

type TakeBytes = (bytes: Uint8Array) => void

/** All that is read passes through one buffer. */
class Inbox {
  readonly onread = {
    buffer: Buffer.allocUnsafe(readBytes),
    callback: (length: number, buffer: Uint8Array): boolean => {
      const bytes = buffer.subarray(0, length)
      if (this.#take) this.#take(bytes)
      else this.#early.push(Uint8Array.from(bytes))
      // Nothing is read before somebody takes it, beyond what has come already.
      return this.#take !== undefined
    },
  }
  #take: TakeBytes | undefined
  readonly #early: Uint8Array[] = []

  open(take: TakeBytes, socket: Socket): void {
    this.#take = take
    for (const bytes of this.#early.splice(0)) take(bytes)
    socket.resume()
  }
}

function isUnseen(url: LdapUrl, socket: Socket): boolean {
  return url.kind === 'unix' || isLoopback(socket.remoteAddress ?? '')
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

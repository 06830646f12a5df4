// Why this file exists: what a client does to a connection (half of a request, an end, a reset) no HTTP client does on demand, so
// these tests write the bytes themselves.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { OpenedForTest } from './ask.ts'

const deadlineMs = 10_000

export interface RawConnection extends Disposable {
  readonly socket: Socket
  /** All that came so far. */
  received(): string
  /** Resolves once it came; fails when the connection ends before. */
  until(pattern: RegExp): Promise<string>
  /** However it ends. */
  closed(): Promise<void>
}

export async function rawConnection(api: OpenedForTest): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port: api.port, allowHalfOpen: true })
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return {
    socket,
    received: () => text,
    async until(pattern) {
      await eventually(() => pattern.test(text) || socket.readableEnded || socket.destroyed)
      if (!pattern.test(text)) throw new Error(`it ended with: ${text}`)
      return text
    },
    async closed() {
      if (socket.readableEnded) socket.end()
      else socket.once('end', () => socket.end())
      await eventually(() => socket.closed)
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

export function head(
  start: string,
  headers: Readonly<Record<string, string>>,
  token: string | null = 'admin-secret',
): string {
  const all = {
    host: 'localhost',
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`${start} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** Looks again after each turn of the event loop. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(deadlineMs)
  while (!isTrue()) {
    if (deadline.aborted) throw new Error('it never came true')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

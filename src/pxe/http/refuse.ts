// Why this file exists: every refusal carries the date, from which the first stage of a host sets its clock, and ends
// the connection whenever what follows on it cannot be trusted.
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

export function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return void response.destroy()
  const body = `${status} ${STATUS_CODES[status] ?? ''}\n`
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    // What follows on a connection whose request we did not read to its end cannot be trusted.
    ...(status === 404 || status === 416 ? {} : { connection: 'close' }),
    ...headers,
  })
  response.end(body)
}

const statusOfError: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * What is no HTTP gets one line and the end. `answering` is the response that is still under way on the connection:
 * then nothing may be written into the middle of it.
 */
export function refuseClient(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  answering: ServerResponse | undefined,
): void {
  if (!socket.writable || (answering && !answering.writableEnded)) return void socket.destroy()
  if (answering) return void socket.end(() => socket.destroy())
  const status = statusOfError[error.code ?? ''] ?? 400
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
    'Content-Length: 0',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy())
}

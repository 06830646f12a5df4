// Why this file exists: a client that speaks no HTTP, or speaks it too slowly, is told so in our form and let go; one that
// uploads an image is let on.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { malformed, problemOf } from './problem.ts'
import type { Uploads } from './uploads.ts'

type ClientError = Error & { readonly code?: string }

export function clientErrors(uploads: Uploads): (error: ClientError, socket: Socket) => void {
  return (error, socket) => {
    const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    if (isLate && uploads.isExcused(socket)) return
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (socket.writable && !uploads.isAnswered(socket))
      socket.write(lastAnswer(statusOf(error.code), error.message))
    socket.destroy(error)
  }
}

function statusOf(code: string | undefined): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
}

function lastAnswer(status: number, why: string): string {
  const body = JSON.stringify(problemOf(malformed('the connection', why), status))
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

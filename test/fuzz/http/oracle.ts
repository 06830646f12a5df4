// Why this file exists: whatever was asked, a connection of boot HTTP carries whole answers of known kinds, one after the
// other, with bytes of boot files, scripts or short sentences, and no others (HOSTILE 17, 20).
import assert from 'node:assert/strict'
import { secret, servable } from '../served-files.ts'

const statuses = new Set([200, 206, 304, 400, 403, 404, 405, 408, 413, 414, 416, 417, 431])
/** Statuses without a body, whatever the headers say (RFC 9112 §6.3). */
const bodiless = new Set([100, 304])
const headEnd = '\r\n\r\n'
const sentenceBytesMax = 300

/** How many answers there were. */
export function judgeHttp(written: Buffer): number {
  assert.ok(!written.includes(secret), 'a byte from outside the boot files')
  let answers = 0
  for (let at = 0; at < written.length;) {
    const end = written.indexOf(headEnd, at)
    assert.ok(end >= 0, 'a head without its end')
    const head = written.toString('latin1', at, end)
    const [, status = '', length = '0'] = headOf(head)
    const bodyAt = end + headEnd.length
    at = bodiless.has(Number(status)) ? bodyAt : bodyEnd(written, bodyAt, Number(length))
    judgeBody(head, written.subarray(bodyAt, at))
    if (status !== '100') answers += 1
  }
  return answers
}

function headOf(head: string): readonly string[] {
  const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]+(\r\n[!-~]+: [\x20-\x7e]*)*$/.exec(head)?.[1]
  assert.ok(status !== undefined, `no head of an answer: ${head.slice(0, 200)}`)
  if (status === '100') return [head, status]
  assert.ok(statuses.has(Number(status)), `status ${status}`)
  assert.match(head, /\r\ndate: /i)
  assert.ok((head.match(/\r\ncontent-length:/gi)?.length ?? 0) <= 1)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  assert.ok(length !== undefined || status === '304', 'a length that is told exactly')
  return [head, status, length ?? '0']
}

/** An answer to HEAD has none; the last one may be cut off by the end of the connection. */
function bodyEnd(written: Buffer, at: number, length: number): number {
  const isNext = written.toString('latin1', at, at + 9) === 'HTTP/1.1 '
  return isNext ? at : Math.min(written.length, at + length)
}

function judgeBody(head: string, body: Buffer): void {
  if (body.length === 0) return
  if (body.toString('latin1', 0, 6) === '#!ipxe')
    return assert.match(body.toString('latin1'), /^[\x20-\x7e\n]+$/)
  if (head.startsWith('HTTP/1.1 20'))
    return assert.ok(
      servable.some((file) => file.includes(body)),
      'bytes that are of no file',
    )
  assert.ok(body.length <= sentenceBytesMax)
  assert.match(body.toString('latin1'), /^[\x20-\x7e\n]+$/)
}

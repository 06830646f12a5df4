// Why this file exists: whatever was asked, TFTP sends blocks of boot files, option acknowledgements and errors, to whoever
// asked, and not a byte of anything else (HOSTILE 17 to 19).
import assert from 'node:assert/strict'
import { opcode, readTftp } from '../../conformance/harness/tftp-client.ts'
import { secret, servable } from '../served-files.ts'
import type { SentDatagram } from './memory-ports.ts'

/** A window, and what precedes it. */
export const answersMax = 65
const blockBytesMax = 1_428
const errorCodeMax = 8

export function judgeTftp(
  { bytes, fromPort, to, toPort }: SentDatagram,
  askers: ReadonlySet<string>,
): void {
  assert.ok(askers.has(`${to}:${toPort}`), 'somebody who never asked was answered')
  assert.ok(!bytes.includes(secret), 'a byte from outside the boot files')
  const answer = readTftp(bytes, fromPort)
  switch (answer.opcode) {
    case opcode.data:
      assert.notEqual(fromPort, 69, 'a transfer has a port of its own')
      assert.ok(answer.bytes.length <= blockBytesMax)
      assert.ok(
        servable.some((file) => file.includes(answer.bytes)),
        'a block that is of no file',
      )
      return
    case opcode.optionsAck:
      assert.ok(answer.options.size > 0)
      return
    case opcode.error:
      assert.ok(answer.number <= errorCodeMax)
      assert.equal(bytes.at(-1), 0)
      assert.match(bytes.subarray(4, -1).toString('latin1'), /^[\x20-\x7e]+$/)
      return
    default:
      assert.fail(`a server never says ${answer.opcode}`)
  }
}

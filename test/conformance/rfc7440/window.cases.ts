// Why this file exists: RFC 7440: several blocks in flight, and what an acknowledgement inside a window means.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { opcode, type TftpClient, type TftpSession } from '../harness/tftp-client.ts'
import { files } from '../harness/world.ts'

const { blocks } = files

async function windowed(tftp: TftpClient, size: number): Promise<TftpSession> {
  const session = await tftp.open()
  session.ask(blocks.name, ['windowsize', String(size)])
  const granted = await session.expectOptions()
  assert.equal(granted.get('windowsize'), String(size))
  session.ack(0)
  return session
}

async function expectBlocks(session: TftpSession, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 1)
    await session.expectData(number, blocks.bytes.subarray((number - 1) * 512, number * 512))
}

const notGranted =
  (value: string) =>
  async (tftp: TftpClient): Promise<void> => {
    const session = await tftp.open()
    session.ask(blocks.name, ['windowsize', value, 'tsize', '0'])
    const answer = await session.next()
    if (answer.opcode === opcode.error) assert.ok([0, 8].includes(answer.number))
    else
      assert.ok(!answer.options.has('windowsize'), `granted: ${answer.options.get('windowsize')}`)
  }

const last = Math.floor(blocks.bytes.length / 512) + 1

export const windows = section('tftp', 'RFC 7440 §4', [
  [
    'a whole window comes before its acknowledgement, and no more',
    async (tftp) => {
      const session = await windowed(tftp, 4)
      await expectBlocks(session, 1, 4)
      await session.pause(50)
      assert.equal(session.copiesOf(5), 0)
      session.ack(4)
      await expectBlocks(session, 5, 8)
    },
  ],
  [
    'a window of one block is lock step',
    async (tftp) => {
      const session = await windowed(tftp, 1)
      await expectBlocks(session, 1, 1)
      await session.pause(50)
      assert.equal(session.copiesOf(2), 0)
      session.ack(1)
      await expectBlocks(session, 2, 2)
    },
  ],
  [
    'the last window may be short, and ends the transfer',
    async (tftp) => {
      const session = await windowed(tftp, 16)
      for (let from = 1; from <= last; from += 16) {
        const to = Math.min(last, from + 15)
        await expectBlocks(session, from, to)
        session.ack(to)
      }
      await session.expectQuiet()
    },
  ],
  [
    'a window larger than the file is the file',
    async (tftp) => {
      const session = await windowed(tftp, 64)
      await expectBlocks(session, 1, last)
      session.ack(last)
      await session.expectQuiet()
    },
  ],
  [
    'an acknowledgement inside a window says where to go on',
    async (tftp) => {
      const session = await windowed(tftp, 4)
      await expectBlocks(session, 1, 4)
      session.ack(2)
      await expectBlocks(session, 3, 6)
    },
  ],
  [
    'an acknowledgement of nothing has the window sent again',
    async (tftp) => {
      const session = await windowed(tftp, 4)
      await expectBlocks(session, 1, 4)
      session.ack(0)
      await expectBlocks(session, 1, 4)
    },
  ],
  [
    'a window that nobody acknowledges comes again',
    async (tftp) => {
      const session = await windowed(tftp, 2)
      await expectBlocks(session, 1, 2)
      await expectBlocks(session, 1, 2)
    },
  ],
  [
    'windows go with blocks of another size',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(blocks.name, ['blksize', '1024', 'windowsize', '8', 'tsize', '0'])
      const granted = await session.expectOptions()
      assert.deepEqual([granted.get('blksize'), granted.get('windowsize')], ['1024', '8'])
      session.ack(0)
      for (let number = 1; number <= 8; number += 1)
        await session.expectData(number, blocks.bytes.subarray((number - 1) * 1024, number * 1024))
    },
  ],
])

export const windowSizes = section('tftp', 'RFC 7440 §3', [
  ['a window of 0 blocks is not granted', notGranted('0')],
  ['a window of 65,536 blocks is not granted', notGranted('65536')],
  ['a window that is no number is not granted', notGranted('many')],
  [
    'the largest window may be lowered, never raised',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(blocks.name, ['windowsize', '65535'])
      const granted = Number((await session.expectOptions()).get('windowsize'))
      assert.ok(granted >= 1 && granted <= 65_535)
      session.error(8)
    },
  ],
])

// Why this file exists: RFC 1350 and RFC 1123 §4.2.3: blocks in lock step, each lost once, repeated, or from a stranger.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { opcode, strings, type TftpClient, type TftpSession } from '../harness/tftp-client.ts'
import { files } from '../harness/world.ts'

const { blocks, exact, empty, lines } = files
const block = (number: number, bytes: Uint8Array = blocks.bytes): Uint8Array =>
  bytes.subarray((number - 1) * 512, number * 512)

/** A transfer of many blocks that has just begun: its first block is here. */
async function begun(tftp: TftpClient): Promise<TftpSession> {
  const session = await tftp.open()
  session.ask(blocks.name)
  await session.expectData(1, block(1))
  return session
}

const isWhole = (name: string, bytes: Uint8Array) => async (tftp: TftpClient) =>
  assert.ok((await tftp.get(name)).equals(bytes))

const asked = async (tftp: TftpClient, ...words: readonly string[]): Promise<TftpSession> => {
  const session = await tftp.open()
  session.request(strings(opcode.read, words))
  return session
}

export const contents = section('tftp', 'RFC 1350 §2', [
  ['a file of several blocks comes whole', isWhole(blocks.name, blocks.bytes)],
  [
    'each block but the last has 512 octets',
    async (tftp) => {
      const session = await begun(tftp)
      const [first] = session.all
      assert.equal(first?.bytes.length, 512)
    },
  ],
])

export const endings = section('tftp', 'RFC 1350 §6', [
  [
    'a file of exactly four blocks ends with an empty fifth',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(exact.name)
      assert.ok((await session.rest(1, 512)).equals(exact.bytes))
      assert.equal(session.all.at(-1)?.number, 5)
    },
  ],
  [
    'an empty file is one empty block',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(empty.name)
      const { bytes } = await session.expectData(1)
      assert.equal(bytes.length, 0)
      session.ack(1)
    },
  ],
  [
    'behind the last acknowledgement nothing comes',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(exact.name)
      await session.rest(1, 512)
      await session.expectQuiet()
    },
  ],
])

export const identifiers = section('tftp', 'RFC 1350 §4', [
  [
    'a transfer has a port of its own, not 69',
    async (tftp) => {
      const session = await begun(tftp)
      assert.notEqual(session.transferPort, 69)
    },
  ],
  [
    'all of a transfer comes from one port',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(blocks.name)
      await session.rest(1, 512)
      assert.equal(new Set(session.all.map(({ fromPort }) => fromPort)).size, 1)
    },
  ],
  [
    'two transfers at once have two ports, and each its own file',
    async (tftp) => {
      const [one, other] = [await tftp.open(), await tftp.open()]
      one.ask(blocks.name)
      other.ask(exact.name)
      await one.expectData(1, block(1))
      await other.expectData(1, block(1, exact.bytes))
      assert.notEqual(one.transferPort, other.transferPort)
      one.ack(1)
      other.ack(1)
      await other.expectData(2, block(2, exact.bytes))
      await one.expectData(2, block(2))
    },
  ],
  [
    'a stranger at a transfer’s port is told error 5',
    async (tftp) => {
      const session = await begun(tftp)
      const stranger = await tftp.open()
      stranger.send(Uint8Array.of(0, opcode.ack, 0, 1), session.transferPort)
      await stranger.expectError(5)
    },
  ],
  [
    'a stranger’s acknowledgement moves nothing',
    async (tftp) => {
      const session = await begun(tftp)
      const stranger = await tftp.open('stranger')
      stranger.send(Uint8Array.of(0, opcode.ack, 0, 1), session.transferPort)
      await session.pause(100)
      assert.equal(session.copiesOf(2), 0)
      session.ack(1)
      await session.expectData(2, block(2))
    },
  ],
  [
    'a stranger’s error ends nothing',
    async (tftp) => {
      const session = await begun(tftp)
      const stranger = await tftp.open('stranger')
      stranger.send(Uint8Array.of(0, opcode.error, 0, 0, 0), session.transferPort)
      await session.pause(100)
      assert.equal(session.copiesOf(2), 0)
      session.ack(1)
      await session.expectData(2, block(2))
    },
  ],
])

export const requests = section('tftp', 'RFC 1350 §5', [
  [
    'the mode is read in any case',
    async (tftp) => {
      for (const mode of ['OCTET', 'oCtEt']) {
        const session = await tftp.open()
        session.ask(blocks.name, [], mode)
        await session.expectData(1, block(1))
        session.error(0)
      }
    },
  ],
  [
    'netascii: LF is sent as CR LF, and CR alone as CR NUL',
    async (tftp) => {
      const got = await tftp.get(lines.name, [], 'netascii')
      assert.equal(got.toString('latin1'), 'one\r\ntwo\r\0\r\nthree\r\0four\r\n')
    },
  ],
  ['octet: nothing is translated', isWhole(lines.name, lines.bytes)],
  [
    'mode mail is refused',
    async (tftp) => void (await (await asked(tftp, blocks.name, 'mail')).expectError(0, 4)),
  ],
  [
    'a mode that does not exist is refused',
    async (tftp) => void (await (await asked(tftp, blocks.name, 'ebcdic')).expectError(0, 4)),
  ],
  [
    'a file that does not exist is error 1',
    async (tftp) => void (await (await asked(tftp, 'no-such-file', 'octet')).expectError(1)),
  ],
  [
    'the text of an error ends with a NUL',
    async (tftp) => {
      const { bytes } = await (await asked(tftp, 'no-such-file', 'octet')).expectError(1)
      assert.equal(bytes.at(-1), 0)
      assert.equal(bytes.indexOf(0), bytes.length - 1)
    },
  ],
  [
    'a write is refused',
    async (tftp) => {
      const session = await tftp.open()
      session.request(strings(opcode.write, ['new-file', 'octet']))
      await session.expectError(1, 2, 4)
    },
  ],
  [
    'a write over a file is refused',
    async (tftp) => {
      const session = await tftp.open()
      session.request(strings(opcode.write, [blocks.name, 'octet']))
      await session.expectError(2, 4, 6)
    },
  ],
  [
    'an operation that does not exist is error 4',
    async (tftp) => {
      const session = await tftp.open()
      session.request(strings(9, [blocks.name, 'octet']))
      await session.expectError(4)
    },
  ],
  [
    'a request without a mode is refused, and the next is served',
    async (tftp) => {
      const session = await tftp.open()
      session.request(strings(opcode.read, [blocks.name]))
      await begun(tftp)
      assert.ok(session.all.every(({ opcode: kind }) => kind === opcode.error))
    },
  ],
  [
    'a request whose string has no end is not served, and the next is',
    async (tftp) => {
      const session = await tftp.open()
      session.request(Buffer.from(`\0\x01${blocks.name}\0octet`, 'latin1'))
      await begun(tftp)
      assert.ok(session.all.every(({ opcode: kind }) => kind === opcode.error))
    },
  ],
  [
    'no name leads out of the boot files',
    async (tftp) => {
      for (const name of [
        '../../../../etc/hostname',
        '/etc/hostname',
        'boot/../../../../../etc/hostname',
      ])
        await (await asked(tftp, name, 'octet')).expectError(0, 1, 2)
    },
  ],
  [
    'DATA, ACK and ERROR to port 69 begin nothing',
    async (tftp) => {
      const session = await tftp.open()
      for (const kind of [opcode.data, opcode.ack, opcode.error])
        session.request(Uint8Array.of(0, kind, 0, 1, 0))
      await session.pause(100)
      assert.ok(session.all.every(({ opcode: answer }) => answer === opcode.error))
    },
  ],
])

export const errors = section('tftp', 'RFC 1350 §7', [
  [
    'a client’s error ends the transfer',
    async (tftp) => {
      const session = await begun(tftp)
      session.error(0, 'enough')
      await session.expectQuiet(1_500)
    },
  ],
])

export const losses = section('tftp', 'RFC 1350 §2', [
  [
    'a block that is not acknowledged comes again',
    async (tftp) => {
      const session = await begun(tftp)
      await session.expectData(1, block(1))
    },
  ],
  [
    'a transfer goes on after a loss',
    async (tftp) => {
      const session = await begun(tftp)
      session.ack(1)
      await session.expectData(2, block(2))
      await session.expectData(2, block(2))
      session.ack(2)
      await session.expectData(3, block(3))
    },
  ],
])

/** Sent again for each acknowledgement, a block would come seven times; a quick timer may send it some more. */
const copiesMax = 4

export const sorcerer = section('tftp', 'RFC 1123 §4.2.3.1', [
  [
    'a repeated acknowledgement is no reason to send a block again',
    async (tftp) => {
      const session = await begun(tftp)
      for (let time = 1; time <= 6; time += 1) session.ack(1)
      await session.expectData(2)
      await session.pause(100)
      assert.ok(session.copiesOf(2) <= copiesMax, `${session.copiesOf(2)} copies`)
    },
  ],
  [
    'after repeated acknowledgements the blocks are not doubled for ever',
    async (tftp) => {
      const session = await begun(tftp)
      for (let block = 1; block <= 8; block += 1) {
        session.ack(block)
        session.ack(block)
        await session.expectData(block + 1)
      }
      await session.pause(100)
      assert.ok(session.all.length <= 9 + copiesMax, `${session.all.length} packets`)
    },
  ],
  [
    'an acknowledgement of long ago moves nothing',
    async (tftp) => {
      const session = await begun(tftp)
      for (const number of [1, 2, 3]) {
        session.ack(number)
        await session.expectData(number + 1)
      }
      const before = session.copiesOf(2)
      session.ack(1)
      await session.pause(100)
      assert.equal(session.copiesOf(2), before)
      session.ack(4)
      await session.expectData(5)
    },
  ],
  [
    'an acknowledgement of a block that was not sent skips nothing',
    async (tftp) => {
      const session = await begun(tftp)
      session.ack(7)
      session.ack(1)
      await session.expectData(2, block(2))
    },
  ],
])

export const waiting = section('tftp', 'RFC 1123 §4.2.3.2', [
  [
    'the wait before the second repeat is not shorter than before the first',
    async (tftp) => {
      const session = await begun(tftp)
      const started = performance.now()
      await session.expectData(1)
      const first = performance.now() - started
      await session.expectData(1)
      const second = performance.now() - started - first
      assert.ok(second > first * 0.8, `${Math.round(first)} ms, then ${Math.round(second)} ms`)
    },
  ],
])

const wrapAt = 65_536

export const wrapping = section('tftp', 'RFC 2348', [
  [
    'a file of more than 65,535 blocks goes on with block 0',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(files.many.name, ['blksize', '8', 'windowsize', '64'])
      const granted = await session.expectOptions()
      const window = Number(granted.get('windowsize') ?? 1)
      assert.equal(granted.get('blksize'), '8')
      session.ack(0)
      const parts: Uint8Array[] = []
      for (let number = 1; ; number += 1) {
        const { bytes } = await session.expectData(number % wrapAt)
        parts.push(bytes)
        if (number % window === 0 || bytes.length < 8) session.ack(number % wrapAt)
        if (bytes.length < 8) break
      }
      assert.ok(Buffer.concat(parts).equals(files.many.bytes))
    },
  ],
])

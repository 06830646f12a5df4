// Why this file exists: RFC 2347 to 2349: options, which firmware uses before anything else.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { opcode, type TftpClient, type TftpSession } from '../harness/tftp-client.ts'
import { files } from '../harness/world.ts'

const { blocks, exact, many } = files

async function offered(tftp: TftpClient, file: string, ...options: readonly string[]) {
  const session = await tftp.open()
  session.ask(file, options)
  return { session, granted: await session.expectOptions() }
}

/** What cannot be granted is left out, or the request is refused with error 8. */
const notGranted = (name: string, value: string) => async (tftp: TftpClient) => {
  const session = await tftp.open()
  session.ask(blocks.name, [name, value, 'tsize', '0'])
  const answer = await session.next()
  if (answer.opcode === opcode.error) assert.ok([0, 8].includes(answer.number))
  else assert.ok(!answer.options.has(name), `granted: ${answer.options.get(name)}`)
}

const ended = (session: TftpSession): void => session.error(8)

export const negotiation = section('tftp', 'RFC 2347', [
  [
    'a request without options is answered by data',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(blocks.name)
      await session.expectData(1)
    },
  ],
  [
    'an option that nobody knows is ignored: data comes',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(blocks.name, ['frobnicate', '7'])
      await session.expectData(1)
    },
  ],
  [
    'an unknown option beside a known one is left out of the OACK',
    async (tftp) => {
      const { session, granted } = await offered(
        tftp,
        blocks.name,
        'frobnicate',
        '7',
        'blksize',
        '1024',
      )
      assert.deepEqual([...granted.keys()], ['blksize'])
      ended(session)
    },
  ],
  [
    'names of options are read in any case',
    async (tftp) => {
      const { session, granted } = await offered(tftp, blocks.name, 'BlkSize', '1024')
      assert.equal(granted.get('blksize'), '1024')
      ended(session)
    },
  ],
  [
    'nothing is granted that was not asked for',
    async (tftp) => {
      const { session, granted } = await offered(tftp, blocks.name, 'tsize', '0')
      assert.deepEqual([...granted.keys()], ['tsize'])
      ended(session)
    },
  ],
  [
    'options are granted in whatever order they come',
    async (tftp) => {
      const { session, granted } = await offered(tftp, blocks.name, 'tsize', '0', 'blksize', '1024')
      assert.deepEqual([...granted.keys()].toSorted(), ['blksize', 'tsize'])
      ended(session)
    },
  ],
  [
    'data waits for the acknowledgement of the OACK',
    async (tftp) => {
      const { session } = await offered(tftp, blocks.name, 'blksize', '1024')
      await session.pause(100)
      assert.equal(session.copiesOf(1), 0)
      session.ack(0)
      await session.expectData(1, blocks.bytes.subarray(0, 1024))
    },
  ],
  [
    'an OACK that is not acknowledged comes again',
    async (tftp) => {
      const { session } = await offered(tftp, blocks.name, 'blksize', '1024')
      assert.equal((await session.expectOptions()).get('blksize'), '1024')
    },
  ],
  [
    'a client that refuses the OACK with error 8 hears no more',
    async (tftp) => {
      const { session } = await offered(tftp, blocks.name, 'blksize', '1024')
      session.error(8)
      await session.expectQuiet(1_500)
    },
  ],
  [
    'firmware that asks for the size, gives up and asks anew gets its file',
    async (tftp) => {
      const probe = await offered(tftp, blocks.name, 'tsize', '0', 'blksize', '1468')
      probe.session.error(8, 'User aborted the transfer')
      const got = await tftp.get(blocks.name, ['blksize', '1468'])
      assert.ok(got.equals(blocks.bytes))
    },
  ],
  [
    'an option without its value is no reason to fall',
    async (tftp) => {
      const session = await tftp.open()
      session.ask(blocks.name, ['blksize'])
      await session.next()
      await tftp.get(exact.name)
    },
  ],
])

const blockSize = (asked: number, check: (granted: number) => void) => async (tftp: TftpClient) => {
  const { session, granted } = await offered(tftp, blocks.name, 'blksize', String(asked))
  const bytes = Number(granted.get('blksize'))
  check(bytes)
  session.ack(0)
  assert.ok((await session.rest(1, bytes)).equals(blocks.bytes))
}

export const blockSizes = section('tftp', 'RFC 2348', [
  ['blocks of 1,024 octets', blockSize(1_024, (bytes) => assert.equal(bytes, 1_024))],
  ['blocks of 8 octets', blockSize(8, (bytes) => assert.equal(bytes, 8))],
  ['blocks of an odd size', blockSize(1_333, (bytes) => assert.equal(bytes, 1_333))],
  [
    'the largest size may be lowered, never raised',
    blockSize(65_464, (bytes) => assert.ok(bytes >= 8 && bytes <= 65_464)),
  ],
  ['a size below 8 is not granted', notGranted('blksize', '7')],
  ['a size of 0 is not granted', notGranted('blksize', '0')],
  ['a size that is no number is not granted', notGranted('blksize', 'large')],
  ['a negative size is not granted', notGranted('blksize', '-512')],
  [
    'a file that is a multiple of the block size ends with an empty block',
    async (tftp) => {
      const { session } = await offered(tftp, exact.name, 'blksize', '1024')
      session.ack(0)
      assert.ok((await session.rest(1, 1_024)).equals(exact.bytes))
      assert.equal(session.all.at(-1)?.bytes.length, 0)
    },
  ],
])

export const sizesAndTimes = section('tftp', 'RFC 2349', [
  [
    'tsize is the size of the file',
    async (tftp) => {
      for (const { name, bytes } of [blocks, many, exact]) {
        const { session, granted } = await offered(tftp, name, 'tsize', '0')
        assert.equal(granted.get('tsize'), String(bytes.length))
        ended(session)
      }
    },
  ],
  [
    'tsize of an empty file is 0',
    async (tftp) => {
      const { session, granted } = await offered(tftp, files.empty.name, 'tsize', '0')
      assert.equal(granted.get('tsize'), '0')
      ended(session)
    },
  ],
  [
    'a timeout is granted as it was asked for',
    async (tftp) => {
      const { session, granted } = await offered(tftp, blocks.name, 'timeout', '3')
      assert.equal(granted.get('timeout'), '3')
      ended(session)
    },
  ],
  [
    'a timeout of one second is kept',
    async (tftp) => {
      const { session } = await offered(tftp, blocks.name, 'timeout', '1')
      session.ack(0)
      await session.expectData(1)
      const started = performance.now()
      await session.expectData(1)
      const waited = performance.now() - started
      assert.ok(waited > 700 && waited < 3_000, `${Math.round(waited)} ms`)
    },
  ],
  ['a timeout of 0 is not granted', notGranted('timeout', '0')],
  ['a timeout of 256 is not granted', notGranted('timeout', '256')],
])

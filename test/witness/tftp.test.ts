// Why this file exists: the package tftp speaks TFTP by code that is not ours: its client must get whole files from our
// server, also when a packet is lost, which its own server does not survive.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import tftp from 'tftp'
import { type DatagramPort, TftpServer } from '../../src/pxe/index.ts'
import { filesOf, pattern } from '../pxe/tftp/stage.ts'
import { startLossyRelay } from './lossy-relay.ts'

const host = '127.0.0.1'
const file = 'snponly.efi'
const millisMax = 20_000

async function openPort(): Promise<{ readonly datagrams: DatagramPort; readonly port: number }> {
  const socket = createSocket('udp4')
  socket.bind(0, host)
  await once(socket, 'listening')
  const datagrams: DatagramPort = {
    onMessage: (listener) => void socket.on('message', (bytes, from) => listener(bytes, from)),
    send: (bytes, address, port) => {
      const parts = bytes instanceof Uint8Array ? [bytes] : bytes
      socket.send(Buffer.concat(parts), port, address)
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  }
  return { datagrams, port: socket.address().port }
}

async function startOurs(context: TestContext, bytes: Uint8Array): Promise<number> {
  const { datagrams, port } = await openPort()
  const server = new TftpServer({
    port: datagrams,
    openTransferPort: async () => (await openPort()).datagrams,
    files: filesOf({ [file]: bytes }),
    clock: {
      now: () => performance.now(),
      wall: () => Date.now(),
      every: (millis, call) => {
        const timer = setInterval(call, millis)
        return () => clearInterval(timer)
      },
    },
    onTransfer: () => undefined,
  })
  context.after(() => server.close())
  return port
}

const largeBytes = 200_000

async function startTheirs(context: TestContext): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'cpc-witness-'))
  context.after(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, file), pattern(largeBytes))
  const { datagrams, port } = await openPort()
  await datagrams.close()
  const server = tftp.createServer({ host, port, root, timeout: 500, retries: 3 })
  // It tells of the lost transfer by both; the client's word is enough here.
  server.on('request', (request: NodeJS.EventEmitter) => request.on('error', () => undefined))
  server.on('error', () => undefined)
  server.listen()
  context.after(() => server.close())
  return port
}

interface Wanted {
  readonly port: number
  readonly windowSize: number
  readonly blockSize?: number
}

async function get({ port, windowSize, blockSize = 1468 }: Wanted): Promise<Buffer> {
  const client = tftp.createClient({ host, port, windowSize, blockSize, timeout: 500, retries: 3 })
  const parts: Buffer[] = []
  const stream = client.createGetStream(file)
  stream.on('data', (part: Buffer) => parts.push(part))
  await once(stream, 'end', { signal: AbortSignal.timeout(millisMax) })
  return Buffer.concat(parts)
}

for (const [sentence, length] of [
  ['a file that ends within a block', 100_000],
  ['a file that ends with a block', 1468 * 20],
  ['a small file', 3],
] as const) {
  for (const windowSize of [1, 4]) {
    test(`tftp's client gets ${sentence}, window ${windowSize}`, async (context) => {
      const bytes = pattern(length)
      const port = await startOurs(context, bytes)
      assert.deepEqual(await get({ port, windowSize }), Buffer.from(bytes))
    })
  }
}

test('tftp’s client gets a file of more than 65,535 blocks', async (context) => {
  const bytes = pattern(65_600 * 8)
  const port = await startOurs(context, bytes)
  assert.deepEqual(await get({ port, windowSize: 16, blockSize: 8 }), Buffer.from(bytes))
})

// Window 1: with larger ones its client itself loses count after a lost packet, whoever serves it.
test('a lost packet costs our server’s client a moment, not its file', async (context) => {
  const bytes = pattern(largeBytes)
  const relay = await startLossyRelay(context, await startOurs(context, bytes), 5)
  assert.deepEqual(await get({ port: relay, windowSize: 1 }), Buffer.from(bytes))
})

test('evidence: one lost packet ends a transfer from a server made with tftp', async (context) => {
  const relay = await startLossyRelay(context, await startTheirs(context), 5)
  await assert.rejects(get({ port: relay, windowSize: 1 }), /Timed out|cb is not a function/)
})

test('tftp’s client hears that a file is not there', async (context) => {
  const port = await startOurs(context, pattern(10))
  const client = tftp.createClient({ host, port, retries: 1 })
  const stream = client.createGetStream('no-such-file')
  const signal = AbortSignal.timeout(millisMax)
  const failed: unknown[] = await once(stream.resume(), 'error', { signal }).catch(
    (error: unknown) => [error],
  )
  assert.match(String(failed[0]), /no such boot file/)
})

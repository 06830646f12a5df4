// Why this file exists: a TFTP client that does only what a case tells it to: it loses, repeats and reorders packets on
// purpose, and shows each one that came, with the port it came from.
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { clientAddress, server, strangerAddress } from './world.ts'

export interface TftpAnswer {
  readonly opcode: number
  /** Block of DATA and ACK, code of ERROR. */
  readonly number: number
  readonly bytes: Uint8Array
  readonly fromPort: number
  /** Of an OACK, names in lower case. */
  readonly options: ReadonlyMap<string, string>
}

export const opcode = { read: 1, write: 2, data: 3, ack: 4, error: 5, optionsAck: 6 } as const
const tftpPort = 69
/** Longer than the slowest server waits before it sends a block again. */
const answerDeadlineMs = 8_000
const underWayMs = 50
/** A packet that should not come would come at once. */
const quietMs = 250

/** One client port, so one transfer (RFC 1350 §4). */
export class TftpSession {
  readonly #socket: Socket
  readonly #heard: TftpAnswer[] = []
  /** All that ever came. */
  readonly all: TftpAnswer[] = []
  transferPort = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (bytes, { port }) => {
      const answer = readTftp(bytes, port)
      this.#heard.push(answer)
      this.all.push(answer)
      socket.emit('heard')
    })
  }

  /** To port 69. */
  request(bytes: Uint8Array): void {
    this.#socket.send(bytes, tftpPort, server)
  }

  ask(file: string, options: readonly string[] = [], mode = 'octet'): void {
    this.request(strings(opcode.read, [file, mode, ...options]))
  }

  /** To the transfer's own port. */
  send(bytes: Uint8Array, port = this.transferPort): void {
    this.#socket.send(bytes, port, server)
  }

  ack(block: number): void {
    this.send(Uint8Array.of(0, opcode.ack, (block >>> 8) & 255, block & 255))
  }

  error(code: number, message = ''): void {
    this.send(Uint8Array.of(0, opcode.error, 0, code, ...Buffer.from(`${message}\0`)))
  }

  /** The next one that came and was not looked at. */
  async next(deadlineMs = answerDeadlineMs): Promise<TftpAnswer> {
    const signal = AbortSignal.timeout(deadlineMs)
    for (;;) {
      const answer = this.#heard.shift()
      if (answer) {
        this.transferPort = answer.fromPort
        return answer
      }
      await once(this.#socket, 'heard', { signal }).catch((cause: unknown) => {
        throw new Error('no TFTP packet came', { cause })
      })
    }
  }

  /** Earlier blocks that come again on the way are what a stalled reader brings about, and no fault. */
  async expectData(block: number, bytes?: Uint8Array): Promise<TftpAnswer> {
    for (;;) {
      const answer = await this.next()
      assert.equal(answer.opcode, opcode.data, `DATA was due, error ${answer.number} came`)
      const behind = (block - answer.number) & 0xffff
      if (behind > 0 && behind < 0x8000) continue
      assert.equal(behind, 0, `block ${answer.number} came, not ${block & 0xffff}`)
      if (bytes) assert.ok(Buffer.from(bytes).equals(answer.bytes), `the bytes of block ${block}`)
      return answer
    }
  }

  /** How often that block came. */
  copiesOf(block: number): number {
    return this.all.filter(({ opcode: kind, number }) => kind === opcode.data && number === block)
      .length
  }

  async expectOptions(): Promise<ReadonlyMap<string, string>> {
    const answer = await this.next()
    assert.equal(answer.opcode, opcode.optionsAck, 'an OACK was due')
    return answer.options
  }

  async expectError(...codes: readonly number[]): Promise<TftpAnswer> {
    const answer = await this.next()
    assert.equal(answer.opcode, opcode.error, 'an ERROR was due')
    assert.ok(codes.includes(answer.number), `error ${answer.number}, not ${codes.join(' or ')}`)
    return answer
  }

  /** For what must not come; what comes is kept. */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds))
  }

  /** What was under way when the last word was said may still come; then nothing does for a while. */
  async expectQuiet(milliseconds = quietMs): Promise<void> {
    await this.pause(underWayMs)
    this.#heard.length = 0
    await this.pause(milliseconds)
    assert.deepEqual(
      this.#heard.map(({ opcode: kind, number }) => `${kind}:${number}`),
      [],
      'packets that nothing asked for',
    )
  }

  /** The rest of a transfer in lock step, from block `from` on. */
  async rest(from: number, blockBytes: number): Promise<Buffer> {
    const parts: Uint8Array[] = []
    for (let block = from; ; block += 1) {
      const { bytes } = await this.expectData(block)
      parts.push(bytes)
      this.ack(block)
      if (bytes.length < blockBytes) return Buffer.concat(parts)
    }
  }

  async close(): Promise<void> {
    const gone = once(this.#socket, 'close')
    this.#socket.close()
    await gone
  }
}

export class TftpClient {
  readonly #open = new Set<TftpSession>()

  async open(from: 'client' | 'stranger' = 'client'): Promise<TftpSession> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
    socket.bind(0, from === 'client' ? clientAddress : strangerAddress)
    await once(socket, 'listening')
    const session = new TftpSession(socket)
    this.#open.add(session)
    return session
  }

  /** The whole file in lock step. */
  async get(file: string, options: readonly string[] = [], mode = 'octet'): Promise<Buffer> {
    const session = await this.open()
    session.ask(file, options, mode)
    if (options.length > 0) {
      const granted = await session.expectOptions()
      session.ack(0)
      return session.rest(1, Number(granted.get('blksize') ?? 512))
    }
    return session.rest(1, 512)
  }

  async close(): Promise<void> {
    for (const session of this.#open) await session.close()
    this.#open.clear()
  }
}

export function strings(kind: number, parts: readonly string[]): Uint8Array {
  return Buffer.concat([
    Buffer.of(0, kind),
    ...parts.map((part) => Buffer.from(`${part}\0`, 'latin1')),
  ])
}

export function readTftp(bytes: Buffer, fromPort: number): TftpAnswer {
  if (bytes.length < 4)
    return { opcode: -1, number: -1, bytes: Uint8Array.from(bytes), fromPort, options: new Map() }
  const kind = bytes.readUInt16BE(0)
  const isOptions = kind === opcode.optionsAck
  const options = new Map<string, string>()
  const words = isOptions ? bytes.subarray(2).toString('latin1').split('\0') : []
  for (let at = 0; at + 1 < words.length; at += 2)
    options.set((words[at] ?? '').toLowerCase(), words[at + 1] ?? '')
  const number = isOptions ? 0 : bytes.readUInt16BE(2)
  return { opcode: kind, number, bytes: Uint8Array.from(bytes.subarray(4)), fromPort, options }
}

// Why this file exists: asks DNS by bytes of its own, over UDP and TCP, and reads whole answers strictly.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readDnsMessage, type DnsMessage, query, type Question } from './dns-packet.ts'
import { clientAddress, server } from './world.ts'

const dnsPort = 53
const answerDeadlineMs = 10_000

export class DnsClient {
  #id = process.pid & 0x3fff

  newId(): number {
    this.#id = (this.#id + 1) & 0xffff
    return this.#id
  }

  async ask(name: string, question: Question = {}): Promise<DnsMessage> {
    const id = this.newId()
    return readDnsMessage(await this.askBytes(query(name, { id, ...question })))
  }

  /** Over UDP, the raw answer. */
  async askBytes(bytes: Uint8Array): Promise<Uint8Array> {
    const [answer] = await this.exchange([bytes], 1)
    return answer ?? new Uint8Array(0)
  }

  /** Sends all from one socket and waits for so many answers. */
  async exchange(queries: readonly Uint8Array[], answers: number): Promise<readonly Uint8Array[]> {
    const socket = createSocket('udp4')
    const got: Uint8Array[] = []
    const signal = AbortSignal.timeout(answerDeadlineMs)
    socket.on('message', (bytes) => {
      got.push(Uint8Array.from(bytes))
      socket.emit('heard')
    })
    try {
      socket.bind(0, clientAddress)
      await once(socket, 'listening')
      for (const bytes of queries) socket.send(bytes, dnsPort, server)
      while (got.length < answers) await once(socket, 'heard', { signal })
      return got
    } catch (cause) {
      throw new Error(`${got.length} of ${answers} DNS answers came`, { cause })
    } finally {
      socket.close()
    }
  }

  /** These get no answer, and a good question behind them does: its answer is the only one. */
  async silence(...queries: readonly Uint8Array[]): Promise<void> {
    const id = this.newId()
    const [first] = await this.exchange([...queries, query('n001.cluster.test', { id })], 1)
    const heard = readDnsMessage(first ?? new Uint8Array(0)).id
    if (heard !== id) throw new Error('an answer came where silence is right')
  }

  /** Over one TCP connection: the bytes as given, and so many answers. */
  async stream(chunks: readonly Uint8Array[], answers: number): Promise<readonly Uint8Array[]> {
    const socket = connect({ port: dnsPort, host: server })
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(answerDeadlineMs) })
      for (const chunk of chunks) {
        socket.write(chunk)
        // Each chunk leaves as a segment of its own.
        await new Promise((resolve) => setImmediate(resolve))
      }
      return await framesOf(socket, answers)
    } finally {
      socket.destroy()
    }
  }
}

export function framed(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.length >>> 8, bytes.length & 255, ...bytes)
}

async function framesOf(socket: Socket, wanted: number): Promise<readonly Uint8Array[]> {
  let held = Buffer.alloc(0)
  const frames: Uint8Array[] = []
  const signal = AbortSignal.timeout(answerDeadlineMs)
  let ended = false
  socket.on('close', () => {
    ended = true
    socket.emit('heard')
  })
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    for (;;) {
      const length = held.length < 2 ? undefined : held.readUInt16BE(0)
      if (length === undefined || held.length < 2 + length) break
      frames.push(Uint8Array.from(held.subarray(2, 2 + length)))
      held = held.subarray(2 + length)
    }
    socket.emit('heard')
  })
  while (frames.length < wanted && !ended) await once(socket, 'heard', { signal })
  if (frames.length < wanted) throw new Error(`${frames.length} of ${wanted} answers, then the end`)
  return frames
}

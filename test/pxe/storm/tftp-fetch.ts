// Why this file exists: one machine of a crowd that loads by TFTP over a real socket, as EDK II does it: windows, a time-out
// of four seconds, five of them before it gives up.
import { createHash } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { encodePacket, parsePacket, type TftpPacket } from '../../../src/pxe/tftp/packet.ts'

const timeoutMillis = 4_000
const timeoutsMax = 5
const tftpPort = 69
const options = [
  ['tsize', '0'],
  ['blksize', '1468'],
  ['windowsize', '16'],
] as const

export interface Fetched {
  readonly millis: number
  readonly digest: string
  readonly timeouts: number
  /** Blocks that came, and those of them that were here already or not yet due. */
  readonly blocks: number
  readonly useless: number
  readonly failed?: string
}

export function fetchByTftp(server: string, file: string): Promise<Fetched> {
  return new Promise((resolve) => new TftpFetch(server, file, resolve).ask())
}

class TftpFetch {
  readonly #socket: Socket
  readonly #server: string
  readonly #file: string
  readonly #done: (fetched: Fetched) => void
  readonly #startedAt = performance.now()
  readonly #hash = createHash('sha1')
  #port = tftpPort
  #blockBytes = 512
  #window = 1
  #have = 0
  #sinceAck = 0
  #timeouts = 0
  #blocks = 0
  #timer: NodeJS.Timeout | undefined

  constructor(server: string, file: string, done: (fetched: Fetched) => void) {
    this.#server = server
    this.#file = file
    this.#done = done
    this.#socket = createSocket('udp4')
    this.#socket.on('message', (bytes, { port }) => this.#hear(bytes, port))
  }

  ask(): void {
    this.#send({ kind: 'read', file: this.#file, mode: 'octet', options })
    this.#wait()
  }

  #wait(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#timeOut(), timeoutMillis)
  }

  #timeOut(): void {
    this.#timeouts += 1
    if (this.#timeouts > timeoutsMax) return this.#end('gave up')
    if (this.#port === tftpPort) return this.ask()
    this.#acknowledge()
    this.#wait()
  }

  #hear(bytes: Uint8Array, port: number): void {
    const parsed = parsePacket(bytes)
    if (!parsed.ok) return this.#end(parsed.refusal.why)
    if (this.#port === tftpPort) this.#port = port
    if (port !== this.#port) return
    this.#wait()
    this.#follow(parsed.value)
  }

  #follow(packet: TftpPacket): void {
    if (packet.kind === 'error') this.#end(`error ${packet.code} ${packet.text}`)
    if (packet.kind === 'options-ack') this.#agree(packet.options)
    if (packet.kind === 'data') this.#keep(packet.block, packet.bytes)
  }

  #agree(granted: readonly (readonly [string, string])[]): void {
    const agreed = new Map(granted)
    this.#blockBytes = Number(agreed.get('blksize') ?? 512)
    this.#window = Number(agreed.get('windowsize') ?? 1)
    if (this.#have === 0) this.#acknowledge()
  }

  #keep(block: number, bytes: Uint8Array): void {
    this.#blocks += 1
    const ahead = (block - this.#have) & 0xffff
    if (ahead === 0 || ahead >= 0x8000) return // it is here already
    if (ahead > 1) return this.#acknowledge()
    this.#have += 1
    this.#sinceAck += 1
    this.#hash.update(bytes)
    const last = bytes.length < this.#blockBytes
    if (last || this.#sinceAck >= this.#window) this.#acknowledge()
    if (last) this.#end()
  }

  #acknowledge(): void {
    this.#sinceAck = 0
    this.#send({ kind: 'ack', block: this.#have & 0xffff })
  }

  #send(packet: TftpPacket): void {
    this.#socket.send(encodePacket(packet), this.#port, this.#server)
  }

  #end(failed?: string): void {
    clearTimeout(this.#timer)
    this.#socket.removeAllListeners('message')
    this.#socket.close()
    this.#done({
      millis: performance.now() - this.#startedAt,
      digest: failed === undefined ? this.#hash.digest('hex') : '',
      timeouts: this.#timeouts,
      blocks: this.#blocks,
      useless: this.#blocks - this.#have,
      ...(failed === undefined ? {} : { failed }),
    })
  }
}

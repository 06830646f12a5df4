// Why this file exists: a TFTP client as firmware has it, in memory: it asks, acknowledges by windows (RFC 7440), asks
// again when nothing comes, and keeps what it got.
import {
  encodePacket,
  parsePacket,
  type TftpOption,
  type TftpPacket,
} from '../../../src/pxe/tftp/packet.ts'
import type { LossyNetwork, MemoryPort } from './lossy-network.ts'

const impatienceMillis = 2_000
const asksMax = 20

export class Loader {
  readonly parts: Uint8Array[] = []
  readonly #network: LossyNetwork
  readonly #port: MemoryPort
  readonly #request: Uint8Array
  #blockBytes = 512
  #windowBlocks = 1
  #server: { address: string; port: number } | undefined
  #sinceAck = 0
  #heardAt = 0
  #asks = 0
  finishedAt: number | undefined
  failed: string | undefined

  constructor(
    network: LossyNetwork,
    address: string,
    wanted: { readonly file: string; readonly options?: readonly TftpOption[] },
  ) {
    this.#network = network
    this.#port = network.port(address)
    this.#request = encodePacket({
      kind: 'read',
      file: wanted.file,
      mode: 'octet',
      options: wanted.options ?? [],
    })
    this.#port.onMessage((bytes, source) => this.#take(bytes, source))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.parts)
  }

  start(): void {
    this.#ask()
  }

  #ask(): void {
    if (this.finishedAt !== undefined || this.failed !== undefined) return
    if (this.#network.now - this.#heardAt >= impatienceMillis || this.#asks === 0) {
      this.#asks += 1
      if (this.#asks > asksMax) return void (this.failed = 'gave up')
      if (this.#server) this.#acknowledge()
      else this.#port.send(this.#request, '10.0.0.1', 69)
    }
    this.#network.after(impatienceMillis, () => this.#ask())
  }

  #take(bytes: Uint8Array, source: { address: string; port: number }): void {
    const parsed = parsePacket(bytes)
    if (!parsed.ok) throw new Error(parsed.refusal.why)
    this.#server ??= source
    if (source.port !== this.#server.port) return
    this.#heardAt = this.#network.now
    this.#follow(parsed.value)
  }

  #follow(packet: TftpPacket): void {
    if (packet.kind === 'error') this.failed = `error ${packet.code}`
    if (packet.kind === 'options-ack') this.#agree(packet.options)
    if (packet.kind === 'data') this.#keep(packet.block, packet.bytes)
  }

  #agree(options: readonly TftpOption[]): void {
    if (this.parts.length > 0) return
    for (const [name, value] of options) {
      if (name === 'blksize') this.#blockBytes = Number(value)
      if (name === 'windowsize') this.#windowBlocks = Number(value)
    }
    this.#acknowledge()
  }

  #keep(block: number, bytes: Uint8Array): void {
    const expected = (this.parts.length + 1) % 65_536
    if (block !== expected || this.finishedAt !== undefined) return this.#acknowledge()
    this.parts.push(bytes)
    this.#sinceAck += 1
    const last = bytes.length < this.#blockBytes
    if (last) this.finishedAt = this.#network.now
    if (last || this.#sinceAck >= this.#windowBlocks) this.#acknowledge()
  }

  #acknowledge(): void {
    this.#sinceAck = 0
    const packet = encodePacket({ kind: 'ack', block: this.parts.length % 65_536 })
    if (this.#server) this.#port.send(packet, this.#server.address, this.#server.port)
  }
}

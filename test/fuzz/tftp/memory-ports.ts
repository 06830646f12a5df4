// Why this file exists: TFTP's ports in memory, at once and without loss: what is sent is there for a judge to see.
import type { DatagramPort } from '#pxe'
import type { DatagramSource } from '../../../src/pxe/tftp/datagram-port.ts'

export interface SentDatagram {
  readonly bytes: Buffer
  readonly fromPort: number
  readonly to: string
  readonly toPort: number
}

export class MemoryPorts {
  readonly sent: SentDatagram[] = []
  readonly #listeners = new Map<number, Parameters<DatagramPort['onMessage']>[0]>()
  #next = 40_000

  open(port = this.#next++): DatagramPort {
    return {
      onMessage: (listener) => void this.#listeners.set(port, listener),
      send: (bytes, to, toPort) => {
        const whole = Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes)
        this.sent.push({ bytes: whole, fromPort: port, to, toPort })
      },
      close: () => {
        this.#listeners.delete(port)
        return Promise.resolve()
      },
    }
  }

  /** Those of transfers. */
  get transfers(): readonly number[] {
    return [...this.#listeners.keys()].filter((port) => port !== 69)
  }

  deliver(port: number, bytes: Uint8Array, from: DatagramSource): void {
    this.#listeners.get(port)?.(bytes, from)
  }
}

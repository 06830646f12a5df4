// Why this file exists: a network and its time in memory: it loses, doubles and delays datagrams by a seed, so that a
// transfer that fails once fails every time.
import type { DatagramPort } from '../../../src/pxe/tftp/datagram-port.ts'

export interface Weather {
  readonly seed: number
  /** Of a hundred datagrams. */
  readonly lossPercent: number
  readonly doublePercent: number
  readonly delayMillisMax: number
  /** Of a hundred datagrams; the others never overtake one another. */
  readonly overtakePercent: number
}

type Listener = Parameters<DatagramPort['onMessage']>[0]

export interface MemoryPort extends DatagramPort {
  readonly address: string
  readonly port: number
}

/** How many promises may wait for one another before the next datagram arrives. */
const promiseTurnsMax = 6

export class LossyNetwork {
  now = 0
  /** Datagrams by the address that sent them. */
  readonly sentBy = new Map<string, number>()
  openPorts = 0
  readonly #weather: Weather
  readonly #lastOnWay = new Map<string, number>()
  readonly #listeners = new Map<string, Listener>()
  /** In order of time. */
  readonly #future: { at: number; act: () => void }[] = []
  #nextPort = 40_000
  #state: number

  constructor(weather: Weather) {
    this.#weather = weather
    this.#state = weather.seed
  }

  port(address: string, wanted?: number): MemoryPort {
    const port = wanted ?? this.#nextPort++
    const key = `${address}:${port}`
    this.openPorts += 1
    return {
      address,
      port,
      onMessage: (listener) => void this.#listeners.set(key, listener),
      send: (bytes, to, toPort) => this.#carry(join(bytes), { address, port }, `${to}:${toPort}`),
      close: () => {
        if (this.#listeners.delete(key)) this.openPorts -= 1
        return Promise.resolve()
      },
    }
  }

  after(millis: number, act: () => void): void {
    const at = this.now + millis
    let low = 0
    let high = this.#future.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#future[middle]?.at ?? 0) <= at) low = middle + 1
      else high = middle
    }
    this.#future.splice(low, 0, { at, act })
  }

  every(millis: number, act: () => void): () => void {
    let stopped = false
    const turn = () => {
      if (stopped) return
      act()
      this.after(millis, turn)
    }
    this.after(millis, turn)
    return () => {
      stopped = true
    }
  }

  /** Lives through everything that happens up to then. */
  async run(untilMillis: number): Promise<void> {
    for (;;) {
      const next = this.#future[0]
      if (!next || next.at > untilMillis) break
      this.#future.shift()
      this.now = next.at
      next.act()
      // The server opens ports by promises.
      for (let turn = 0; turn < promiseTurnsMax; turn += 1) await Promise.resolve()
    }
    this.now = untilMillis
  }

  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  #delay(way: string): number {
    const delay = this.random() * this.#weather.delayMillisMax
    if (this.random() * 100 < this.#weather.overtakePercent) return delay
    const at = Math.max(this.now + delay, this.#lastOnWay.get(way) ?? 0)
    this.#lastOnWay.set(way, at)
    return at - this.now
  }

  #carry(bytes: Uint8Array, source: { address: string; port: number }, to: string): void {
    this.sentBy.set(source.address, (this.sentBy.get(source.address) ?? 0) + 1)
    const copies = this.random() * 100 < this.#weather.doublePercent ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.random() * 100 < this.#weather.lossPercent) continue
      this.after(this.#delay(`${source.address}>${to}`), () =>
        this.#listeners.get(to)?.(bytes, source),
      )
    }
  }
}

export const calm: Weather = {
  seed: 1,
  lossPercent: 0,
  doublePercent: 0,
  delayMillisMax: 1,
  overtakePercent: 0,
}

function join(bytes: Uint8Array | readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes)
}

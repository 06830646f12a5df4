// Why this file exists: a zone's serial must be on the disk before anybody is told it, and no change may wait for a disk.
// So numbers are stored ahead in blocks, while nothing happens (DESIGN: max(stored + 1, unix time)).
import type { DnsName } from '#directory'
import type { CoreStore } from '#store'

/** After a crash the serial goes on behind the block: that far ahead of the clock at most, for each crash. */
export const blockLength = 1_200
/** Before the clock has caught up with the block. */
const refillEveryMs = 600_000

export interface ZoneSerialParts {
  readonly zone: DnsName
  readonly serials: CoreStore['serials']
  readonly now: () => number
}

export class ZoneSerial implements Disposable {
  readonly #parts: ZoneSerialParts
  readonly #refilling: NodeJS.Timeout
  #current: number
  /** The last number that may be told. */
  #stored: number

  constructor(parts: ZoneSerialParts) {
    const { zone, serials, now } = parts
    this.#parts = parts
    this.#current = Math.max((serials.last(zone) ?? 0) + 1, seconds(now))
    this.#stored = serials.next(zone, this.#current + blockLength)
    this.#refilling = setInterval(() => this.#refill(), refillEveryMs).unref()
  }

  get current(): number {
    return this.#current
  }

  /** Greater than any before it. */
  next(): number {
    this.#current = Math.max(this.#current + 1, seconds(this.#parts.now))
    // Only after more changes in one go than a block has numbers, or a clock that jumped.
    if (this.#current > this.#stored) this.#refill()
    return this.#current
  }

  [Symbol.dispose](): void {
    clearInterval(this.#refilling)
  }

  #refill(): void {
    const { zone, serials, now } = this.#parts
    const last = Math.max(this.#current, seconds(now)) + blockLength
    if (last > this.#stored) this.#stored = serials.next(zone, last)
  }
}

function seconds(now: () => number): number {
  return Math.floor(now() / 1_000)
}

// Why this file exists: a network that loses, doubles, delays and so reorders packets, by the run's own chance.
import type { Loop } from './loop.ts'

export interface Weather {
  /** Of a hundred packets. */
  readonly lostPercent: number
  readonly doubledPercent: number
  readonly latePercent: number
}

const millisMin = 1
const millisUsual = 4
const millisLate = 3_000
/** No packet is longer on its way. */
export const latestMillis = millisMin + millisLate

export class Network {
  readonly #loop: Loop
  readonly #random: () => number
  readonly #weather: Weather

  constructor(loop: Loop, random: () => number, weather: Weather) {
    this.#loop = loop
    this.#random = random
    this.#weather = weather
  }

  carry(deliver: () => void): void {
    const copies = this.#happens(this.#weather.doubledPercent) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#happens(this.#weather.lostPercent)) continue
      const spread = this.#happens(this.#weather.latePercent) ? millisLate : millisUsual
      this.#loop.after(millisMin + this.#random() * spread, deliver)
    }
  }

  #happens(percent: number): boolean {
    return this.#random() * 100 < percent
  }
}

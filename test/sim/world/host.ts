// Why this file exists: the appliance's machine: its clocks, which jump, and its power, which fails.
import type { Stamp } from '#pxe'
import type { Loop } from './loop.ts'

export class Host {
  readonly #loop: Loop
  #boots = 1
  #bootedAt = 0
  #wallOffset = 1_800_000_000_000

  constructor(loop: Loop) {
    this.#loop = loop
  }

  readonly clock = (): Stamp => ({
    wallMs: Math.floor(this.#wallOffset + this.#loop.now),
    monotonicMs: Math.floor(this.#loop.now - this.#bootedAt),
    bootId: `boot-${this.#boots}`,
  })

  setClock(byMillis: number): void {
    this.#wallOffset += byMillis
  }

  powerOn(): void {
    this.#boots += 1
    this.#bootedAt = this.#loop.now
  }
}

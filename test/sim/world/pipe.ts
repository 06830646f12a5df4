// Why this file exists: the socket between core and wire in the simulation's time: what is sent arrives whole, in order and cut
// anywhere, and when one end dies the other hears of it.
import { Duplex } from 'node:stream'
import type { Loop } from './loop.ts'

const pipeMillis = 1

class PipeEnd extends Duplex {
  peer: PipeEnd | undefined
  readonly #loop: Loop
  readonly #random: () => number

  constructor(loop: Loop, random: () => number) {
    super()
    this.#loop = loop
    this.#random = random
  }

  override _read(): void {
    // Bytes are pushed as they arrive.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const cut = Math.floor(this.#random() * chunk.length)
    this.#loop.after(pipeMillis, () => {
      const { peer } = this
      if (!peer || peer.destroyed) return
      for (const part of [chunk.subarray(0, cut), chunk.subarray(cut)])
        if (part.length > 0) peer.push(part)
    })
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#loop.after(pipeMillis, () => this.peer?.destroy())
    done(error)
  }
}

/** Both ends; the first emits `connect` when the second has been accepted. */
export function pipe(loop: Loop, random: () => number): readonly [Duplex, Duplex] {
  const [near, far] = [new PipeEnd(loop, random), new PipeEnd(loop, random)]
  near.peer = far
  far.peer = near
  return [near, far]
}

/** Nobody listens there. */
export function refusedPipe(loop: Loop, random: () => number): Duplex {
  const end = new PipeEnd(loop, random)
  loop.after(pipeMillis, () => end.destroy())
  return end
}

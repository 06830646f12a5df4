// Why this file exists: one question and all that its answer is made of, so that at the same moment the answer can be made again
// from copies alone (invariant 4).
import assert from 'node:assert/strict'
import type { Ip4, Network, Snapshot } from '#directory'
import type { NextBoot } from '#feed'
import {
  answer,
  type Arrival,
  decodeDhcp,
  type DhcpSettings,
  encodeDhcp,
  type LeaseBook,
  type Outcome,
  replyBuffer,
  type Stamp,
} from '#pxe'

export interface Ingredients {
  readonly settings: DhcpSettings
  /** From nothing, by the serial that is served. */
  readonly snapshot: Snapshot
  readonly now: Stamp
  readonly leases: LeaseBook
  readonly readyIn: (network: Network) => readonly Ip4[]
}

export const byRole = (): NextBoot => 'by-role'
const into = replyBuffer()

export class Evaluation {
  readonly #bytes: Uint8Array
  readonly #arrival: Arrival
  readonly receivedAt: number
  /** The last time counts: what was answered for in between is decided anew. */
  outcome: Outcome | undefined
  snapshot: Snapshot | undefined
  /** The disk refused a record on the way: then less may be said than was decided. */
  isRefused = false
  isSent = false

  /** `receivedAt`: true time. A client reckons from its question, which was earlier still. */
  constructor(bytes: Uint8Array, arrival: Arrival, receivedAt: number) {
    this.receivedAt = receivedAt
    this.#bytes = bytes
    this.#arrival = arrival
  }

  get bytes(): Uint8Array | undefined {
    const { send } = this.outcome ?? {}
    return send && into.slice(0, encodeDhcp(send.reply, into))
  }

  evaluate(ingredients: Ingredients): void {
    const decoded = decodeDhcp(this.#bytes)
    assert.ok(decoded.ok)
    const world = { ...ingredients, nextBoot: byRole, isHeld: () => true }
    this.outcome = answer(decoded.value, this.#arrival, world)
    this.snapshot = ingredients.snapshot
  }
}

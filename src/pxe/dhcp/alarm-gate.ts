// Why this file exists: one attacker can cause an alarm with every packet; a person needs the first of them, and the
// list of alarms must not be the flood.
import type { AlarmSighting } from '#feed'

const repeatMsMin = 60_000
/** Different alarms remembered; beyond that the oldest may come again too soon. */
const rememberedMax = 1024

/** Of one code: whoever forges a new sender with each packet is seen in the first of them. */
const perCodeMax = 20

export class AlarmGate {
  readonly #last = new Map<string, number>()
  readonly #codes = new Map<string, { readonly since: number; count: number }>()

  /** Whether it is worth raising: the same alarm about the same card, or in the same words, only once a minute. */
  admits(alarm: AlarmSighting, nowMs: number): boolean {
    const key = `${alarm.code} ${alarm.mac ?? alarm.why}`
    const last = this.#last.get(key)
    if (last !== undefined && nowMs - last < repeatMsMin) return false
    if (this.#isFlood(alarm.code, nowMs)) return false
    this.#last.delete(key)
    this.#last.set(key, nowMs)
    for (const oldest of this.#last.keys()) {
      if (this.#last.size <= rememberedMax) break
      this.#last.delete(oldest)
    }
    return true
  }

  #isFlood(code: string, nowMs: number): boolean {
    const known = this.#codes.get(code)
    const current = known && nowMs - known.since < repeatMsMin ? known : { since: nowMs, count: 0 }
    current.count += 1
    this.#codes.set(code, current)
    return current.count > perCodeMax
  }
}

// Why this file exists: a plan that was shown must be the plan that is carried out. It is frozen to its leaves, and known
// by a hash that any change of what it came from changes.
import type { Digest } from '../network/vo-network.ts'

const hashLetters = 16

/** Plain data only: objects, lists, text, numbers. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}

/** The same text for the same facts, in whatever order their keys were written. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)),
        )
      : inner,
  )
}

export function hashOf(value: unknown, digest: Digest): string {
  return digest(canonical(value)).slice(0, hashLetters)
}

// Why this file exists: most entries lack most attributes, and what they have is nearly always one value. Neither needs a list
// of its own.
import type { RawEntry } from '../raw-entry.ts'

/** One list for all that have none. */
export const none: readonly never[] = Object.freeze([])

export function valuesOf(entry: RawEntry, name: string): readonly string[] {
  return entry.attributes.get(name) ?? none
}

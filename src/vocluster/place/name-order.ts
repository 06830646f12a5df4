// Why this file exists: whatever is decided by name must be decided alike on every machine and in every language, and
// people expect compute2 before compute10.

const collator = new Intl.Collator('en', { numeric: true })

export function byName(one: string, other: string): number {
  return collator.compare(one, other) || (one < other ? -1 : Number(one > other))
}

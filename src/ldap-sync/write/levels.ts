// Why this file exists: a server works on what it is sent at once in any order (RFC 4511 4.1.1), so orders that need
// one another are sorted into levels: those of one level have nothing to do with each other.
import { dnKey } from '../dn.ts'
import { ancestorKeys } from '../keys.ts'
import type { DirectoryOrder } from './order.ts'

/** The places of the orders in the list; each order stands in a later level than those before it that it touches. */
export function inLevels(orders: readonly DirectoryOrder[]): readonly (readonly number[])[] {
  const at = new Map<string, number>()
  const below = new Map<string, number>()
  const levels: number[][] = []
  for (const [place, { dn }] of orders.entries()) {
    const key = dnKey(dn)
    const above = [...ancestorKeys(key)]
    const touched = [at.get(key), below.get(key), ...above.map((each) => at.get(each))]
    const level = Math.max(...touched.map((each) => each ?? -1)) + 1
    at.set(key, level)
    for (const each of above) below.set(each, Math.max(level, below.get(each) ?? 0))
    levels[level] ??= []
    levels[level].push(place)
  }
  return levels
}

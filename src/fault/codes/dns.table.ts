// Why this table exists: the codes CPC-DNS-… that the room dns may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const dnsFaults = {} as const satisfies Record<string, FaultEntry>

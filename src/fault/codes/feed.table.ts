// Why this table exists: the codes CPC-FEED-… that the room feed may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const feedFaults = {} as const satisfies Record<string, FaultEntry>

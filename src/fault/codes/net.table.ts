// Why this table exists: the codes CPC-NET-… that the room net may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const netFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-RCP-… that the room recipe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const rcpFaults = {} as const satisfies Record<string, FaultEntry>

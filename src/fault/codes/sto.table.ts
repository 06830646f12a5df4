// Why this table exists: the codes CPC-STO-… that the room store may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const stoFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-LAB-… that the room lab may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const labFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-DIR-… that the room directory may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const dirFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-CFG-… that the room config may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const cfgFaults = {} as const satisfies Record<string, FaultEntry>

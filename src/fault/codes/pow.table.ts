// Why this table exists: the codes CPC-POW-… that the room power may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const powFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-ACCESS-… that the room access may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const accessFaults = {} as const satisfies Record<string, FaultEntry>

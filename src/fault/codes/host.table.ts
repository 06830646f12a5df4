// Why this table exists: the codes CPC-HOST-… that the room host may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const hostFaults = {} as const satisfies Record<string, FaultEntry>

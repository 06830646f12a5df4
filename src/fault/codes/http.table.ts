// Why this table exists: the codes CPC-HTTP-… that the room pxe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const httpFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-SRV-… that `serve` may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const srvFaults = {} as const satisfies Record<string, FaultEntry>

// Why this table exists: the codes CPC-CLU-… of core's clusters, each explained once.
import type { FaultEntry } from '../fault.ts'

export const cluFaults = {} as const satisfies Readonly<Record<string, FaultEntry>>

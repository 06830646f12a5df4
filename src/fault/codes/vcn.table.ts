// Why this table exists: the codes CPC-VCN-… of core's hands on hosts, each explained once.
import type { FaultEntry } from '../fault.ts'

export const vcnFaults = {} as const satisfies Readonly<Record<string, FaultEntry>>

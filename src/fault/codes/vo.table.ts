// Why this table exists: the codes CPC-VO-… of core's virtual organizations, each explained once.
import type { FaultEntry } from '../fault.ts'

export const voFaults = {} as const satisfies Readonly<Record<string, FaultEntry>>

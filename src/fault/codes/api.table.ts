// Why this table exists: the codes CPC-API-… that the room api may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const apiFaults = {} as const satisfies Record<string, FaultEntry>

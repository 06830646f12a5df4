// Why this table exists: the codes CPC-CLI-… that the room cli may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const cliFaults = {} as const satisfies Record<string, FaultEntry>

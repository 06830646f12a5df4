// Why this table exists: the codes CPC-TLS-… that the room trust may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const tlsFaults = {} as const satisfies Record<string, FaultEntry>

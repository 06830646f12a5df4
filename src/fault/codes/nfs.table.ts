// Why this table exists: the codes CPC-NFS-… that the room host may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const nfsFaults = {} as const satisfies Record<string, FaultEntry>

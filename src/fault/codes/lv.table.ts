// Why this table exists: the codes CPC-LV-… that the room libvirt may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const lvFaults = {} as const satisfies Record<string, FaultEntry>

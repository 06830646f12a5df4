// Why this table exists: the codes CPC-TFTP-… that the room pxe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const tftpFaults = {} as const satisfies Record<string, FaultEntry>

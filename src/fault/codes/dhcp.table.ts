// Why this table exists: the codes CPC-DHCP-… that the room pxe may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const dhcpFaults = {} as const satisfies Record<string, FaultEntry>

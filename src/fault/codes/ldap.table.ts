// Why this table exists: the codes CPC-LDAP-… that the room ldap-sync may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const ldapFaults = {} as const satisfies Record<string, FaultEntry>

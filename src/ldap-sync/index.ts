// Door of the room: the directory as LDAP holds it, followed live, mapped to typed entries, and written back.
export { LdapClient } from './client/client.ts'
export { type Clock, systemClock } from './client/clock.ts'
export { type Connect, type Connection, connectorOf } from './client/connection.ts'
export { LdapRefusal } from './client/fault.ts'
export type { TlsSettings } from './client/tls.ts'
export { type LdapUrl, parseLdapUrl } from './client/url.ts'
export {
  type DirectoryEvents,
  type DirectoryState,
  DirectorySync,
  type DirectorySyncSettings,
} from './directory-sync.ts'
export { childDn, dnKey } from './dn.ts'
export { containersOf } from './write/containers.ts'
export { heldFault } from './held.ts'
export type { HypotheticalEntry } from './hypothetical.ts'
export { ldifCharsMax, ldifEntriesMax, type LdifResult, readLdif } from './ldif-read.ts'
export { type Filter, formatFilter, ldapFilter, parseFilter } from './message/filter.ts'
export type { DirectoryChange, PartChange } from './projection.ts'
export { bulkSocket, type EmbeddedAccess, embeddedAccess } from './slapd/access.ts'
export { BulkDoor, type BulkDoorSettings } from './slapd/bulk-door.ts'
export { SlapdDoor, type SlapdDoorSettings } from './slapd/door.ts'
export { prepareSlapd, type PreparedSlapd, type SlapdSettings } from './slapd/prepare.ts'
export { probeSlapd } from './slapd/probe.ts'
export type { ConnectionState, FollowerCounts } from './sync/follower.ts'
export { removalLimits, type RemovalLimits } from './sync/guard.ts'
export type { FollowerEdges as DirectoryEdges } from './sync/session.ts'
export { type BulkPlace, bulkPlaceAt } from './write/bulk-place.ts'
export type { MachineFields, NetworkFields, NicFields, VoFields } from './write/attributes.ts'
export type { CarryOutOptions, OrderOutcome } from './write/in-batches.ts'
export { entryLdif, ldifOf } from './write/ldif.ts'
export {
  addressOrder,
  type Alteration,
  type DirectoryOrder,
  machineAlteration,
  machineOrder,
  networkAlteration,
  networkOrder,
  nicDn,
  nicOrder,
  type OrderAttribute,
  type OrderChange,
} from './write/order.ts'
export type { DirectoryWriter } from './write/writer.ts'

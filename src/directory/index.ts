// Door of the room: what exists, as typed immutable values. Pure; imports nothing of ours.
export { Buckets } from './buckets.ts'
export type {
  Cluster,
  Entry,
  EntryId,
  Machine,
  Network,
  Nic,
  Person,
  Role,
  SetAside,
  Vcn,
  Vo,
} from './entry.ts'
export {
  broadcastOf,
  contains,
  formatIp4,
  formatSubnet,
  type Ip4,
  ip4,
  netmask,
  parseIp4,
  parseSubnet,
  prefixOfMask,
  type Subnet,
} from './ip4.ts'
export { isUnicastMac, type Mac, macFromBytes, macToBytes, parseMac } from './mac.ts'
export { type DnsName, joinName, type Label, parseDnsName, parseLabel } from './name.ts'
export type { Delta, Found, Snapshot } from './snapshot.ts'
export { identifiesNobody, parseUuid, type Uuid } from './uuid.ts'

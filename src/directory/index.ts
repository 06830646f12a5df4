// Door of the room: what exists, as typed immutable values. Pure; imports nothing of ours.
export {
  type Assembly,
  type Change,
  heldBeside,
  holders,
  isClaimed,
  isPlainlyHeld,
  type PartChange,
  settleAssembly,
  startAssembly,
} from './assembly.ts'
export type { Step } from './assembly-draft.ts'
export { type DeviceText, idAtRest, isSameEntry, readDeviceText } from './at-rest.ts'
export type { HolderChange } from './claim-book.ts'
export { Buckets, type BucketsDraft, type Lookup } from './buckets.ts'
export { chooseAddress, freeAddresses, networkContaining, networkForNic } from './choose-address.ts'
export { type ClaimKey, claimsOf } from './claims.ts'
export type { Found } from './device-index.ts'
export { type DeviceName, namesOf, properSuffixes } from './device-names.ts'
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
  Unfinished,
  Vcn,
  Vo,
} from './entry.ts'
export {
  describeDoubt,
  type Doubt,
  identify,
  type IdentifiedBy,
  type Identity,
  type Signs,
} from './identify.ts'
export {
  broadcastOf,
  contains,
  formatIp4,
  formatSubnet,
  type Ip4,
  ip4,
  isMachineAddress,
  netmask,
  parseIp4,
  parseSubnet,
  prefixOfMask,
  type Subnet,
} from './ip4.ts'
export { type LaidMachine, laidMachine, LaidMachineWriter } from './laid-machine.ts'
export type { Finding } from './lint/finding.ts'
export { findingsOf, lint, type LintState, lintStep, startLint } from './lint/lint.ts'
export { isUnicastMac, type Mac, macFromBytes, macToBytes, parseMac } from './mac.ts'
export { type DnsName, joinName, type Label, parseDnsName, parseLabel } from './name.ts'
export {
  countNodeSet,
  expandList,
  expandNodeSet,
  type NamesOfTag,
  type NodeSet,
  nodesMax,
  parseNodeSet,
} from './nodeset.ts'
export { foldNodeSet } from './nodeset-fold.ts'
export type { NodeSetRefusal, NodeSetResult } from './nodeset-pattern.ts'
export { readDelta, readEntry, readSetAside } from './plain.ts'
export type { Read } from './plain-reader.ts'
export {
  formatRoute,
  isRouterOf,
  parseRoute,
  type Route,
  settleRoutes,
  toldRoutes,
} from './route.ts'
export { hashOf, hashOfPart, Slots, type SlotsDraft } from './slots.ts'
export {
  applyDelta,
  applyDeltas,
  type Delta,
  emptySnapshot,
  idOfDelta,
  type Laid,
  settleSnapshot,
  type Snapshot,
  SnapshotBuilder,
} from './snapshot.ts'
export { step, stepAll, StepInParts, wholeStep, type WholeStep } from './step.ts'
export { applianceAddress, namespaceName, vxlanName } from './tenant-end.ts'
export { identifiesNobody, parseUuid, type Uuid } from './uuid.ts'
export { visible } from './visible.ts'

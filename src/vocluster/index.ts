// Door of the room: from a cluster file to running virtual nodes. It decides and describes; sockets, clocks and stores
// come in from outside.
export {
  type ClusterSpec,
  type NetworkSpec,
  type PlaceWish,
  type Strategy,
  type VcnSpec,
} from './spec/cluster-spec.ts'
export { fileMigrations } from './spec/migrations.ts'
export { readClusterFile, type ReadClusterFile } from './spec/read-cluster-file.ts'
export { formatSize, parseSize } from './spec/size.ts'
export {
  formatImageId,
  type ImageName,
  type ImageId,
  type ImageVersion,
  imageVersion,
  parseImageName,
  parseImageId,
  parseImageVersion,
} from './image/image-name.ts'
export {
  type ImageFacts,
  type ImageFormat,
  type Inspection,
  inspectHeader,
  parseImageFormat,
} from './image/header/inspect.ts'
export { type Refusal, type RefusalKind } from './image/header/refusal.ts'
export { type Sample, sampleOf } from './image/header/sample.ts'
export { inspectFile } from './image/inspect-file.ts'
export {
  type Book,
  type Booking,
  type Capacity,
  emptyBook,
  type HostFull,
  type Limits,
  type OverQuota,
  release,
  type Reservation,
  reservationOf,
  reserve,
  type Reserved,
} from './place/book.ts'
export { placeGreedily } from './place/place.ts'
export { type BadQuota, type Quota, type QuotaResult, readQuota } from './place/quota.ts'
export {
  describeLimit,
  type Limit,
  limitOf,
  type NoRoom,
  occupied,
  type Place,
  type Placement,
  type Placing,
  type Room,
  type Wanted,
} from './place/room.ts'
export type { ImageBase, NicDefinition, VcnDefinition } from './domain/definition.ts'
export { type DomainOptions, overlayVolumeXml, vcnDomainXml } from './domain/domain-xml.ts'
export { overlayPoolXml, vcnFilterXml } from './domain/host-xml.ts'
export { markNamespace, readMark, type VcnMark } from './domain/mark.ts'
export {
  bridgeName,
  consoleLogPath,
  filterName,
  imagesFolder,
  overlayName,
  overlayPath,
  overlayPool,
  tenantMtuBytes,
  vxlanName,
} from './domain/on-host.ts'
export { type DomainSeen, type NicSeen, readDomain } from './domain/read-domain.ts'
export {
  explainLife,
  type IllegalLifeEvent,
  type LifeEvent,
  type LifeState,
  lifeStates,
  type LifeStep,
  lifeWord,
  nextLife,
} from './life/life.ts'
export { chooseMac } from './network/mac.ts'
export { readTunnels, tunnelQuestions, type TunnelSeen } from './network/read-tunnels.ts'
export {
  applianceEndCommands,
  applianceEndRemoval,
  type Command,
  forgetPeers,
  hostEndCommands,
  hostEndRemoval,
  namespaceName,
  type TunnelEnd,
} from './network/tunnel.ts'
export {
  applianceAddress,
  type ChosenNetwork,
  chooseNetwork,
  clusterNetworkName,
  type Digest,
  type NetworkChoice,
  type NetworkRefusal,
  networksOfCluster,
  voNetworkName,
} from './network/vo-network.ts'
export { readInspection } from './image/header/read-inspection.ts'
export { Digester, type ImageDigest, parseImageDigest } from './image/store/digest.ts'
export { type Announced, type ImageClock } from './image/store/draft.ts'
export { type ImageFs, type ImageFsFile, nodeImageFs } from './image/store/image-fs.ts'
export {
  ImageStore,
  type ImageStoreOptions,
  type ImageTools,
  type Push,
  type Received,
  storeLimits,
  type StoreLimits,
  type Verdict,
} from './image/store/image-store.ts'
export { blobFile } from './image/store/layout.ts'
export { type StoredImage } from './image/store/record.ts'
export type { ChangeKind, VcnChange } from './plan/compare.ts'
export type { Plan } from './plan/draw-up.ts'
export { showsAlready } from './plan/entries.ts'
export { explainRefusal } from './plan/explain-refusal.ts'
export type {
  ClusterRef,
  HostFact,
  ImageFact,
  Observed,
  ObservedDomain,
  ObservedTunnel,
  PlanInput,
} from './plan/input.ts'
export { confirmPlan, planCluster, planDown, type Planned } from './plan/plan-cluster.ts'
export type { PlanRefusal } from './plan/refusal.ts'
export type { Action, EntryNic, Step, VcnEntry } from './plan/step.ts'
export { type EndsInput, missingApplianceEnds } from './reconcile/appliance-ends.ts'
export { liveThrough } from './reconcile/course.ts'
export { orderOf, type StepBounds, type StepOrder } from './reconcile/order.ts'
export { hostOfAction, vcnOfAction } from './reconcile/subject.ts'
export { awaitUnanswered } from './reconcile/unanswered.ts'

// Door of the room: a client of libvirt's RPC protocol. It knows hypervisors, domains, volumes and filters, and nothing
// of clusters.
export { LibvirtConnection } from './connection/connection.ts'
export type { KeepaliveSettings } from './connection/keepalive.ts'
export type { LifecycleEvent } from './connection/lifecycle.ts'
export type { LibvirtStream } from './connection/stream.ts'
export { systemTimers, type Timers } from './connection/timers.ts'
export { dialTls, libvirtTlsPort, type TlsTarget } from './dial/tls.ts'
export { dialUnix } from './dial/unix.ts'
export {
  affect,
  consoleFlag,
  defineFlag,
  destroyFlag,
  domainFilter,
  domainState,
  pausedReason,
  poolStartFlag,
  poolState,
  shutdownFlag,
  shutOffReason,
  startFlag,
  statsGroup,
  stoppedDetail,
  undefineFlag,
  xmlFlag,
} from './domain.table.ts'
export {
  type LifecycleSubscription,
  type OpenSettings,
  openHypervisor,
  watchLifecycle,
} from './open.ts'
export type { DomainStats, NodeInfo, Version } from './procedure/connect.table.ts'
export type { DomainInfo } from './procedure/domain.table.ts'
export type { DomainRef, NamedRef, TypedValues, VolumeRef } from './procedure/objects.ts'
export type { Nothing, Procedure, StreamProcedure } from './procedure/procedure.ts'
export { type ProcedureName, procedureNamed, procedures } from './procedure/spoken.ts'
export type { PoolInfo, VolumeInfo } from './procedure/storage.table.ts'
export { LibvirtError, libvirtErrorCode, libvirtErrorOf } from './rpc/libvirt-error.ts'
export { type Capabilities, readCapabilities } from './xml/capabilities.ts'
export {
  elementAt,
  elementsNamed,
  readXml,
  type XmlElement,
  type XmlRead,
  type XmlRefusal,
} from './xml/read.ts'
export { xml, XmlText, type XmlValue } from './xml/tag.ts'

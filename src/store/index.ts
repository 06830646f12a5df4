// Door of the room: durable state behind interfaces that the rooms which need it declare.
export { copyDatabase, copyPath, openDatabase, type Opened } from './database.ts'
export { type DataDirectoryLock, lockDataDirectory } from './lock.ts'
export { latestVersion, migrate, type Migration, type Schema } from './migration.ts'
export { type ApprovalDecision, type ApprovalRow, type ApprovalTable } from './core/approvals.ts'
export { type AuditRow, type AuditTable } from './core/audit.ts'
export { type CertificateRow, type CertificateTable } from './core/certificates.ts'
export { type ClaimRow, type ClaimTable } from './core/claims.ts'
export { type ClusterKeyRow, type ClusterKeyTable } from './core/cluster-keys.ts'
export { type ClusterRow, type ClusterTable } from './core/clusters.ts'
export { type CoreStore, openCoreStore } from './core/core-store.ts'
export type { Fence, FenceTable } from './core/fences.ts'
export type { HostTable } from './core/hosts.ts'
export { type HplRunRow, type HplRunTable } from './core/hpl-runs.ts'
export { type JobRow, type JobTable } from './core/jobs.ts'
export {
  type AddressTable,
  type HolderTable,
  type ProgressTable,
  type SerialTable,
} from './core/names.ts'
export { type PowerSecretRow, type PowerSecretTable } from './core/power-secrets.ts'
export { type ReservationRow, type ReservationTable } from './core/reservations.ts'
export { coreSchema } from './core/schema.ts'
export { type TokenRow, type TokenTable } from './core/tokens.ts'
export { type VcnLifeRow, type VcnLifeTable } from './core/vcn-lives.ts'
export { type VcnMarkRow, type VcnMarkTable } from './core/vcn-marks.ts'
export { type LeaseRow, type LeaseRowChange } from './wire/lease-row.ts'
export { type LeaseTable } from './wire/lease-table.ts'
export { type Outbox } from './wire/outbox.ts'
export { wireSchema } from './wire/schema.ts'
export { WireStore, type WireStoreOptions } from './wire/wire-store.ts'
export { waitingWritesMax, writesPerCommitMax } from './wire/writer.ts'

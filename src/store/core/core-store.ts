// Why this file exists: core opens one database and finds there, by subject, all that it must not forget.
import type { DatabaseSync } from 'node:sqlite'
import type { Fault } from '#fault'
import { copyDatabase, copyPath, openDatabase, writtenBehind } from '../database.ts'
import { atomically } from '../statement.ts'
import { approvalTable } from './approvals.ts'
import { auditTable } from './audit.ts'
import { certificateTable } from './certificates.ts'
import { claimTable } from './claims.ts'
import { clusterKeyTable } from './cluster-keys.ts'
import { clusterTable } from './clusters.ts'
import { fenceTable } from './fences.ts'
import { hostTable } from './hosts.ts'
import { hplRunTable } from './hpl-runs.ts'
import { jobTable } from './jobs.ts'
import { addressTable, holderTable, progressTable, serialTable } from './names.ts'
import { powerSecretTable } from './power-secrets.ts'
import { reservationTable } from './reservations.ts'
import { coreSchema } from './schema.ts'
import { tokenTable } from './tokens.ts'
import { vcnLifeTable } from './vcn-lives.ts'
import { vcnMarkTable } from './vcn-marks.ts'

function tablesOf(db: DatabaseSync) {
  return {
    addresses: addressTable(db),
    approvals: approvalTable(db),
    audit: auditTable(db),
    certificates: certificateTable(db),
    claims: claimTable(db),
    clusterKeys: clusterKeyTable(db),
    clusters: clusterTable(db),
    fences: fenceTable(db),
    holders: holderTable(db),
    hosts: hostTable(db),
    hplRuns: hplRunTable(db),
    jobs: jobTable(db),
    powerSecrets: powerSecretTable(db),
    progress: progressTable(db),
    reservations: reservationTable(db),
    serials: serialTable(db),
    tokens: tokenTable(db),
    vcnLives: vcnLifeTable(db),
    vcnMarks: vcnMarkTable(db),
  } as const
}

export interface CoreStore extends ReturnType<typeof tablesOf>, Disposable {
  /** Damage was found at the start and repaired from a copy: for a person to see. */
  readonly recovered?: Fault
  /** Several changes of several subjects, all or none. */
  together<T>(work: () => T): T
  /** The same, on the disk when it resolves. Nobody waits meanwhile: for what may be asked for again after a crash. */
  behind<T>(work: () => T): Promise<T>
  /** The last good copy, for when the file is found damaged at a start. The owner sets the rhythm. */
  copy(): void
}

/** `now` is wall time in milliseconds. Every change is on the disk when its method returns. */
export function openCoreStore(path: string, now: () => number): CoreStore {
  const { db, recovered } = openDatabase(path, coreSchema, now)
  return {
    ...tablesOf(db),
    ...(recovered ? { recovered } : {}),
    together: (work) => atomically(db, work),
    behind: (work) => writtenBehind(db, path, work),
    copy: () => copyDatabase(db, copyPath(path)),
    [Symbol.dispose]: () => db.close(),
  }
}

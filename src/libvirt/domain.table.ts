// Why this table exists: libvirt says states, events and wishes as numbers; these are their names.

/** virDomainState */
export const domainState = {
  none: 0,
  running: 1,
  blocked: 2,
  paused: 3,
  shuttingDown: 4,
  shutOff: 5,
  crashed: 6,
  suspended: 7,
} as const

/** virDomainPausedReason */
export const pausedReason = {
  unknown: 0,
  user: 1,
  migration: 2,
  save: 3,
  dump: 4,
  ioError: 5,
  watchdog: 6,
  fromSnapshot: 7,
  shuttingDown: 8,
  snapshot: 9,
  crashed: 10,
  startingUp: 11,
  postcopy: 12,
  postcopyFailed: 13,
} as const

/** virDomainShutoffReason */
export const shutOffReason = {
  unknown: 0,
  shutdown: 1,
  destroyed: 2,
  crashed: 3,
  migrated: 4,
  saved: 5,
  failed: 6,
  fromSnapshot: 7,
  daemon: 8,
} as const

/** virDomainEventType, in the order of its numbers. */
export const lifecycleKinds = [
  'defined',
  'undefined',
  'started',
  'suspended',
  'resumed',
  'stopped',
  'shutdown',
  'pmsuspended',
  'crashed',
] as const

/** virDomainEventStoppedDetailType */
export const stoppedDetail = {
  shutdown: 0,
  destroyed: 1,
  crashed: 2,
  migrated: 3,
  saved: 4,
  failed: 5,
  fromSnapshot: 6,
} as const

/** virDomainCreateFlags */
export const startFlag = { paused: 1, forceBoot: 8, validate: 16 } as const

/** virDomainDefineFlags: the XML is checked against libvirt's schema. */
export const defineFlag = { validate: 1 } as const

/** virDomainDestroyFlagsValues: graceful sends SIGTERM only, and fails rather than kill. */
export const destroyFlag = { graceful: 1 } as const

/** virDomainShutdownFlagValues */
export const shutdownFlag = { acpiButton: 1, guestAgent: 2 } as const

/** virDomainUndefineFlagsValues */
export const undefineFlag = { managedSave: 1, snapshots: 2, nvram: 4, keepNvram: 8 } as const

/** virDomainXMLFlags: the definition that the next start will use. */
export const xmlFlag = { inactive: 2 } as const

/** virDomainModificationImpact: what a change of a definition is to affect. */
export const affect = { current: 0, live: 1, config: 2 } as const

/** virDomainConsoleFlags: `force` ends whoever holds the console. */
export const consoleFlag = { force: 1, safe: 2 } as const

/** virConnectListAllDomainsFlags */
export const domainFilter = { active: 1, inactive: 2, persistent: 4, transient: 8 } as const

/** virDomainStatsTypes: groups of figures, added together. */
export const statsGroup = {
  state: 1,
  cpu: 2,
  balloon: 4,
  vcpu: 8,
  interface: 16,
  block: 32,
} as const

/** virStoragePoolState */
export const poolState = { inactive: 0, building: 1, running: 2 } as const

/** virStoragePoolCreateFlags: the directory is made when it is missing. */
export const poolStartFlag = { build: 1 } as const

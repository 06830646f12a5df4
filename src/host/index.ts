// Door of the room: the life of a KVM host, from its first packet to ready.
export {
  type Account,
  type Admission,
  admit,
  type BaseFiles,
  type NotAdmitted,
} from './accounts/admit.ts'
export { accountFiles, type AccountFile, type AccountFiles } from './accounts/files.ts'
export { type Digest, endedBetween, type Ended, type Held, readHeld } from './accounts/held.ts'
export { everyHost, foldTag, mayLogIn } from './accounts/tags.ts'
export { HostKeeper, type KeeperOptions, type LifeStore } from './keeper.ts'
export {
  due,
  type Failure,
  hasMark,
  type Life,
  type MachineState,
  newLife,
  observe,
  type Observation,
  type PhaseMark,
  trailLinesMax,
} from './life.ts'
export { readLife } from './life-reader.ts'
export { isPhase, type Phase, phases, ruleOf } from './phase.table.ts'
export {
  type HostFacts,
  type HostReach,
  type LibvirtSession,
  probeHost,
  probePauseMs,
  type ProbeReport,
  type ProbeTarget,
  type ProbeTools,
} from './probe.ts'
export {
  knownHostLine,
  type Mount,
  mountedAt,
  shellWord,
  sshArgv,
  sshConnectSeconds,
  type SshIdentity,
  type SshTarget,
} from './ssh.ts'

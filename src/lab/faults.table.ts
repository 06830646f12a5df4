// Why this table exists: what can go wrong between a power button and a host, as data: how the lab breaks it, and what the
// run must then say. A promise about failures is kept when each row has been run.
import type { Scene } from './cluster/scenes.table.ts'
import { vcnPhaseNames, type VcnPhaseName } from './cluster/views.ts'
import { type PhaseName, phaseNames } from './phases.ts'

export type Victim = 'wire' | 'core' | 'slapd' | 'ganesha' | 'machine'

export type Break =
  /** The kernel file that machines fetch holds noise. */
  | { readonly kind: 'noise-as-kernel' }
  | { readonly kind: 'memory'; readonly memoryMiB: number }
  /** A plain dnsmasq holds port 67 before the appliance starts. */
  | { readonly kind: 'port-taken' }
  /** The appliance comes back with another CA after a machine has its kernel and command line. */
  | { readonly kind: 'other-ca' }
  | { readonly kind: 'dead-bmc' }
  /** Kill -9 after each of these steps, in one run. */
  | { readonly kind: 'kill'; readonly victim: Victim; readonly after: readonly PhaseName[] }
  /** What goes wrong while a cluster comes up, one scene after the other on one rack. */
  | { readonly kind: 'scenes'; readonly scenes: readonly Scene[] }

export interface LabFault {
  readonly name: string
  /** What is promised, as a sentence. */
  readonly promise: string
  readonly breaks: Break
  /** A run may complete, or end explained, or do either. */
  readonly ends: 'explained' | 'complete' | 'either'
  /** In an explanation these words must stand, whichever case. */
  readonly says?: readonly string[]
  readonly deadlineSeconds: number
  /** One, unless it is said. */
  readonly machines?: number
  /** Part of a run without --fault. */
  readonly usual: boolean
}

const bootSeconds = 420

const named: readonly LabFault[] = [
  {
    name: 'unbootable-kernel',
    promise: 'a kernel that is noise ends the run at the kernel or the first stage',
    breaks: { kind: 'noise-as-kernel' },
    ends: 'explained',
    says: ['kernel'],
    deadlineSeconds: bootSeconds,
    usual: true,
  },
  {
    name: 'little-memory',
    promise: 'a machine without enough memory is named, with its console',
    breaks: { kind: 'memory', memoryMiB: 160 },
    ends: 'explained',
    says: ['memory'],
    deadlineSeconds: bootSeconds,
    usual: true,
  },
  {
    name: 'port-taken',
    promise: 'a port that another program holds is named before any machine is switched on',
    breaks: { kind: 'port-taken' },
    ends: 'explained',
    says: ['67'],
    deadlineSeconds: 60,
    usual: true,
  },
  {
    name: 'wrong-ca',
    promise:
      'a machine that meets another CA than its kernel command line names gets no certificate',
    breaks: { kind: 'other-ca' },
    ends: 'explained',
    says: ['failed trust', 'the ca '],
    deadlineSeconds: bootSeconds,
    usual: true,
  },
  {
    name: 'dead-bmc',
    promise: 'a BMC that does not answer is named within a minute',
    breaks: { kind: 'dead-bmc' },
    ends: 'explained',
    says: ['192.0.2.101'],
    deadlineSeconds: 60,
    usual: true,
  },
]

/** The last step is the end of the run: there is nothing after it to break. */
const between = phaseNames.slice(0, -1)

function kill(victim: Victim, after: readonly PhaseName[], usual: boolean): LabFault {
  const when = after.length === 1 ? `after-${after[0]}` : 'after-each-step'
  const ends = victim === 'machine' ? 'either' : 'complete'
  return {
    name: `kill-${victim}-${when}`,
    promise: `${victim} killed ${when.replaceAll('-', ' ')}: the run ${ends === 'complete' ? 'completes' : 'completes or ends explained'}`,
    breaks: { kind: 'kill', victim, after },
    ends,
    deadlineSeconds: bootSeconds,
    usual,
  }
}

/** Two hosts boot, and a cluster comes up once for each scene. */
const rackSeconds = 900

function scenes(name: string, promise: string, played: readonly Scene[]): LabFault {
  return {
    name,
    promise,
    breaks: { kind: 'scenes', scenes: played },
    ends: 'complete',
    machines: 2,
    deadlineSeconds: rackSeconds + played.length * rackSeconds,
    usual: played.length > 1,
  }
}

const beforeReachable: readonly VcnPhaseName[] = vcnPhaseNames.slice(0, -1)
const coreKilled: Scene = { kind: 'core-killed', after: ['overlay', 'started', 'lease'] }
const downMeanwhile: Scene = { kind: 'down-meanwhile', after: ['started'] }
const hostOff: Scene = { kind: 'host-off', after: ['started'] }

const clusters: readonly LabFault[] = [
  // The host that is off stays so, and therefore comes last.
  scenes(
    'cluster-under-fire',
    'an apply outlives core and the loss of a host, a down during it leaves nothing, and nothing is there twice',
    [coreKilled, downMeanwhile, hostOff],
  ),
  scenes('cluster-core-killed', 'core killed during apply: the job completes, nothing twice', [
    { kind: 'core-killed', after: beforeReachable },
  ]),
  ...beforeReachable.map((phase) =>
    scenes(`cluster-down-after-${phase}`, `taken down after ${phase}: nothing is left`, [
      { kind: 'down-meanwhile', after: [phase] },
    ]),
  ),
  ...beforeReachable.map((phase) =>
    scenes(
      `cluster-host-off-after-${phase}`,
      `a host off after ${phase}: placed anew, or undone with the reason`,
      [{ kind: 'host-off', after: [phase] }],
    ),
  ),
]

const services: readonly Victim[] = ['wire', 'core', 'slapd', 'ganesha']

export const labFaultTable: readonly LabFault[] = [
  ...named,
  ...services.map((victim) => kill(victim, between, true)),
  ...services.flatMap((victim) => between.map((phase) => kill(victim, [phase], false))),
  ...clusters,
  ...between.map((phase) => kill('machine', [phase], phase === 'initrd' || phase === 'enrolled')),
]

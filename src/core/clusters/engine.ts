// Why this file exists: what the rest of core may ask of the one who carries plans out.
import type { DnsName, Label, Vcn } from '#directory'
import type { Sighting } from '#feed'
import type { Book, ClusterSpec, LifeState, Plan, PlanRefusal } from '#vocluster'
import type { Fault } from '#fault'

export interface JobRecord {
  readonly id: string
  readonly kind: 'apply' | 'down'
  readonly vo: Label
  readonly cluster: Label
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly by: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly steps: { readonly done: number; readonly total: number }
  readonly doing: readonly string[]
  readonly writes: { readonly libvirt: number; readonly ldap: number }
  readonly changes: number
  readonly notes: readonly string[]
  readonly trouble?: {
    readonly code: string
    readonly what: string
    readonly where: string
    readonly why: string
    readonly todo: string
  }
}

export interface VcnMarks {
  readonly vcn: Label
  readonly host: string
  readonly marks: readonly { readonly phase: string; readonly at: number }[]
}

export interface Order {
  readonly spec: ClusterSpec
  /** As the person wrote it: what a restarted core plans from. */
  readonly text: string
  readonly by: string
  /** Only exactly this plan. */
  readonly hash?: string
}

/** Phases of a node, in their order. */
export const vcnPhases = [
  'reserved',
  'entry-shown',
  'overlay',
  'defined',
  'started',
  'first-discover',
  'lease',
  'name-resolved',
  'reachable',
] as const
export type VcnPhase = (typeof vcnPhases)[number]

export interface ClusterEngine extends AsyncDisposable {
  /** Changes nothing. A refusal is a Fault. */
  plan(spec: ClusterSpec): Promise<Plan>
  planDown(vo: Label, cluster: Label): Promise<Plan>
  /** Returns when the room is reserved and the job is on the disk; a plan with no step is a job that is done. */
  apply(order: Order): Promise<JobRecord>
  down(vo: Label, cluster: Label, by: string): Promise<JobRecord>
  cancel(id: string): Promise<void>
  jobs(): readonly JobRecord[]
  job(id: string): JobRecord | undefined
  book(): Book
  /** As `physics/hpl`: those that have room on it. */
  clustersOn(host: DnsName): readonly string[]
  /** Clusters that are wanted up, or that something is left of. */
  clusters(): readonly { readonly vo: Label; readonly cluster: Label }[]
  /** The spec that a cluster was last applied with. */
  spec(vo: Label, cluster: Label): ClusterSpec | undefined
  life(vo: Label, cluster: Label, vcn: Label): LifeState
  /** Of the last time that each node was brought up. */
  timeline(vo: Label, cluster: Label): readonly VcnMarks[]
  /** What wire saw of a node. */
  sighted(vcn: Vcn, sighting: Sighting): void
  /** Carries on with what an earlier core left, once it is known which hosts are there. */
  resume(): void
}

/** How a refusal of a plan becomes the Fault that a person reads. */
export type RefusalToFault = (refusal: PlanRefusal) => Fault

// Why this file exists: the half of the appliance that belongs to virtual organizations, as questions that the API passes
// on to core and as the shapes that programs see.
import type { Duplex, Readable } from 'node:stream'
import type { Caller } from './services.ts'

export interface LimitsView {
  readonly vcns?: number
  readonly vcpus?: number
  readonly memoryBytes?: number
  readonly imageBytes?: number
}

export interface VoView {
  readonly name: string
  /** Absent limit: none. */
  readonly quota: LimitsView
  readonly used: Required<LimitsView>
  readonly members: readonly string[]
  /** Of its own network, that every one of its nodes has. */
  readonly network?: { readonly name: string; readonly subnet: string; readonly vni: number }
  readonly dn: string
}

export interface VoRequest {
  readonly name: string
  /** `vcpus=64,memory=128GiB,vcns=64,image-bytes=100GiB` */
  readonly quota?: string | undefined
  /** Of its network; else the next free one. */
  readonly subnet?: string | undefined
  readonly members?: readonly string[] | undefined
}

/** `null` takes a value away; absent leaves it as it is. */
export interface VoChange {
  readonly quota?: string | null | undefined
  readonly members?: readonly string[] | null | undefined
}

export interface ImageView {
  readonly vo: string
  readonly name: string
  readonly version: number
  /** `voc-compute@3` */
  readonly id: string
  readonly format: string
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string
  readonly bytes: number
  readonly virtualBytes: number
  readonly pushedBy: string
  readonly pushedAt: string
  /** Clusters, as `physics/hpl`. */
  readonly usedBy: readonly string[]
}

export interface ImagePush {
  readonly vo: string
  readonly name: string
  readonly version?: number | undefined
  /** `qcow2` unless it is said. */
  readonly format?: string | undefined
  /** What the sender says of it beforehand; it must come true. */
  readonly bytes?: number | undefined
  readonly digest?: string | undefined
}

/** `isNew` is false when these very bytes were there already. */
export interface PushedView extends ImageView {
  readonly isNew: boolean
}

export interface VerdictView {
  readonly whole: boolean
  readonly reason?: string
}

/** A cluster file, as a person wrote it; `name` is what complaints call it. */
export interface ClusterFile {
  readonly name: string
  readonly text: string
}

export interface PlanView {
  readonly vo: string
  readonly cluster: string
  readonly hash: string
  /** Nodes that are not as they should be. 0 with steps left: only what is around them changes. */
  readonly changes: number
  /** Nothing to do at all. */
  readonly isEmpty: boolean
  readonly nodes: readonly {
    readonly vcn: string
    /** create, move, replace, restart, start, update, remove or keep. */
    readonly kind: string
    readonly host?: string
    readonly why: string
  }[]
  /** In the order of the plan. */
  readonly steps: readonly string[]
}

export interface ClusterView {
  readonly vo: string
  readonly name: string
  /** Of the whole: the least far of its nodes; `Done` when nothing of it is left. */
  readonly state: string
  readonly vcns: number
  readonly running: number
  readonly hosts: readonly string[]
  readonly images: readonly string[]
  /** The job that works on it now. */
  readonly job?: string
  /** Why its last job did not succeed. */
  readonly trouble?: string
}

export interface VcnView {
  /** `compute3` */
  readonly name: string
  readonly vo: string
  readonly cluster: string
  readonly fqdn: string
  /** `Running`, as in the life of a node; `Paused` when libvirt holds it. */
  readonly state: string
  /** Why it is paused. */
  readonly trouble?: string
  readonly host?: string
  readonly image?: string
  readonly nics: readonly {
    readonly network: string
    readonly address: string
    readonly mac: string
  }[]
  readonly dn: string
}

export interface Spread {
  readonly meanMs: number
  readonly minMs: number
  readonly maxMs: number
}

export interface ClusterTimelineView {
  readonly vo: string
  readonly cluster: string
  readonly vcns: readonly {
    readonly vcn: string
    readonly host: string
    readonly phases: readonly {
      readonly phase: string
      readonly at: string
      /** Milliseconds since the phase before it; 0 for the first. */
      readonly sinceMs: number
    }[]
  }[]
  /** Over all nodes: since the phase before it. */
  readonly phases: readonly (Spread & { readonly phase: string; readonly vcns: number })[]
  /** From `started` to `reachable`: what the 2008 paper calls the boot time of a VM. */
  readonly boot?: Spread
  /** From `reserved` to `reachable`. */
  readonly whole?: Spread
}

export interface TroubleView {
  readonly code: string
  readonly what: string
  readonly where: string
  readonly why: string
  readonly do: string
}

export interface JobView {
  readonly id: string
  readonly kind: 'apply' | 'down' | 'hpl'
  /** `physics/hpl`, or the machines of a run. */
  readonly subject: string
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly by: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly steps: { readonly done: number; readonly total: number }
  /** What it is at now. */
  readonly doing: readonly string[]
  /** Calls that changed something. */
  readonly writes: { readonly libvirt: number; readonly ldap: number }
  /** Nodes that it changes. */
  readonly changes: number
  /** What a person should know of how it went: nodes placed anew, steps tried again. */
  readonly notes: readonly string[]
  readonly trouble?: TroubleView
  /** Of a benchmark: the run that came out. */
  readonly run?: string
}

export interface HplRequest {
  /** The nodes of a cluster, or the bare hosts. */
  readonly on:
    | { readonly kind: 'cluster'; readonly vo: string; readonly cluster: string }
    | { readonly kind: 'hosts'; readonly hosts: readonly string[] }
  /** Absent: by the memory of the nodes. */
  readonly N?: number | undefined
  readonly NB?: number | undefined
  readonly P?: number | undefined
  readonly Q?: number | undefined
  readonly ranksPerNode?: number | undefined
  readonly secondsMax?: number | undefined
}

export interface HplRunView {
  readonly id: string
  readonly side: 'virtual' | 'physical'
  /** `physics/hpl`, or the names of hosts. */
  readonly subject: string
  readonly nodes: readonly string[]
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly N: number
  readonly NB: number
  readonly P: number
  readonly Q: number
  readonly gflops?: number
  readonly seconds?: number
  readonly program?: { readonly sha256: string; readonly blas: string }
  /** `emulated: percentages have no meaning` */
  readonly label?: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly trouble?: TroubleView
}

export interface HplComparisonView {
  readonly virtual: HplRunView
  readonly physical: HplRunView
  readonly ratio: number
  readonly label?: string
  /** For people, side by side. */
  readonly lines: readonly string[]
}

/** What core can be asked about VOs and what is theirs. A rejected promise is a Fault. */
export interface ClusterServices {
  readonly vos: {
    list(): readonly VoView[]
    show(name: string): VoView
    /** With its network; answers after our own feed has shown both. */
    add(request: VoRequest, caller: Caller): Promise<VoView>
    change(name: string, change: VoChange, caller: Caller): Promise<VoView>
    /** Refused while it has clusters or images. */
    remove(name: string, caller: Caller): Promise<void>
  }
  readonly images: {
    list(vo?: string): readonly ImageView[]
    /** `id`: `voc-compute@3`, or without a number the newest. */
    show(vo: string, id: string): ImageView
    /** Reads the stream to its end, or refuses and leaves nothing. */
    push(bytes: Readable, push: ImagePush, caller: Caller): Promise<PushedView>
    verify(vo: string, id: string, caller: Caller): Promise<VerdictView>
    remove(vo: string, id: string, caller: Caller): Promise<void>
  }
  readonly clusters: {
    list(): readonly ClusterView[]
    show(vo: string, name: string): ClusterView
    /** Looks at hosts and directory; changes nothing. */
    plan(file: ClusterFile, caller: Caller): Promise<PlanView>
    planDown(vo: string, name: string): Promise<PlanView>
    /** Answers when all room is reserved and the job is written down; `hash`: exactly this plan or CPC-VOC-014. */
    apply(file: ClusterFile, caller: Caller, hash?: string): Promise<JobView>
    /** Ends an apply that is running. */
    down(vo: string, name: string, caller: Caller): Promise<JobView>
    timeline(vo: string, name: string): ClusterTimelineView
  }
  readonly vcns: {
    list(vo?: string, cluster?: string): readonly VcnView[]
    show(vo: string, cluster: string, name: string): VcnView
    /** Its serial console, both ways, until either side ends it. */
    console(vo: string, cluster: string, name: string, caller: Caller): Promise<Duplex>
  }
  readonly jobs: {
    /** The newest first. */
    list(): readonly JobView[]
    show(id: string): JobView
    cancel(id: string, caller: Caller): Promise<void>
  }
  readonly hpl: {
    run(request: HplRequest, caller: Caller): Promise<JobView>
    list(): readonly HplRunView[]
    show(id: string): HplRunView
    compare(virtual: string, physical: string): HplComparisonView
  }
}

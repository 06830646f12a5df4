// Why this file exists: the API is a face and holds no decision; these are the questions that it passes on to core,
// and the shapes that programs see.

import type { ClusterServices, TroubleView } from './cluster-services.ts'
import type {
  ExplanationView,
  WhatIfEntries,
  WhatIfPackets,
  WhatIfView,
} from './explain-services.ts'
import type { ExchangeServices } from './exchange-services.ts'
import type { Page, PageQuery } from './page.ts'

/** Who asks; the audit log names it. */
export interface Caller {
  readonly name: string
  readonly role: 'admin' | 'operator' | 'vo-member' | 'read-only'
  /** A member acts in this VO only. */
  readonly vo?: string
}

export interface MachineView {
  readonly name: string
  readonly fqdn: string
  readonly role: 'host' | 'other'
  readonly state: string
  /** Why it is in that state, when a person has to act. */
  readonly reason?: string
  readonly address?: string
  readonly macs: readonly string[]
  readonly uuid?: string
  readonly port?: string
  /** URL of the BMC; never its secret. */
  readonly power?: string
  readonly tags: readonly string[]
  readonly boot: number
  readonly dn: string
  /** Of a host that is asked for alone, who may log in to it; and of these, who may become root. */
  readonly mayLogIn?: readonly string[]
  readonly maySudo?: readonly string[]
  /** Whom a tag would let in, each with what is against it. */
  readonly mayNotLogIn?: readonly string[]
  /** When the host last took it, or was found to have it. */
  readonly peopleTakenAt?: string
  /** Why it may not have it. */
  readonly peopleTrouble?: string
}

export interface MachineRequest {
  readonly name: string
  readonly macs: readonly string[]
  readonly address?: string | undefined
  readonly role?: 'host' | 'other' | undefined
  readonly uuid?: string | undefined
  readonly port?: string | undefined
  readonly power?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly bootFile?: string | undefined
  readonly bootParameters?: readonly string[] | undefined
}

/** `null` takes a value away; absent leaves it as it is. */
export type MachineChange = {
  readonly [Key in Exclude<keyof MachineRequest, 'name'>]?: MachineRequest[Key] | null | undefined
} & { readonly powerSecret?: string | undefined }

/** Many at once: all of it is checked before any of it is written. */
export interface MachineOrders {
  readonly add?: readonly MachineRequest[] | undefined
  readonly change?: readonly (MachineChange & { readonly name: string })[] | undefined
  readonly remove?: readonly string[] | undefined
}

export interface NetworkOrders {
  readonly add?: readonly NetworkRequest[] | undefined
  readonly change?: readonly (NetworkChange & { readonly name: string })[] | undefined
  readonly remove?: readonly string[] | undefined
}

/** How an order for many is to be carried out, and what is to be told of it. */
export interface OrderManner {
  /** Nothing is written; the answer holds the LDIF of what would be. */
  readonly dryRun?: boolean | undefined
  /** What each is now comes with the answer. */
  readonly views?: boolean | undefined
}

export interface OrderWatch {
  /** The asker is gone: what is under way is ended, the rest is not tried. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: OrderProgress) => void
}

export interface OrderProgress {
  readonly done: number
  readonly of: number
}

export interface OrdersView<View> {
  /** Names, in the order in which they were given. */
  readonly done: readonly string[]
  /** What could not be done although it looked right; the rest is done. */
  readonly failed: readonly { readonly name: string; readonly trouble: TroubleView }[]
  readonly views?: readonly View[]
  /** RFC 2849; of a dry run. */
  readonly ldif?: string
}

export interface WaitingView {
  readonly mac: string
  readonly address?: string
  readonly firstSeen: string
  readonly lastSeen: string
  readonly interfaceName: string
  readonly port?: string
  readonly uuid?: string
  /** Set when this is a known machine whose identity is in doubt: a person confirms or refuses. */
  readonly doubt?: string
  readonly machine?: string
}

export interface TimelineView {
  readonly machine: string
  readonly boot: number
  readonly state: string
  readonly phases: readonly {
    readonly phase: string
    readonly at: string
    /** Milliseconds since the phase before it; 0 for the first. */
    readonly sinceMs: number
    readonly detail: string
  }[]
  readonly failure?: { readonly phase: string; readonly reason: string; readonly at: string }
  /** The last things seen: evidence. */
  readonly trail: readonly string[]
}

export interface NetworkView {
  readonly name: string
  readonly subnet: string
  readonly gateway?: string
  readonly routes?: readonly string[]
  readonly pool?: string
  readonly leaseSeconds: number
  readonly vni?: number
  readonly dn: string
}

export interface NetworkRequest {
  readonly name: string
  readonly subnet: string
  readonly gateway?: string | undefined
  /** Each as `198.51.100.0/24 10.1.0.253`. */
  readonly routes?: readonly string[] | undefined
  readonly pool?: string | undefined
  readonly leaseSeconds?: number | undefined
}

/** `null` takes a value away; absent leaves it as it is. */
export interface NetworkChange {
  readonly subnet?: string | undefined
  readonly gateway?: string | null | undefined
  readonly routes?: readonly string[] | null | undefined
  readonly pool?: string | null | undefined
  readonly leaseSeconds?: number | null | undefined
}

export interface LeaseView {
  readonly address: string
  readonly mac: string
  /** Whose card it is, if anybody's. */
  readonly machine?: string
  /** `quarantined`: somebody else was found to use it, so nobody gets it for a while. */
  readonly state: 'bound' | 'quarantined'
  /** Who chose it. `observed`: somebody else than the appliance. */
  readonly source: 'directory' | 'pool' | 'observed'
  /** Since it was given or last renewed. */
  readonly since: string
  readonly ends: string
}

export interface LintView {
  readonly severity: 'set-aside' | 'warning'
  readonly where: string
  readonly reason: string
}

/** How well the directory is followed. A time that never was is -1 seconds ago. */
export interface DirectoryView {
  readonly state: string
  /** What is wrong, and what to do. */
  readonly detail: string
  /** Since the server's last sign of life. */
  readonly ageSeconds: number
  /** Since the server last confirmed what the copy on disk holds. */
  readonly copyAgeSeconds: number
  /** closed, connecting, refreshing, following or pausing. */
  readonly connection: string
  /** How often one was made; the first is no reconnect. */
  readonly connections: number
  readonly cookiesRefused: number
  /** Removals that wait for a person. */
  readonly held: number
  readonly heldSince?: string
  /** The first of them. */
  readonly heldEntries: readonly string[]
}

/** An entry that the server shows no more and that is served on. */
export interface HeldView {
  readonly dn: string
}

/** A DHCP server that is none of ours, heard on our wire. */
export interface OtherServerView {
  readonly address?: string
  readonly mac?: string
  readonly lastSeen: string
  /** All that is known of it, as a sentence. */
  readonly what: string
}

export interface StatusView {
  readonly version: string
  readonly domain: string
  readonly snapshot: number
  readonly wire: { readonly connected: boolean; readonly serving: number }
  readonly directory: DirectoryView
  readonly counts: Readonly<Record<string, number>>
  /** Since core was started. */
  readonly otherDhcpServers: readonly OtherServerView[]
}

export interface EventView {
  readonly at: string
  readonly kind: string
  readonly subject: string
  readonly text: string
}

export interface TokenView {
  readonly id: string
  readonly name: string
  readonly role: string
  /** Of a member. */
  readonly vo?: string
  readonly createdAt: string
}

export type PowerAction = 'on' | 'off' | 'cycle' | 'status'
export type BootChoice = 'kvm-host' | 'disk' | 'rescue' | 'by-role'

/** What core can be asked. A rejected promise is a Fault; the API turns it into problem+json. */
export interface Services extends ClusterServices, ExchangeServices {
  readonly machines: {
    /** All, or those with a tag. */
    list(tag?: string): readonly MachineView[]
    /** Faults when there is none. */
    show(name: string): MachineView
    /** Answers after our own feed has shown it. */
    add(request: MachineRequest, caller: Caller): Promise<MachineView>
    change(name: string, change: MachineChange, caller: Caller): Promise<MachineView>
    remove(name: string, caller: Caller): Promise<void>
    timeline(name: string): TimelineView
    power(
      name: string,
      action: PowerAction,
      caller: Caller,
    ): Promise<{ readonly power: 'on' | 'off' | 'unknown' }>
    /** A person has looked: the machine is off. */
    confirmOff(name: string, caller: Caller): Promise<void>
    nextBoot(name: string, choice: BootChoice, caller: Caller): Promise<void>
    order(
      orders: MachineOrders & OrderManner,
      caller: Caller,
      watch: OrderWatch,
    ): Promise<OrdersView<MachineView>>
    waiting(): readonly WaitingView[]
    /** Gives a waiting machine a name, or confirms a doubtful one (`name` is then the machine's own). */
    adopt(mac: string, name: string, caller: Caller): Promise<MachineView>
  }
  readonly networks: {
    list(): readonly NetworkView[]
    show(name: string): NetworkView
    add(request: NetworkRequest, caller: Caller): Promise<NetworkView>
    change(name: string, change: NetworkChange, caller: Caller): Promise<NetworkView>
    remove(name: string, caller: Caller): Promise<void>
    order(
      orders: NetworkOrders & OrderManner,
      caller: Caller,
      watch: OrderWatch,
    ): Promise<OrdersView<NetworkView>>
  }
  readonly leases: {
    /** In the order of their addresses. */
    page(query: PageQuery): Promise<Page<LeaseView>>
    show(address: string): Promise<LeaseView>
    /** As if its holder had given it back. `mac`: unless it is another's by now. */
    release(address: string, mac: string | undefined, caller: Caller): Promise<void>
  }
  readonly tokens: {
    list(): readonly TokenView[]
    /** The secret is shown once and stored as a hash. `vo`: for a member, and for nobody else. */
    add(
      name: string,
      role: Caller['role'],
      caller: Caller,
      vo?: string,
    ): Promise<TokenView & { readonly secret: string }>
    revoke(id: string, caller: Caller): Promise<void>
    /** `undefined` when no token has this secret. */
    caller(secret: string): Caller | undefined
  }
  readonly directory: {
    lint(): readonly LintView[]
    held(): readonly HeldView[]
    /** Applies or throws away removals that were held because they were too many. */
    decideHeld(accept: 'accept' | 'reject', caller: Caller): Promise<void>
  }
  /** What a machine would get right now, and why. Faults when wire, which knows, is away. */
  explain(subject: string): Promise<ExplanationView>
  /** The same of what is only thought of. Nothing is written. */
  readonly whatIf: {
    entries(request: WhatIfEntries): Promise<WhatIfView>
    packets(request: WhatIfPackets): Promise<ExplanationView>
  }
  status(): StatusView
  ready(): { readonly ready: boolean; readonly why: string }
  /** Prometheus text. */
  metrics(): string
  /** Calls back for each event until the signal; the latest ones first. */
  events(listener: (event: EventView) => void, signal: AbortSignal): void
}

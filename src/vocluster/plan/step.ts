// Why this file exists: a plan is carried out by someone who decides nothing any more: each step is data, says what must
// be done before it, and may be done again when nobody knows whether it was.
import type { DnsName, Ip4, Label, Mac, Subnet, Uuid } from '#directory'
import type { VcnDefinition } from '../domain/definition.ts'
import type { NetworkChoice } from '../network/vo-network.ts'
import type { TunnelEnd } from '../network/tunnel.ts'
import type { Reservation } from '../place/book.ts'

export interface EntryNic {
  /** Absent on the node's own entry, whose NIC is on the VO's network; else the name of a child entry. */
  readonly label?: Label
  readonly network: Label
  readonly mac: Mac
  readonly address: Ip4
}

/** A node as the directory should show it. */
export interface VcnEntry {
  readonly name: Label
  readonly aliases: readonly Label[]
  readonly vo: Label
  readonly cluster: Label
  readonly host: DnsName
  readonly image: string
  readonly nics: readonly EntryNic[]
}

export type Action =
  /** All room at once; later without what has left. */
  | { readonly kind: 'reserve'; readonly reservation: Reservation }
  | { readonly kind: 'put-network'; readonly network: NetworkChoice }
  | { readonly kind: 'put-cluster'; readonly vo: Label; readonly cluster: Label }
  /** Done when our own feed has shown it. */
  | { readonly kind: 'put-entry'; readonly entry: VcnEntry }
  | { readonly kind: 'prepare-host'; readonly host: DnsName }
  /** No host: the appliance's end. */
  | {
      readonly kind: 'join-network'
      readonly host?: DnsName
      readonly end: TunnelEnd
      readonly subnet: Subnet
    }
  | { readonly kind: 'create-overlay'; readonly host: DnsName; readonly definition: VcnDefinition }
  | { readonly kind: 'define'; readonly host: DnsName; readonly definition: VcnDefinition }
  | { readonly kind: 'start'; readonly host: DnsName; readonly vcn: Label; readonly uuid: Uuid }
  /** One that was stopped in the middle. */
  | { readonly kind: 'resume'; readonly host: DnsName; readonly vcn: Label; readonly uuid: Uuid }
  /** Until it answers. */
  | { readonly kind: 'await'; readonly vcn: DnsName; readonly address: Ip4 }
  | { readonly kind: 'destroy'; readonly host: DnsName; readonly vcn: Label; readonly uuid: Uuid }
  | { readonly kind: 'remove-overlay'; readonly host: DnsName; readonly name: string }
  | {
      readonly kind: 'undefine'
      readonly host: DnsName
      readonly vcn: Label
      readonly uuid: Uuid
    }
  | { readonly kind: 'remove-entry'; readonly vcn: DnsName; readonly dn: string }
  | { readonly kind: 'leave-network'; readonly host?: DnsName; readonly vni: number }
  | {
      readonly kind: 'forget-peers'
      readonly host?: DnsName
      readonly vni: number
      readonly peers: readonly Ip4[]
    }
  | { readonly kind: 'remove-network'; readonly name: Label; readonly dn: string }
  | { readonly kind: 'remove-cluster'; readonly dn: string }
  | { readonly kind: 'release'; readonly vo: Label; readonly cluster: Label }

export interface Step {
  /** `start compute3 on n001`; unique within the plan. */
  readonly id: string
  /** Steps that must be done before; they stand above it. */
  readonly after: readonly string[]
  readonly action: Action
}

export interface StepList {
  /** The step's id, for others that come after it. A step that is there already stays as it is. */
  readonly add: (id: string, after: readonly (string | undefined)[], action: Action) => string
  readonly all: () => readonly Step[]
}

export function startSteps(): StepList {
  const steps = new Map<string, Step>()
  return {
    add: (id, after, action) => {
      const known = after.filter((one) => one !== undefined).filter((one) => steps.has(one))
      if (!steps.has(id)) steps.set(id, { id, after: [...new Set(known)], action })
      return id
    },
    all: () => [...steps.values()],
  }
}

// Why this file exists: in dhcpd.conf a block inherits what the blocks around it say, also what they say after it.
import type { Ip4, Route } from '#directory'
import type { FoundPool } from '../found.ts'

export type ScopeKind = 'file' | 'shared-network' | 'subnet' | 'pool' | 'group' | 'class'

/** A subnet while its pools are still being collected; pools of a shared network go to the subnet around them. */
export interface OpenSubnet {
  readonly contains: (address: Ip4) => boolean
  readonly pools: FoundPool[]
}

export interface Scope {
  readonly kind: ScopeKind
  readonly parent?: Scope
  /** Subnets of the shared network, or the one subnet. */
  readonly subnets: OpenSubnet[]
  leaseSeconds?: number
  gateway?: Ip4
  /** By option 121, and by 249. */
  routes?: readonly Route[]
  windowsRoutes?: readonly Route[]
  /** Why its addresses are not for machines that nobody described; absent where they are. */
  closedBecause?: string
  sharedName?: string
}

type Inherited =
  | 'leaseSeconds'
  | 'gateway'
  | 'routes'
  | 'windowsRoutes'
  | 'closedBecause'
  | 'sharedName'

export function inherited<Key extends Inherited>(scope: Scope, key: Key): Scope[Key] | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const value = at[key]
    if (value !== undefined) return value
  }
  return undefined
}

/** Whether a block of one kind stands somewhere inside a block of another. */
export function isWithin(scope: Scope, kind: ScopeKind): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent)
    if (at.kind === kind) return true
  return false
}

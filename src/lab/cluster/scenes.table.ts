// Why this table exists: what can go wrong while a cluster comes up, as data: what is broken, and after which step of a node.
import type { VcnPhaseName } from './views.ts'

export interface Scene {
  readonly kind:
    /** Kill -9 after each of these steps, whichever node is the first to have made it. */
    | 'core-killed'
    /** `cluster down` while `apply` is at work. */
    | 'down-meanwhile'
    /** The host of the first node that has made the step loses its power. */
    | 'host-off'
  readonly after: readonly VcnPhaseName[]
}

// Why this file exists: what a VO asks for, with every class, role and override worked in, so that nobody after the
// reader has to know that there were any.
import type { Label, Subnet } from '#directory'
import type { ImageId } from '../image/image-name.ts'

export type Strategy = 'spread' | 'pack'

export interface PlaceWish {
  readonly strategy: Strategy
  /** How many nodes of the role one host may carry. */
  readonly perHost?: number
  /** A host must carry all of these. */
  readonly tags: readonly string[]
}

/** One virtual node as it should be. */
export interface VcnSpec {
  /** `compute3`; always numbered, so that a role of one can grow without its first node getting another name. */
  readonly name: Label
  /** `head` for `head1`, as long as the role has one node only. */
  readonly alias?: Label
  readonly role: Label
  readonly vcpus: number
  readonly memoryBytes: number
  /** Always with its version: a name alone would mean something else tomorrow. */
  readonly image: ImageId
  /** Of the cluster's own networks, in order; the VO's, which every node has, comes before them. */
  readonly networks: readonly Label[]
  readonly place: PlaceWish
}

/** A network beside the VO's own. */
export interface NetworkSpec {
  readonly name: Label
  /** Absent: the appliance chooses. */
  readonly subnet?: Subnet
}

export interface ClusterSpec {
  readonly vo: Label
  readonly name: Label
  readonly networks: readonly NetworkSpec[]
  readonly vcns: readonly VcnSpec[]
}

// Why this file exists: every reason not to make a plan, as facts, so that a program can act on it and a person is told
// in one voice.
import type { DnsName, Label } from '#directory'
import type { ImageId } from '../image/image-name.ts'
import type { NetworkRefusal } from '../network/vo-network.ts'
import type { HostFull, OverQuota } from '../place/book.ts'
import type { BadQuota } from '../place/quota.ts'
import type { NoRoom } from '../place/room.ts'

export type PlanRefusal =
  | NoRoom
  | HostFull
  | OverQuota
  | BadQuota
  | NetworkRefusal
  | { readonly kind: 'no-vo'; readonly vo: Label; readonly nearest: string | undefined }
  | { readonly kind: 'no-vo-network'; readonly vo: Label }
  | { readonly kind: 'no-image'; readonly image: ImageId; readonly nearest: string | undefined }
  | { readonly kind: 'name-too-long'; readonly name: string }
  | { readonly kind: 'no-address'; readonly network: Label }
  | { readonly kind: 'no-mac'; readonly vcn: DnsName }
  | { readonly kind: 'host-away'; readonly host: DnsName; readonly vcns: readonly Label[] }
  /** The directory has no such host any more, and nobody knows whether the machine is off. */
  | { readonly kind: 'host-gone'; readonly host: DnsName; readonly vcns: readonly Label[] }
  | { readonly kind: 'set-aside'; readonly dn: string; readonly reason: string }
  | StalePlan

export interface StalePlan {
  readonly kind: 'stale-plan'
  readonly asked: string
  readonly now: string
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: PlanRefusal }

export function refuse(refusal: PlanRefusal): {
  readonly ok: false
  readonly refusal: PlanRefusal
} {
  return { ok: false, refusal }
}

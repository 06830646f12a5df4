// Why this file exists: what placing needs to know of a host and of a node, and why a node does not fit. Placing itself
// may be another one on another site; these words stay.
import type { DnsName, Label } from '#directory'
import type { PlaceWish } from '../spec/cluster-spec.ts'
import { formatSize } from '../spec/size.ts'

/** A host as it is offered: what is free, and what of this cluster is there already. */
export interface Room {
  readonly host: DnsName
  readonly vcpus: number
  readonly memoryBytes: number
  readonly tags: readonly string[]
  /** Why nothing new may go there, as `it is cordoned`; absent when something may. */
  readonly closed?: string
  /** Nodes of this cluster that stay there, by role. */
  readonly byRole: ReadonlyMap<string, number>
}

export interface Wanted {
  readonly vcn: Label
  readonly role: Label
  readonly vcpus: number
  readonly memoryBytes: number
  readonly wish: PlaceWish
}

/** The first limit that a node would break on a host. */
export type Limit =
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'per-host'; readonly role: Label; readonly nodesMax: number }
  | { readonly kind: 'vcpus'; readonly free: number; readonly asked: number }
  | { readonly kind: 'memory'; readonly freeBytes: number; readonly askedBytes: number }

export interface NoRoom {
  readonly kind: 'no-room'
  readonly wanted: Wanted
  readonly limits: readonly { readonly host: DnsName; readonly limit: Limit }[]
}

export interface Placement {
  readonly vcn: Label
  readonly host: DnsName
  /** One sentence for the person who asks why it is there. */
  readonly why: string
}

export type Placing =
  | { readonly ok: true; readonly value: readonly Placement[] }
  | { readonly ok: false; readonly refusal: NoRoom }

/** Places all or none; must give the same for the same, whatever order things come in. */
export type Place = (wanted: readonly Wanted[], rooms: readonly Room[]) => Placing

/** `undefined`: it fits. */
export function limitOf({ role, vcpus, memoryBytes, wish }: Wanted, room: Room): Limit | undefined {
  if (room.closed !== undefined) return { kind: 'closed', why: room.closed }
  const tag = wish.tags.find((one) => !room.tags.includes(one))
  if (tag !== undefined) return { kind: 'tag', tag }
  const { perHost } = wish
  if (perHost !== undefined && (room.byRole.get(role) ?? 0) >= perHost)
    return { kind: 'per-host', role, nodesMax: perHost }
  if (room.vcpus < vcpus) return { kind: 'vcpus', free: room.vcpus, asked: vcpus }
  if (room.memoryBytes < memoryBytes)
    return { kind: 'memory', freeBytes: room.memoryBytes, askedBytes: memoryBytes }
  return undefined
}

export function describeLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'closed':
      return limit.why
    case 'tag':
      return `it does not carry the tag ${limit.tag}`
    case 'per-host':
      return `it has ${limit.nodesMax} of role ${limit.role} already, which is all that per-host allows`
    case 'vcpus':
      return `${count(limit.free, 'vCPU')} free of ${limit.asked} asked`
    case 'memory':
      return `${formatFree(limit.freeBytes)} of memory free of ${formatSize(limit.askedBytes)} asked`
  }
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

/** Free room is seldom a round number; whole mebibytes are near enough. */
export function formatFree(bytes: number): string {
  const mebibyte = 1024 * 1024
  return formatSize(Math.max(0, Math.floor(bytes / mebibyte)) * mebibyte).replace(
    /^0 bytes$/,
    '0MiB',
  )
}

/** The room that is left once a node is there. */
export function occupied(room: Room, { role, vcpus, memoryBytes }: Wanted): Room {
  return {
    ...room,
    vcpus: room.vcpus - vcpus,
    memoryBytes: room.memoryBytes - memoryBytes,
    byRole: new Map([...room.byRole, [role, (room.byRole.get(role) ?? 0) + 1]]),
  }
}

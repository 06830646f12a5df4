// Why this file exists: a node that is gone holds no address. Its lease would keep the next node that gets the address
// from the directory waiting until it ends. Pure.
import { type EntryId, idOfDelta, networkContaining, type Snapshot } from '#directory'
import type { FeedMessage } from '#feed'
import type { LeaseBook, LeaseChange, Stamp } from '#pxe'

export interface Around {
  readonly before: Snapshot | undefined
  readonly after: Snapshot
  /** The step came in parts: too much to be gone through one by one. */
  readonly isWhole: boolean
}

/** What a message of the feed ends, for book and journal. Leases of machines run on: machines outlive their entries. */
export function leasesEnded(
  message: FeedMessage,
  around: Around,
  book: LeaseBook,
  now: Stamp,
): readonly LeaseChange[] {
  if (message.kind !== 'delta') return []
  const { after } = around
  if (around.isWhole)
    return [...book.all()]
      .filter(({ address, mac }) => isOnTenantNetwork(after, address) && !after.byMac.has(mac))
      .map(({ address }) => ({ kind: 'drop', address }))
  return message.deltas.flatMap((delta) => leftBy(idOfDelta(delta), around, book, now))
}

function isOnTenantNetwork(snapshot: Snapshot, address: Parameters<typeof networkContaining>[1]) {
  return networkContaining(snapshot, address)?.vni !== undefined
}

/** Addresses that the node held before the change, and that nobody with its card has after it. */
function leftBy(
  id: EntryId,
  { before, after }: Around,
  book: LeaseBook,
  now: Stamp,
): readonly LeaseChange[] {
  const old = before?.entries.get(id)
  if (old?.kind !== 'vcn') return []
  return old.nics.flatMap(({ address, macs }): LeaseChange[] => {
    if (address === undefined) return []
    const mac = book.holder(address, now)?.mac
    if (mac === undefined || !macs.includes(mac)) return []
    return after.byMac.get(mac)?.device.id === id && after.byIp.get(address)?.device.id === id
      ? []
      : [{ kind: 'drop', address }]
  })
}

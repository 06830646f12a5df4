// Why this file exists: who holds which address is known here alone, so core asks it here, and a person who takes an address
// back from its holder has it done here.
import type { ToldLease, ToldLeases, ToldRelease, WireQuestion } from '#feed'
import {
  commit,
  elapsedMs,
  endOf,
  isLive,
  type Lease,
  type LeaseBook,
  remainingMs,
  type Stamp,
} from '#pxe'
import type { WireContext } from './context.ts'

type Leases = Pick<WireContext, 'book' | 'journal'>

/** Pure. */
export function tellLeases(
  book: LeaseBook,
  { after, most }: Extract<WireQuestion, { readonly kind: 'leases' }>,
  now: Stamp,
): ToldLeases {
  const from = after ?? -1
  const held: Held[] = []
  for (const lease of book.all()) if (lease.address > from && isHeld(lease, now)) held.push(lease)
  // As numbers, which are sorted in a tenth of the time.
  const border = Float64Array.from(held, ({ address }) => address).toSorted()[most]
  const leases = held
    .filter(({ address }) => border === undefined || address < border)
    .toSorted((one, other) => one.address - other.address)
    .map((lease) => toldLease(lease, now))
  return { subject: 'leases', leases, hasMore: border !== undefined }
}

/** As if its holder had given it back. It is not told: until it asks again it may go on using the address. */
export async function releaseLease(
  { book, journal }: Leases,
  { address, mac }: Extract<WireQuestion, { readonly kind: 'release' }>,
  now: Stamp,
): Promise<ToldRelease> {
  const held = book.holder(address, now)
  if (held === undefined) return { subject: 'release', outcome: 'nobody' }
  const lease = isHeld(held, now) ? { lease: toldLease(held, now) } : {}
  if (mac !== undefined && held.mac !== mac)
    return { subject: 'release', outcome: 'other', ...lease }
  const { kind } = await commit([endOf(held, now)], { book, journal }, now)
  const outcome = kind === 'recorded' ? 'released' : 'unrecorded'
  return { subject: 'release', outcome, ...lease }
}

type Held = Lease & { readonly state: ToldLease['state'] }

/** An offer ends within seconds, and who had an address before does not hold it. */
function isHeld(lease: Lease, now: Stamp): lease is Held {
  return (lease.state === 'bound' || lease.state === 'quarantined') && isLive(lease, now)
}

/** How long ago is known for certain; by the wall's time of now it is told when. */
function toldLease(lease: Held, now: Stamp): ToldLease {
  const { address, mac, state, source, port } = lease
  const since = now.wallMs - elapsedMs(lease.since, now)
  const ends = now.wallMs + remainingMs(lease, now)
  return { address, mac, state, source, port, since, ends }
}

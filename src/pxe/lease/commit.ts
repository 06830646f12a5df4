// Why this file exists: between the answer and the wire lies the disk, and the disk may be full (HOSTILE 32, 34).
// What may still be said then is decided here, once.
import type { Ip4 } from '#directory'
import type { LeaseBook } from './book.ts'
import type { LeaseJournal } from './journal.ts'
import { isJournaled, type Lease, type LeaseChange, remainingMs } from './lease.ts'
import type { Stamp } from './stamp.ts'

/**
 * recorded: say what was decided. unrecorded: the directory chose the address, so it may be said all the same.
 * remaining: say it, but promise only what is on disk already. silent: say nothing.
 */
export type Commitment =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'unrecorded'; readonly cause: unknown }
  | { readonly kind: 'remaining'; readonly seconds: number; readonly cause: unknown }
  | { readonly kind: 'silent'; readonly cause: unknown }

/** In the book, and not or not yet on the disk. It says something of a value, whoever holds that. */
const unrecorded = new WeakSet<Lease>()

/** The book changes at once, so that nobody else is given the address while the disk is working. */
export async function commit(
  changes: readonly LeaseChange[],
  store: { readonly book: LeaseBook; readonly journal: LeaseJournal },
  now: Stamp,
): Promise<Commitment> {
  const before = changes.map((change) => undo(change, store.book, now))
  store.book.apply(changes)
  const durable = changes.filter(isJournaled)
  if (durable.length === 0) return { kind: 'recorded' }
  const leases = durable.flatMap((change) => (change.kind === 'keep' ? [change.lease] : []))
  for (const lease of leases) unrecorded.add(lease)
  try {
    await store.journal.append(durable)
    for (const lease of leases) unrecorded.delete(lease)
    return { kind: 'recorded' }
  } catch (cause) {
    return withoutDisk(changes, { book: store.book, before, now }, cause)
  }
}

interface Aftermath {
  readonly book: LeaseBook
  readonly before: readonly LeaseChange[]
  readonly now: Stamp
}

function withoutDisk(
  changes: readonly LeaseChange[],
  { book, before, now }: Aftermath,
  cause: unknown,
): Commitment {
  const bound = changes.find((change) => change.kind === 'keep' && change.lease.state === 'bound')
  // A release or a quarantine holds in memory until the disk takes records again.
  if (bound?.kind !== 'keep') return { kind: 'unrecorded', cause }
  if (bound.lease.source === 'directory') return { kind: 'unrecorded', cause }
  // Only what is still as we left it: meanwhile another answer may have moved it on.
  if (book.holder(bound.lease.address, now) === bound.lease) book.apply(before)
  const recorded = recordedBefore(before, bound.lease)
  const seconds = recorded ? Math.floor(remainingMs(recorded, now) / 1000) : 0
  return seconds > 0 ? { kind: 'remaining', seconds, cause } : { kind: 'silent', cause }
}

function recordedBefore(before: readonly LeaseChange[], renewed: Lease): Lease | undefined {
  const old = before.find((change) => addressOf(change) === renewed.address)
  if (old?.kind !== 'keep' || old.lease.state !== 'bound') return undefined
  // The same question came twice at once, and the disk took neither: then there is nothing to go by.
  return old.lease.mac === renewed.mac && !unrecorded.has(old.lease) ? old.lease : undefined
}

/** The change that puts back what stands in the book now. */
function undo(change: LeaseChange, book: LeaseBook, now: Stamp): LeaseChange {
  const address = addressOf(change)
  const lease = book.holder(address, now)
  return lease ? { kind: 'keep', lease } : { kind: 'drop', address }
}

function addressOf(change: LeaseChange): Ip4 {
  return change.kind === 'keep' ? change.lease.address : change.address
}

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

/** Of a lease that is not or not yet on the disk, what stood before it. It says something of a value, whoever holds that. */
const unrecorded = new WeakMap<Lease, LeaseChange>()

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
  for (const [at, change] of changes.entries()) {
    const behind = before[at]
    if (change.kind === 'keep' && isJournaled(change) && behind)
      unrecorded.set(change.lease, behind)
  }
  try {
    await store.journal.append(durable)
    for (const change of durable) if (change.kind === 'keep') unrecorded.delete(change.lease)
    return { kind: 'recorded' }
  } catch (cause) {
    return withoutDisk(changes, { book: store.book, before: before.map(lastRecorded), now }, cause)
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
  const isSame =
    old?.kind === 'keep' && old.lease.state === 'bound' && old.lease.mac === renewed.mac
  return isSame ? old.lease : undefined
}

/** The same question may come twice at once, and the disk take neither: then what stood before both is put back. */
function lastRecorded(change: LeaseChange): LeaseChange {
  let last = change
  for (let next: LeaseChange | undefined = last; next !== undefined;) {
    last = next
    next = last.kind === 'keep' ? unrecorded.get(last.lease) : undefined
  }
  return last
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

// Why this file exists: every answer asks who holds an address and what a card holds; both must be one look-up,
// and what was promised must be counted, so that no flood takes more than its share.
import type { Ip4, Mac } from '#directory'
import { endOf, isJournaled, isLive, type Lease, type LeaseChange } from './lease.ts'
import { pastLeases } from './past.ts'
import { elapsedMs, isDoubtful, type Stamp } from './stamp.ts'

/** What answering may ask. It never changes anything. */
export interface LeaseView {
  /** Who keeps the address from others right now, whatever the reason. */
  holder(address: Ip4, now: Stamp): Lease | undefined
  /** Live offers and leases of a card, newest first. */
  ofMac(mac: Mac, now: Stamp): readonly Lease[]
  /** Addresses that are set aside on the word of a card. */
  declinedBy(mac: Mac, now: Stamp): number
  /** Offers and pool leases by port, for a fair share. May count some that have just ended. */
  crowd(port: string): number
  readonly offers: number
  /** Those that clients have declined. What we saw ourselves on the wire is nobody's to forge. */
  readonly quarantined: number
}

/** What it may ask beside, where an address is chosen. */
export interface LeaseMemory extends LeaseView {
  /** Addresses that the card had and that are nobody's since, newest first. */
  hadBefore(mac: Mac, now: Stamp): readonly Ip4[]
  /** Whether somebody had it before, and nobody since. */
  isRemembered(address: Ip4, now: Stamp): boolean
}

export interface LeaseBook extends LeaseMemory {
  apply(changes: readonly LeaseChange[]): void
  /** Forgets what has ended; gives the changes for the journal. HOSTILE 25. */
  sweep(now: Stamp): readonly LeaseChange[]
  all(): Iterable<Lease>
}

/** The leases with their indexes and counts, which change together or not at all. */
function leaseTable() {
  const byAddress = new Map<Ip4, Lease>()
  const byMac = new Map<Mac, readonly Ip4[]>()
  const crowds = new Map<string, number>()
  const states = { offered: 0, bound: 0, quarantined: 0, past: 0 }

  function count(lease: Lease, by: 1 | -1): void {
    const isSeen = lease.state === 'quarantined' && lease.source === 'observed'
    if (!isSeen) states[lease.state] += by
    if (lease.source !== 'pool') return
    const crowd = (crowds.get(lease.port) ?? 0) + by
    if (crowd > 0) crowds.set(lease.port, crowd)
    else crowds.delete(lease.port)
  }

  function drop(address: Ip4): void {
    const lease = byAddress.get(address)
    if (!lease) return
    byAddress.delete(address)
    count(lease, -1)
    const rest = (byMac.get(lease.mac) ?? []).filter((other) => other !== address)
    if (rest.length > 0) byMac.set(lease.mac, rest)
    else byMac.delete(lease.mac)
  }

  function keep(lease: Lease): void {
    drop(lease.address)
    byAddress.set(lease.address, lease)
    count(lease, 1)
    byMac.set(lease.mac, [lease.address, ...(byMac.get(lease.mac) ?? [])])
  }

  return { byAddress, byMac, crowds, states, keep, drop }
}

export function createLeaseBook(): LeaseBook {
  const { byAddress, byMac, crowds, states, keep, drop } = leaseTable()
  const past = pastLeases()
  return {
    holder(address, now) {
      const lease = byAddress.get(address)
      return lease && isLive(lease, now) ? lease : undefined
    },
    ofMac(mac, now) {
      return (byMac.get(mac) ?? [])
        .map((address) => byAddress.get(address))
        .filter((lease) => lease !== undefined)
        .filter((lease) => lease.state !== 'quarantined' && isLive(lease, now))
    },
    declinedBy: (mac, now) =>
      (byMac.get(mac) ?? [])
        .map((address) => byAddress.get(address))
        .filter((lease) => lease?.state === 'quarantined' && lease.source !== 'observed')
        .filter((lease) => lease && isLive(lease, now)).length,
    crowd: (port) => crowds.get(port) ?? 0,
    hadBefore: (mac, now) => past.of(mac, now),
    isRemembered: (address, now) => past.has(address, now),
    get offers() {
      return states.offered
    },
    get quarantined() {
      return states.quarantined
    },
    apply(changes) {
      for (const change of changes) {
        const address = change.kind === 'keep' ? change.lease.address : change.address
        if (change.kind === 'keep' && change.lease.state === 'offered') keep(change.lease)
        else {
          // As in the journal, which has one record of an address.
          past.forget(address)
          drop(address)
          if (change.kind === 'drop') continue
          if (change.lease.state === 'past') past.remember(change.lease)
          else keep(change.lease)
        }
      }
    },
    sweep(now) {
      const ended = [...byAddress.values()].filter((lease) => !isLive(lease, now))
      for (const { address } of ended) drop(address)
      const changes = ended
        .filter(({ state }) => state !== 'offered')
        .map((lease) => endOf(lease, now))
      this.apply(changes)
      return [...changes, ...past.sweep(now)]
    },
    all: () => byAddress.values(),
  }
}

/**
 * All that the journal should hold of what is in the book, by the wall's time of now: the next boot has nothing else to go
 * by. The book itself reckons by this boot, and stays as it is: whoever waits for the disk knows its leases by what they are.
 */
export function journaled(book: LeaseBook, now: Stamp): readonly LeaseChange[] {
  return [...book.all()]
    .map((lease) => {
      const since = { ...lease.since, wallMs: now.wallMs - elapsedMs(lease.since, now) }
      return { kind: 'keep', lease: { ...lease, since } } as const
    })
    .filter(isJournaled)
}

/** What a restart found on disk, and whether the clock can be believed. */
export interface Restored {
  readonly leases: readonly Lease[]
  /** Leases whose age nobody knows. They are kept for one whole term: too long is safe, too short is not. */
  readonly doubtful: number
}

/** HOSTILE 36: after a restart a lease has neither ended because a clock jumped nor become endless. */
export function restoreLeases(found: readonly Lease[], now: Stamp): Restored {
  let doubtful = 0
  const leases = found.map((lease) => {
    if (!isDoubtful(lease.since, now)) return { ...lease, since: ownStamp(lease.since, now) }
    if (lease.state !== 'past') doubtful += 1
    return { ...lease, since: now }
  })
  return { leases: leases.flatMap((lease) => whatIsLeft(lease, now)), doubtful }
}

/** From here on the clock may be set as it likes: only what was before this boot is reckoned by the wall's time. */
function ownStamp(since: Stamp, now: Stamp): Stamp {
  if (since.bootId === now.bootId) return since
  const elapsed = elapsedMs(since, now)
  const { wallMs, monotonicMs, bootId } = now
  return { wallMs: wallMs - elapsed, monotonicMs: monotonicMs - elapsed, bootId }
}

/** What ended while we were away is remembered as if it had ended now. */
function whatIsLeft(lease: Lease, now: Stamp): readonly Lease[] {
  if (isLive(lease, now)) return [lease]
  const end = endOf(lease, now)
  return end.kind === 'keep' ? [end.lease] : []
}

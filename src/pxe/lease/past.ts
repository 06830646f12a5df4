// Why this file exists: a client that comes back is offered the address it had (RFC 2131 §4.3.1). Who had which is no
// promise, so it is kept apart from the leases, up to a number and for a time.
import type { Ip4, Mac } from '#directory'
import { isLive, type Lease, type LeaseChange } from './lease.ts'
import type { Stamp } from './stamp.ts'

/** Of all pools together; the oldest are forgotten first. */
export const pastLeasesMax = 16_384

export interface PastLeases {
  remember(lease: Lease): void
  forget(address: Ip4): void
  of(mac: Mac, now: Stamp): readonly Ip4[]
  has(address: Ip4, now: Stamp): boolean
  /** Forgets what is too old or too much; gives the changes for the journal. */
  sweep(now: Stamp): readonly LeaseChange[]
}

export function pastLeases(): PastLeases {
  /** The oldest first: who is remembered anew goes to the end. */
  const byAddress = new Map<Ip4, Lease>()
  const byMac = new Map<Mac, readonly Ip4[]>()

  function forget(address: Ip4): void {
    const lease = byAddress.get(address)
    if (!lease) return
    byAddress.delete(address)
    const rest = (byMac.get(lease.mac) ?? []).filter((other) => other !== address)
    if (rest.length > 0) byMac.set(lease.mac, rest)
    else byMac.delete(lease.mac)
  }

  function has(address: Ip4, now: Stamp): boolean {
    const lease = byAddress.get(address)
    return lease !== undefined && isLive(lease, now)
  }

  return {
    remember(lease) {
      forget(lease.address)
      byAddress.set(lease.address, lease)
      byMac.set(lease.mac, [lease.address, ...(byMac.get(lease.mac) ?? [])])
    },
    forget,
    has,
    of: (mac, now) => (byMac.get(mac) ?? []).filter((address) => has(address, now)),
    sweep(now) {
      const tooMany = byAddress.size - pastLeasesMax
      const gone = [...byAddress.keys()].filter((address, at) => at < tooMany || !has(address, now))
      for (const address of gone) forget(address)
      return gone.map((address) => ({ kind: 'drop', address }))
    },
  }
}

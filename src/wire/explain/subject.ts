// Why this file exists: people ask by MAC, by address or by name, and mean a machine, a node of a VO, a stranger with a
// lease, or an address that nobody has. Which of them it is, is found in what wire serves. Pure.
import {
  type Found,
  type Ip4,
  type Mac,
  parseDnsName,
  parseIp4,
  parseMac,
  type Snapshot,
} from '#directory'
import type { Lease, LeaseView, Stamp } from '#pxe'

export type Subject =
  | { readonly kind: 'device'; readonly found: Found }
  /** A card that nobody has described. */
  | { readonly kind: 'stranger'; readonly mac: Mac; readonly lease?: Lease }
  /** An address that no entry and no lease has. */
  | { readonly kind: 'address'; readonly address: Ip4 }
  | { readonly kind: 'nobody' }

export interface Looking {
  readonly snapshot: Snapshot
  readonly leases: LeaseView
  readonly now: Stamp
}

export function findSubject(text: string, looking: Looking): Subject {
  const { snapshot } = looking
  const mac = parseMac(text)
  if (mac) return ofMac(mac, looking)
  const address = parseIp4(text)
  if (address !== undefined) return ofAddress(address, looking)
  const name = parseDnsName(text)
  const suffix = `.${snapshot.domain}`
  const relative = name?.endsWith(suffix) ? parseDnsName(name.slice(0, -suffix.length)) : name
  const found = relative === undefined ? undefined : snapshot.byName.get(relative)
  return found ? { kind: 'device', found } : { kind: 'nobody' }
}

function ofMac(mac: Mac, { snapshot, leases, now }: Looking): Subject {
  const found = snapshot.byMac.get(mac)
  if (found) return { kind: 'device', found }
  const [lease] = leases.ofMac(mac, now)
  return { kind: 'stranger', mac, ...(lease && { lease }) }
}

/** An entry has its address before anybody who only leases it. */
function ofAddress(address: Ip4, { snapshot, leases, now }: Looking): Subject {
  const found = snapshot.byIp.get(address)
  if (found) return { kind: 'device', found }
  const lease = leases.holder(address, now)
  if (!lease) return { kind: 'address', address }
  const holder = snapshot.byMac.get(lease.mac)
  return holder ? { kind: 'device', found: holder } : { kind: 'stranger', mac: lease.mac, lease }
}

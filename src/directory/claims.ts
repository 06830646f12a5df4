// Why this file exists: a conflict is two entries that claim one thing. What an entry claims is said here, once.
import { namesOf } from './device-names.ts'
import type { Entry, Machine, Vcn } from './entry.ts'
import { formatIp4, type Ip4 } from './ip4.ts'
import { isUnicastMac } from './mac.ts'

/** `address 10.1.0.7`: reads well in a reason, and is stored as it is, so its spelling never changes. */
export type ClaimKey = string

/** Each thing once: what a machine's own NICs and names share is no conflict. */
export function claimsOf(entry: Entry): readonly ClaimKey[] {
  switch (entry.kind) {
    case 'machine':
    case 'vcn':
      return deviceClaims(entry)
    case 'network':
      return [
        `network ${entry.name}`,
        ...(entry.vni === undefined ? [] : [`VXLAN number ${entry.vni}`]),
      ]
    case 'vo':
      return [`VO ${entry.name}`]
    case 'cluster':
      return [`cluster ${entry.vo}/${entry.name}`]
    case 'person':
      return [
        `person ${entry.uid}`,
        // Two names with one number are one account to every host.
        ...(entry.uidNumber === undefined ? [] : [`uidNumber ${entry.uidNumber}`]),
      ]
  }
}

export function addressClaim(address: Ip4): ClaimKey {
  return claim('address', formatIp4(address))
}

/** One flat text: a template would keep its parts beside it, 300,000 times. */
function claim(what: string, text: string): ClaimKey {
  return [what, text].join(' ')
}

/** A UUID is not among them: vendors ship whole batches with one, and it only stops identifying (HOSTILE 71). */
function deviceClaims(device: Machine | Vcn): readonly ClaimKey[] {
  const claims: ClaimKey[] = []
  const add = (key: ClaimKey): void => {
    if (!claims.includes(key)) claims.push(key)
  }
  for (const { macs, address } of device.nics) {
    for (const mac of macs) if (isUnicastMac(mac)) add(claim('MAC', mac))
    if (address !== undefined) add(addressClaim(address))
  }
  for (const { name } of namesOf(device)) add(claim('name', name))
  return claims
}

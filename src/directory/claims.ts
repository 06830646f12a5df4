// Why this file exists: a conflict is two entries that claim one thing. What an entry claims is said here, once.
import { eachName } from './device-names.ts'
import type { Entry, Machine, Nic, Vcn } from './entry.ts'
import { formatIp4, type Ip4 } from './ip4.ts'
import { isUnicastMac } from './mac.ts'
import { hashOf, hashOfPart } from './slots.ts'

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

/** The same of a machine that has one MAC, one address and one name. */
export function soleClaims(mac: string, address: Ip4, name: string): readonly ClaimKey[] {
  return [claim('MAC', mac), addressClaim(address), claim('name', name)]
}

/** The hash of each, in the same order. Of nearly all devices it is known without a text for each. */
export function claimHashesOf(entry: Entry): readonly number[] {
  const device = entry.kind === 'machine' || entry.kind === 'vcn' ? entry : undefined
  const only = device === undefined || device.aliases.length > 0 ? undefined : soleCardOf(device)
  if (device === undefined || only === undefined) return claimsOf(entry).map(hashOf)
  const hashes: number[] = []
  const [mac] = only.macs
  if (mac !== undefined && isUnicastMac(mac)) hashes.push(hashBehind(hashBefore.mac, mac))
  if (only.address !== undefined)
    hashes.push(hashBehind(hashBefore.address, formatIp4(only.address)))
  hashes.push(hashBehind(hashBefore.name, device.name))
  return hashes
}

/** The card of a device that has one, without a name of its own and with one MAC at most. */
function soleCardOf({ nics }: Machine | Vcn): Nic | undefined {
  const [only, second] = nics
  return second === undefined && only?.label === undefined && (only?.macs.length ?? 2) < 2
    ? only
    : undefined
}

function hashBehind(before: number, text: string): number {
  return hashOfPart(text, 0, text.length, before)
}

/** Of what stands before each in its claim. */
export const hashBefore = {
  mac: hashOf('MAC '),
  address: hashOf('address '),
  name: hashOf('name '),
} as const

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
  eachName(device, (name) => add(claim('name', name)))
  return claims
}

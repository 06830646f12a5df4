// Why this file exists: which keys of a device lead to it, and to which of its cards, is said once for each index.
import type { Device } from './at-rest.ts'
import type { Machine } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import { isUnicastMac, type Mac } from './mac.ts'
import { type MachineLists, Soles } from './machine-lists.ts'
import { identifiesNobody, type Uuid } from './uuid.ts'

/** Told of each key of a device and of the card that it leads to; of a key that comes twice the first counts. */
export type TakeKey<K> = (key: K, nicIndex: number) => void

export function macsOf({ nics }: Device, take: TakeKey<Mac>): void {
  for (let at = 0; at < nics.length; at += 1)
    for (const mac of nics[at]?.macs ?? []) if (isUnicastMac(mac)) take(mac, at)
}

export function addressesOf({ nics }: Device, take: TakeKey<Ip4>): void {
  for (let at = 0; at < nics.length; at += 1) {
    const address = nics[at]?.address
    if (address !== undefined) take(address, at)
  }
}

/** Those that identify somebody. */
export function uuidOf({ uuid }: Machine): Uuid | undefined {
  return uuid === undefined || identifiesNobody(uuid) ? undefined : uuid
}

export function portOf({ port }: Machine): string | undefined {
  return port
}

export function solesByUuid(claims: MachineLists<Uuid>): Soles<Uuid> {
  return new Soles(claims, () => true)
}

export function solesByPort(claims: MachineLists<string>): Soles<string> {
  return new Soles(claims, (machine) => !hasMac(machine))
}

export function hasMac(machine: Machine): boolean {
  return machine.nics.some((nic) => nic.macs.length > 0)
}

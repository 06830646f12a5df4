// Why this file exists: which keys of a device lead to it, and to which of its cards, is said once for each index.
import type { Device } from './at-rest.ts'
import { namesOf } from './device-names.ts'
import type { Machine } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import { isUnicastMac, type Mac } from './mac.ts'
import { type MachineLists, Soles } from './machine-lists.ts'
import type { DnsName } from './name.ts'
import { identifiesNobody, type Uuid } from './uuid.ts'

export function macsOf({ nics }: Device): readonly (readonly [Mac, number])[] {
  return nics.flatMap(({ macs }, at) => macs.filter(isUnicastMac).map((mac) => [mac, at] as const))
}

export function addressesOf({ nics }: Device): readonly (readonly [Ip4, number])[] {
  return nics.flatMap(({ address }, at) => (address === undefined ? [] : [[address, at] as const]))
}

export function namesIn(device: Device): readonly (readonly [DnsName, number])[] {
  return namesOf(device).map(({ name, nicIndex }) => [name, nicIndex] as const)
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

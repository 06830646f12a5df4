// Why this file exists: DNS, conflicts and the snapshot must agree on which names a device has, to the letter.
import type { Machine, Vcn } from './entry.ts'
import { type DnsName, joinName, parseDnsName } from './name.ts'

export interface DeviceName {
  readonly name: DnsName
  readonly nicIndex: number
}

/** Canonical name first, then aliases, then `eth1.n001` for each child NIC; relative to the domain. */
export function namesOf(device: Machine | Vcn): readonly DeviceName[] {
  const names: DeviceName[] = [{ name: device.name, nicIndex: 0 }]
  for (const name of device.aliases) names.push({ name, nicIndex: 0 })
  for (const [nicIndex, { label }] of device.nics.entries()) {
    const name = label === undefined ? undefined : joinName(label, device.name)
    if (name !== undefined) names.push({ name, nicIndex })
  }
  return names
}

/** `hpl.physics` and `physics` for `compute3.hpl.physics`. */
export function properSuffixes(name: DnsName): readonly DnsName[] {
  if (!name.includes('.')) return []
  const labels = name.split('.')
  return labels.slice(1).flatMap((_, at) => parseDnsName(labels.slice(at + 1).join('.')) ?? [])
}

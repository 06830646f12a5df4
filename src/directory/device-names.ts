// Why this file exists: DNS, conflicts and the snapshot must agree on which names a device has, to the letter.
import type { Machine, Vcn } from './entry.ts'
import { type DnsName, joinName, parseDnsName } from './name.ts'

export interface DeviceName {
  readonly name: DnsName
  readonly nicIndex: number
}

/** Canonical name first, then aliases, then `eth1.n001` for each child NIC; relative to the domain. */
export function namesOf(device: Machine | Vcn): readonly DeviceName[] {
  const own = [device.name, ...device.aliases].map((name) => ({ name, nicIndex: 0 }))
  const children = device.nics.flatMap((nic, nicIndex) => {
    const name = nic.label === undefined ? undefined : joinName(nic.label, device.name)
    return name === undefined ? [] : [{ name, nicIndex }]
  })
  return [...own, ...children]
}

/** `hpl.physics` and `physics` for `compute3.hpl.physics`. */
export function properSuffixes(name: DnsName): readonly DnsName[] {
  const labels = name.split('.')
  return labels.slice(1).flatMap((_, at) => parseDnsName(labels.slice(at + 1).join('.')) ?? [])
}

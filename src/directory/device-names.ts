// Why this file exists: DNS, conflicts and the snapshot must agree on which names a device has, to the letter.
import type { Machine, Vcn } from './entry.ts'
import { type DnsName, joinName, parseDnsName } from './name.ts'

export interface DeviceName {
  readonly name: DnsName
  readonly nicIndex: number
}

/** Canonical name first, then aliases, then `eth1.n001` for each child NIC; relative to the domain. */
export function namesOf(device: Machine | Vcn): readonly DeviceName[] {
  const names: DeviceName[] = []
  eachName(device, (name, nicIndex) => names.push({ name, nicIndex }))
  return names
}

/** The same without a list. */
export function eachName(
  { name, aliases, nics }: Machine | Vcn,
  take: (name: DnsName, nicIndex: number) => void,
): void {
  take(name, 0)
  for (const alias of aliases) take(alias, 0)
  for (let at = 0; at < nics.length; at += 1) {
    const label = nics[at]?.label
    const full = label === undefined ? undefined : joinName(label, name)
    if (full !== undefined) take(full, at)
  }
}

/** `hpl.physics` and `physics` for `compute3.hpl.physics`. */
export function properSuffixes(name: DnsName): readonly DnsName[] {
  if (!name.includes('.')) return []
  const labels = name.split('.')
  return labels.slice(1).flatMap((_, at) => parseDnsName(labels.slice(at + 1).join('.')) ?? [])
}

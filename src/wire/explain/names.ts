// Why this file exists: what DNS says of a machine, forward and back, at the place where that machine asks.
import { type Machine, type Network, networkForNic, type Vcn } from '#directory'
import { explainDns, reverseName, type ZoneView } from '#dns'
import type { Fact } from '#feed'
import { type Explaining, snapshotOf } from './explaining.ts'

const anyName = 'a-name-that-nobody-has'

/** What DNS says of it, and that what is not there is told as such. */
export function nameFacts(device: Machine | Vcn, explaining: Explaining): readonly Fact[] {
  const [nic] = device.nics
  const network = nic && networkForNic(snapshotOf(explaining), device, nic)
  const zone = zoneFor(network, explaining)
  if (!zone) return [{ topic: 'dns', text: 'nothing: DNS is off there', rule: 'off' }]
  const { view } = zone
  const { domain } = view.snapshot
  const full = (name: string): string => `${name}.${domain}`
  const labelled = device.nics
    .flatMap(({ label }) => label ?? [])
    .map((label) => full(`${label}.${device.name}`))
  const names = [full(device.name), ...device.aliases.map(full), ...labelled]
  const addresses = device.nics.flatMap(({ address }) => address ?? [])
  return [
    ...names.map((name) => explainDns(name, 'a', zone)),
    ...addresses.map((address) => explainDns(reverseName(address), 'ptr', zone)),
    explainDns(full(device.name), 'aaaa', zone),
    explainDns(full(`${anyName}.${device.name}`), 'a', zone),
  ]
}

export function zoneFor(network: Network | undefined, explaining: Explaining) {
  const vni = network?.vni
  const end = explaining.ends.find((one) => one.vni === vni) ?? explaining.ends[0]
  const served = end?.zone?.()
  if (!end || !served) return undefined
  const { instead } = explaining
  const view: ZoneView =
    instead && end.vni === undefined ? { ...served, snapshot: instead } : served
  return { view, forwarding: end.forwarding }
}

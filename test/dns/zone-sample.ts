// Why this file exists: tests of DNS ask about one small directory: machines, a VCN, an alias, and networks whose
// prefixes fall on, before and behind the borders of octets.
import { applyDeltas, emptySnapshot, type Entry, type Snapshot } from '#directory'
import type { ZoneView } from '#dns'
import { domain, id, ip, label, machine, name, network, vcn } from '../directory/samples.ts'

export const serial = 1_788_000_000
export const applianceAddress = '10.77.0.1'

const entries: readonly Entry[] = [
  network(1, '10.77.0.0/24'),
  network(2, '10.80.0.0/20'),
  network(3, '10.90.0.0/22'),
  network(4, '10.100.0.0/16'),
  network(5, '192.168.5.16/28'),
  machine(11, { address: '10.77.0.11', aliases: [name('www')] }),
  machine(12),
  machine(13, {
    address: '10.77.0.13',
    children: [{ id: id(130), label: label('eth1'), macs: [], address: ip('10.100.7.13') }],
  }),
  machine(14, { address: '10.80.14.200' }),
  machine(15, { address: '10.90.3.15' }),
  machine(16, { address: '192.168.5.18' }),
  vcn(21, { nics: [{ id: id(21), macs: [], address: ip('10.80.2.21') }] }),
]

export const snapshot: Snapshot = applyDeltas(
  emptySnapshot(domain),
  entries.map((entry) => ({ kind: 'put', entry })),
)

export const view: ZoneView = { snapshot, applianceAddresses: [ip(applianceAddress)], serial }

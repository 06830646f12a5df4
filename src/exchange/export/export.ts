// Why this file exists: the one way out: a snapshot as the file of another program, piece by piece.
import type { Snapshot } from '#directory'
import { csvLines } from './csv.ts'
import { dhcpdLines } from './dhcpd.ts'
import { dnsmasqLines } from './dnsmasq.ts'
import { ethersLines, hostsLines } from './hosts.ts'
import { chunksOf } from './text.ts'
import { type ZoneFacts, zoneLines } from './zone.ts'

/** What needs nothing but the snapshot. */
export const fileFormats = ['hosts', 'ethers', 'csv', 'dhcpd', 'dnsmasq'] as const
export type FileFormat = (typeof fileFormats)[number]

const writers: Readonly<Record<FileFormat, (snapshot: Snapshot) => Iterable<string>>> = {
  hosts: hostsLines,
  ethers: ethersLines,
  csv: csvLines,
  dhcpd: dhcpdLines,
  dnsmasq: dnsmasqLines,
}

/** The same directory gives the same bytes: no number, no time. */
export function exportFile(snapshot: Snapshot, format: FileFormat): Generator<string> {
  return chunksOf(writers[format](snapshot))
}

/** With its serial, which is what a secondary compares. `undefined`: there is no such zone. */
export function exportZone(
  snapshot: Snapshot,
  zone: string,
  facts: ZoneFacts,
): Generator<string> | undefined {
  const lines = zoneLines(snapshot, zone, facts)
  return lines && chunksOf(lines)
}

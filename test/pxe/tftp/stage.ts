// Why this file exists: a TFTP server on a network in memory, with boot files in memory, for the tests beside it.
import type { TransferSighting } from '#feed'
import type { BootFiles } from '../../../src/pxe/files/boot-files.ts'
import { TftpServer } from '../../../src/pxe/tftp/server.ts'
import { calm, LossyNetwork, type Weather } from './lossy-network.ts'

export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >>> 8)) & 255)
}

export function filesOf(contents: Readonly<Record<string, Uint8Array>>): BootFiles {
  const map = new Map(
    Object.entries(contents).map(([name, bytes]) => [name, { name, bytes, digest: '' }]),
  )
  return { find: (name) => map.get(name) }
}

export function stage(
  contents: Readonly<Record<string, Uint8Array>>,
  options: { readonly weather?: Weather; readonly sessionsMax?: number } = {},
) {
  const network = new LossyNetwork(options.weather ?? calm)
  const sightings: TransferSighting[] = []
  const server = new TftpServer({
    port: network.port('10.0.0.1', 69),
    openTransferPort: () => Promise.resolve(network.port('10.0.0.1')),
    files: filesOf(contents),
    clock: {
      now: () => network.now,
      wall: () => 1_700_000_000_000 + network.now,
      every: (millis, call) => network.every(millis, call),
    },
    onTransfer: (sighting) => sightings.push(sighting),
    ...(options.sessionsMax === undefined ? {} : { sessionsMax: options.sessionsMax }),
  })
  return { network, server, sightings }
}

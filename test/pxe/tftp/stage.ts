// Why this file exists: a TFTP server on a network in memory, with boot files in memory, for the tests beside it.
import type { TransferSighting } from '#feed'
import type { BootFiles, DiskFile } from '../../../src/pxe/files/boot-files.ts'
import { TftpServer } from '../../../src/pxe/tftp/server.ts'
import { calm, LossyNetwork, type Weather } from './lossy-network.ts'

export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >>> 8)) & 255)
}

export function filesOf(contents: Readonly<Record<string, Uint8Array>>): BootFiles {
  const map = new Map(
    Object.entries(contents).map(([name, bytes]) => [
      name,
      { kind: 'held', name, bytes, digest: `tag of ${name}` } as const,
    ]),
  )
  return { find: (name) => map.get(name) }
}

function onDisk(name: string): DiskFile {
  const open = () => Promise.reject(new Error('nobody should open it'))
  return { kind: 'disk', name, size: 10, digest: 'disk', open }
}

export function stage(
  contents: Readonly<Record<string, Uint8Array>>,
  options: {
    readonly weather?: Weather
    readonly sessionsMax?: number
    /** The name of a file that is not in memory. */
    readonly onDisk?: string
  } = {},
) {
  const held = filesOf(contents)
  const network = new LossyNetwork(options.weather ?? calm)
  const sightings: TransferSighting[] = []
  const server = new TftpServer({
    port: network.port('10.0.0.1', 69),
    openTransferPort: () => Promise.resolve(network.port('10.0.0.1')),
    files: { find: (name) => (name === options.onDisk ? onDisk(name) : held.find(name)) },
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

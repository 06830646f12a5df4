// Why this file exists: packets of real clients and servers are where bending begins.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFrames, type Transport, udpPayloads } from '../pcap.ts'

const vectors = join(import.meta.dirname, '../vectors')

export function captureNames(folder: string): string[] {
  return readdirSync(join(vectors, folder))
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => join(vectors, folder, name))
}

/** Payloads of every capture in the folders, as copies: what is bent must not bend its neighbours. */
export function captured(
  folders: readonly string[],
  isWanted: (transport: Transport) => boolean,
): Uint8Array[] {
  return folders
    .flatMap(captureNames)
    .flatMap((path) => udpPayloads(readFrames(readFileSync(path))))
    .filter((transport) => transport.payload.length > 0 && isWanted(transport))
    .map(({ payload }) => new Uint8Array(payload))
}

export function isOfPort(...ports: readonly number[]): (transport: Transport) => boolean {
  return ({ sourcePort, targetPort }) => ports.includes(sourcePort) || ports.includes(targetPort)
}

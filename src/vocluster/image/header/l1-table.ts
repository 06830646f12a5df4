// Why this file exists: a file that was cut off before it came to us still has a good header; its L1 table, though, points
// behind its end. The table is read in pieces, whatever length the header claims.
import type { Qcow2Facts } from './inspect.ts'
import { headerFault, type Refusal } from './refusal.ts'

export const l1EntryBytes = 8

/** Bits 9 to 55 are the offset of an L2 table; 0 means that there is none yet. */
const offsetMask = 0x00ff_ffff_ffff_fe00n

export interface L1Piece {
  readonly bytes: Uint8Array
  readonly firstEntry: number
}

export function checkL1Piece(piece: L1Piece, facts: Qcow2Facts, fileBytes: number) {
  const { bytes, firstEntry } = piece
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const clusterMask = (1n << BigInt(facts.clusterBits)) - 1n
  for (let at = 0; at + l1EntryBytes <= bytes.length; at += l1EntryBytes) {
    const offset = view.getBigUint64(at) & offsetMask
    const where = `entry ${firstEntry + at / l1EntryBytes}`
    if ((offset & clusterMask) !== 0n) return fault(`${where} is no start of a cluster`)
    if (offset >= BigInt(fileBytes)) return fault(`${where} points behind the end of the file`)
  }
  return undefined
}

function fault(why: string): Refusal {
  return headerFault('L1 table', why)
}

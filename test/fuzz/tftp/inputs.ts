// Why this file exists: TFTP as nobody would speak it: packets of every kind with options of every sort, and real ones that
// are bent.
import { opcode, strings } from '../../conformance/harness/tftp-client.ts'
import { captured } from '../captured.ts'
import { bent, datagramBends } from '../mutate.ts'
import { below, pick } from '../random.ts'
import { askedNames } from '../served-files.ts'

const corpus = captured(
  ['tftp', 'boot'],
  ({ sourcePort, targetPort, payload }) =>
    targetPort === 69 || (sourcePort > 1_024 && targetPort > 1_024 && payload.length >= 4),
)
const bending = { corpus, bends: datagramBends }

const options = ['blksize', 'BLKSIZE', 'tsize', 'timeout', 'windowsize', 'multicast', 'x', '']
const values = ['0', '1', '7', '8', '512', '1428', '1429', '65464', '65535', '-1', '1e3', '٣', '']
const modes = ['octet', 'octet', 'octet', 'OCTET', 'netascii', 'mail', '']
const optionsMax = 4
/** Near the beginning, and where numbers wrap. */
const blocks = [0, 0, 1, 1, 2, 3, 4, 5, 8, 49, 50, 136, 137, 138, 32_768, 65_535]

function request(random: () => number): Uint8Array {
  const pairs = Array.from({ length: below(random, optionsMax) }, () => [
    pick(random, options),
    pick(random, values),
  ])
  const kind = random() < 0.95 ? opcode.read : opcode.write
  return strings(kind, [pick(random, askedNames), pick(random, modes), ...pairs.flat()])
}

function numbered(kind: number, number: number, more = ''): Uint8Array {
  const head = Uint8Array.of(0, kind, (number >>> 8) & 255, number & 255)
  return Buffer.concat([head, Buffer.from(more, 'latin1')])
}

function structured(random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.45) return request(random)
  if (kind < 0.85) return numbered(opcode.ack, pick(random, blocks))
  if (kind < 0.9) return numbered(opcode.error, below(random, 12), 'stop\0')
  return kind < 0.95
    ? numbered(opcode.data, 1, 'abc')
    : strings(opcode.optionsAck, ['blksize', '512'])
}

export function makeTftp(random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.5) return new Uint8Array(structured(random))
  const base = kind < 0.75 ? new Uint8Array(structured(random)) : pick(random, corpus)
  return bent(base, random, bending)
}

// Why this file exists: bent TFTP goes through all of the server but its sockets: requests to port 69, and whatever comes to
// the ports of transfers, from their clients and from strangers.
import assert from 'node:assert/strict'
import { TftpServer } from '#pxe'
import { encodePacket, parsePacket } from '../../../src/pxe/tftp/packet.ts'
import { below, pick } from '../random.ts'
import { servedFiles } from '../served-files.ts'
import type { Round, Target } from '../target.ts'
import { makeTftp } from './inputs.ts'
import { MemoryPorts } from './memory-ports.ts'
import { answersMax, judgeTftp } from './oracle.ts'

const serverPort = 69
const clients = 6
const sessionsMax = 4
/** A port is given by promises. */
const promiseTurnsMax = 6

async function round(): Promise<Round> {
  const ports = new MemoryPorts()
  const files = await servedFiles()
  let now = 0
  const ticks = new Set<() => void>()
  const server = new TftpServer({
    port: ports.open(serverPort),
    openTransferPort: () => Promise.resolve(ports.open()),
    files,
    clock: {
      now: () => now,
      wall: () => now,
      every: (_, call) => {
        ticks.add(call)
        return () => ticks.delete(call)
      },
    },
    onTransfer: ({ file, why }) => assert.match(`${file}${why}`, /^[\x20-\x7e…]+$/),
    sessionsMax,
  })
  const askers = new Set<string>()
  return {
    async hear(bytes, random) {
      ports.sent.length = 0
      now += below(random, 40)
      const from = { address: '10.77.0.50', port: 2_000 + below(random, clients) }
      askers.add(`${from.address}:${from.port}`)
      const isNew = ports.transfers.length === 0 || random() < 0.5
      ports.deliver(isNew ? serverPort : pick(random, ports.transfers), bytes, from)
      for (let turn = 0; turn < promiseTurnsMax; turn += 1) await Promise.resolve()
      assert.ok(ports.sent.length <= answersMax, `${ports.sent.length} packets for one`)
      if (random() < 0.2) for (const tick of ticks) tick()
      for (const sent of ports.sent) judgeTftp(sent, askers)
      assert.ok(server.sessionCount <= sessionsMax)
      return verdictOf(bytes, ports.sent.length)
    },
    close: () => server.close(),
  }
}

function verdictOf(bytes: Uint8Array, answers: number) {
  const parsed = parsePacket(bytes)
  if (!parsed.ok) {
    assert.match(parsed.refusal.why, /\w/)
    return 'refused'
  }
  // An OACK that agrees to nothing is not said at all.
  const isSayable = parsed.value.kind !== 'options-ack' || parsed.value.options.length > 0
  const again = isSayable ? parsePacket(encodePacket(parsed.value)) : parsed
  assert.deepEqual(again, parsed, 'what was understood means the same when it is said again')
  return answers > 0 ? 'answered' : 'silent'
}

export const tftpTarget: Target = { name: 'tftp', make: makeTftp, round }

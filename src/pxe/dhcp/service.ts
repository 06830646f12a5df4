// Why this file exists: what happens to a packet from the socket to the socket, and what happens by itself in between.
// Sockets, clock, disk and log come in as arguments.
import type { Network } from '#directory'
import type { Sighting } from '#feed'
import { clockJumpMs } from '../lease/stamp.ts'
import { AlarmGate } from './alarm-gate.ts'
import { decide, type Deciding, ownAlarm, type Raise } from './decide.ts'
import { decodeDhcp } from './decode.ts'
import type { Destination } from './destination.ts'
import { encodeDhcp, replyBuffer } from './encode.ts'
import { type DhcpMessage, explainRefusal } from './message.ts'
import { alarmOf, logLine, sightingOf } from './outcome.ts'
import { poolRounds } from './pool-rounds.ts'
import { PoolWatch } from './pool-watch.ts'
import type { Arrival } from './world.ts'

/** Packets that wait for the disk or for a probe. More are dropped: their clients ask again. */
const inFlightMax = 2_000

export interface DhcpServiceParts extends Omit<Deciding, 'watch' | 'raise'> {
  /** Whether a network lies on one of our own wires. */
  readonly isNear: (network: Network) => boolean
  /** The bytes are the service's own: whoever sends later copies them first. */
  readonly send: (bytes: Uint8Array, destination: Destination, arrival: Arrival) => void
  readonly sight: (sighting: Sighting) => void
  readonly log: (line: string) => void
}

export interface DhcpService {
  /** Settles when the packet is dealt with; rejects only for a bug. */
  receive(bytes: Uint8Array, arrival: Arrival): Promise<void>
  /** To be called every few seconds: forgets what has ended, and notices a clock that was set. */
  tick(): Promise<void>
  readonly counts: Readonly<Record<'received' | 'answered' | 'refused' | 'dropped', number>>
}

export function createDhcpService(parts: DhcpServiceParts): DhcpService {
  const counts = { received: 0, answered: 0, refused: 0, dropped: 0 }
  const raise = alarmsOf(parts)
  const deciding: Deciding = { ...parts, raise, watch: new PoolWatch() }
  const watchPools = poolRounds(deciding, parts.isNear)
  const buffer = replyBuffer()
  let inFlight = 0
  let lastTick = parts.clock()

  async function deal(message: DhcpMessage, arrival: Arrival): Promise<void> {
    const outcome = await decide(message, arrival, deciding)
    if (outcome.send) {
      const length = encodeDhcp(outcome.send.reply, buffer)
      parts.send(buffer.subarray(0, length), outcome.send.destination, arrival)
      counts.answered += 1
    }
    const transaction = { message, arrival, outcome, wallMs: parts.clock().wallMs }
    parts.log(logLine(transaction))
    parts.sight(sightingOf(transaction))
    raise(alarmOf(transaction))
  }

  return {
    counts,
    async receive(bytes, arrival) {
      counts.received += 1
      if (inFlight >= inFlightMax) {
        counts.dropped += 1
        return
      }
      const decoded = decodeDhcp(bytes)
      if (!decoded.ok) {
        counts.refused += 1
        parts.log(`refused on ${arrival.interfaceName}: ${explainRefusal(decoded.refusal)}`)
        return
      }
      inFlight += 1
      try {
        await deal(decoded.value, arrival)
      } finally {
        inFlight -= 1
      }
    },
    async tick() {
      const now = parts.clock()
      const jump = clockJumpMs(lastTick, now)
      if (jump !== 0) raise(ownAlarm(now, 'CPC-DHCP-009', `by ${Math.round(jump / 1000)} s`))
      lastTick = now
      const ended = parts.book.sweep(now)
      try {
        if (ended.length > 0) await parts.journal.append(ended)
      } catch (cause) {
        raise(ownAlarm(now, 'CPC-DHCP-006', String(cause)))
      }
      await watchPools()
    },
  }
}

function alarmsOf(parts: DhcpServiceParts): Raise {
  const gate = new AlarmGate()
  return (alarm) => {
    if (alarm && gate.admits(alarm, parts.clock().monotonicMs)) parts.sight(alarm)
  }
}

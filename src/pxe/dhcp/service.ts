// Why this file exists: what happens to a packet from the socket to the socket, and what happens by itself in between.
// Sockets, clock, disk and log come in as arguments.
import { formatIp4, type Ip4, type Network, type Snapshot } from '#directory'
import type { Sighting } from '#feed'
import { journaled, type LeaseBook } from '../lease/book.ts'
import { clockJumpMs, type Stamp } from '../lease/stamp.ts'
import { AlarmGate } from './alarm-gate.ts'
import { answer } from './answer.ts'
import { decide, type Deciding, ownAlarm, type Raise, worldNow } from './decide.ts'
import { decodeDhcp } from './decode.ts'
import type { Destination } from './destination.ts'
import type { Judgement } from '../explain/explain-dhcp.ts'
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
  /** One more of it, by name: `dhcp described`. */
  readonly count: (what: string) => void
  readonly sight: (sighting: Sighting) => void
  readonly log: (line: string) => void
  /** Absent: one of its own. */
  readonly watch?: PoolWatch
}

export interface DhcpService {
  /** Settles when the packet is dealt with; rejects only for a bug. */
  receive(bytes: Uint8Array, arrival: Arrival): Promise<void>
  /** To be called every few seconds: forgets what has ended, and notices a clock that was set. */
  tick(): Promise<void>
  /** What would happen to the packet now. Nothing does: no lease is made, no address taken, nothing counted or told. */
  judge(bytes: Uint8Array, arrival: Arrival, instead?: Snapshot): Judgement
  readonly counts: Readonly<Record<'received' | 'answered' | 'refused' | 'dropped', number>>
}

export function createDhcpService(parts: DhcpServiceParts): DhcpService {
  const counts = { received: 0, answered: 0, refused: 0, dropped: 0 }
  const raise = alarmsOf(parts)
  const deciding: Deciding = { ...parts, raise, watch: parts.watch ?? new PoolWatch() }
  const tellOfServer = strangeServers(parts)
  const watchTime = timeRounds(parts, raise)
  const watchPools = poolRounds(deciding, parts.isNear)
  const buffer = replyBuffer()
  let inFlight = 0

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
    parts.count(`dhcp ${outcome.why.rule}`)
    if (outcome.stranger === undefined) raise(alarmOf(transaction))
    else await tellOfServer(outcome.stranger)
  }

  return {
    counts,
    async receive(bytes, arrival) {
      counts.received += 1
      if (inFlight >= inFlightMax) {
        counts.dropped += 1
        parts.count('dhcp dropped')
        return
      }
      const decoded = decodeDhcp(bytes)
      if (!decoded.ok) {
        counts.refused += 1
        parts.count(`dhcp refused ${decoded.refusal.kind}`)
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
      await watchTime()
      await watchPools()
    },
    judge: judgeBy(deciding),
  }
}

function judgeBy(deciding: Deciding): DhcpService['judge'] {
  return (bytes, arrival, instead) => {
    const decoded = decodeDhcp(bytes)
    if (!decoded.ok) return decoded
    const world = worldNow(deciding)
    const snapshot = instead ?? world.snapshot
    return { ok: true, outcome: answer(decoded.value, arrival, { ...world, snapshot }) }
  }
}

/** Notices a clock that was set, and forgets what has ended. */
function timeRounds(parts: DhcpServiceParts, raise: Raise): () => Promise<void> {
  let last = parts.clock()
  /** When all of the journal was last written by one time. Never in this life: some may be of an earlier boot. */
  let written: Stamp | undefined
  return async () => {
    const now = parts.clock()
    const jump = clockJumpMs(last, now)
    if (jump !== 0) raise(ownAlarm(now, 'CPC-DHCP-009', `by ${Math.round(jump / 1000)} s`))
    last = now
    const isStale = written === undefined || isOfAnotherTime(parts.book, written, now)
    const changes = [...parts.book.sweep(now), ...(isStale ? journaled(parts.book, now) : [])]
    try {
      if (changes.length > 0) await parts.journal.append(changes)
      if (isStale) written = now
    } catch (cause) {
      raise(ownAlarm(now, 'CPC-DHCP-006', String(cause)))
    }
  }
}

/** Whether some of the journal reckons by another time than now's: also by one that was set and set back between two rounds. */
function isOfAnotherTime(book: LeaseBook, written: Stamp, now: Stamp): boolean {
  if (clockJumpMs(written, now) !== 0) return true
  for (const { since } of book.all()) {
    const isWrittenSince = since.monotonicMs >= written.monotonicMs
    if (isWrittenSince && clockJumpMs(since, now) !== 0) return true
  }
  return false
}

/** HOSTILE 10: its card is asked for once a minute, not once for each machine that it lures. */
function strangeServers(parts: DhcpServiceParts): (server: Ip4) => Promise<void> {
  const gate = new AlarmGate()
  return async (server) => {
    const now = parts.clock()
    const what = `another DHCP server, ${formatIp4(server)}`
    if (!gate.admits(ownAlarm(now, 'CPC-DHCP-001', what), now.monotonicMs)) return
    const mac = (await parts.whoAnswers([server])).get(server)
    const known = mac && parts.world().snapshot.byMac.get(mac)?.device
    const port = known?.kind === 'machine' ? known.port : undefined
    const why = [
      what,
      mac === undefined ? ', whose card is not known' : ` with card ${mac}`,
      known === undefined ? '' : `, which is ${known.name}`,
      port === undefined ? '' : ` at port ${port}`,
    ]
    parts.sight({ ...ownAlarm(now, 'CPC-DHCP-001', why.join(''), mac), address: server })
  }
}

function alarmsOf(parts: DhcpServiceParts): Raise {
  const gate = new AlarmGate()
  return (alarm) => {
    if (alarm && gate.admits(alarm, parts.clock().monotonicMs)) parts.sight(alarm)
  }
}

// Why this file exists: the order of things around an answer: the book first, so that no other packet is given the
// same address; then the disk; then the wire. Sockets, clock, disk and log come in as arguments.
import { formatIp4, type Ip4 } from '#directory'
import type { FaultCode } from '#fault'
import type { AlarmSighting, Sighting } from '#feed'
import type { LeaseBook } from '../lease/book.ts'
import { commit, type Commitment } from '../lease/commit.ts'
import type { LeaseJournal } from '../lease/journal.ts'
import { clockJumpMs, type Stamp } from '../lease/stamp.ts'
import { AlarmGate } from './alarm-gate.ts'
import { answer } from './answer.ts'
import { decodeDhcp } from './decode.ts'
import type { Destination } from './destination.ts'
import { quarantineOf } from './give-back.ts'
import { encodeDhcp, replyBuffer } from './encode.ts'
import { type DhcpMessage, explainRefusal } from './message.ts'
import { alarmOf, logLine, type Outcome, shortened, sightingOf } from './outcome.ts'
import type { Arrival, DhcpWorld } from './world.ts'

/** Packets that wait for the disk or for a probe. More are dropped: their clients ask again. */
const inFlightMax = 2_000
/** Strangers found on one client's way to an address. */
const probesPerOfferMax = 3

export interface DhcpServiceParts {
  readonly book: LeaseBook
  readonly journal: LeaseJournal
  readonly clock: () => Stamp
  /** As it is now: each packet is answered from the newest. */
  readonly world: () => Pick<DhcpWorld, 'snapshot' | 'settings' | 'nextBoot' | 'isHeld'>
  /** Whether somebody answers at the address. MUST settle within its own deadline. */
  readonly isInUse: (address: Ip4, interfaceName: string) => Promise<boolean>
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
  const decide = decider(parts, raise)
  const buffer = replyBuffer()
  let inFlight = 0
  let lastTick = parts.clock()

  async function deal(message: DhcpMessage, arrival: Arrival): Promise<void> {
    const outcome = await decide(message, arrival)
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
      if (ended.length === 0) return
      try {
        await parts.journal.append(ended)
      } catch (cause) {
        raise(ownAlarm(now, 'CPC-DHCP-006', String(cause)))
      }
    },
  }
}

type Raise = (alarm: AlarmSighting | undefined) => void

function alarmsOf(parts: DhcpServiceParts): Raise {
  const gate = new AlarmGate()
  return (alarm) => {
    if (alarm && gate.admits(alarm, parts.clock().monotonicMs)) parts.sight(alarm)
  }
}

function ownAlarm(now: Stamp, code: FaultCode, why: string): AlarmSighting {
  return { kind: 'alarm', at: now.wallMs, code, why }
}

/** Answers, records, and probes what has never been given out, until one address is nobody's. */
function decider(parts: DhcpServiceParts, raise: Raise) {
  return async (message: DhcpMessage, arrival: Arrival): Promise<Outcome> => {
    for (let probes = 0; ; probes += 1) {
      const world = { ...parts.world(), leases: parts.book, now: parts.clock() }
      const outcome = answer(message, arrival, world)
      const committed = await commit(outcome.changes, parts, world.now)
      if (committed.kind !== 'recorded')
        raise(ownAlarm(world.now, 'CPC-DHCP-006', String(committed.cause)))
      const { probe } = outcome
      if (probe === undefined || probes >= probesPerOfferMax) return asCommitted(outcome, committed)
      if (!(await parts.isInUse(probe, arrival.interfaceName))) return outcome
      // HOSTILE 25: in use, though we gave it to nobody.
      const why = `${formatIp4(probe)} answered before it was offered to anybody`
      raise(ownAlarm(world.now, 'CPC-DHCP-004', why))
      await setAside(probe, world, parts)
    }
  }
}

async function setAside(address: Ip4, world: DhcpWorld, parts: DhcpServiceParts): Promise<void> {
  const offer = parts.book.holder(address, world.now)
  if (offer)
    await commit([{ kind: 'keep', lease: quarantineOf(offer, { world }) }], parts, world.now)
}

/** HOSTILE 34: what may be said when the disk did not take the record. */
function asCommitted(outcome: Outcome, committed: Commitment): Outcome {
  switch (committed.kind) {
    case 'recorded':
    case 'unrecorded':
      return outcome
    case 'remaining':
      return shortened(outcome, committed.seconds)
    case 'silent': {
      const { send: _, ...quiet } = outcome
      return quiet
    }
  }
}

// Why this file exists: the order of things before an answer leaves: the book first, so that no other packet is given the
// same address; then the disk; then the wire is asked, where nobody has asked it of late.
import { formatIp4, type Ip4, type Mac, macFromBytes } from '#directory'
import type { FaultCode } from '#fault'
import type { AlarmSighting } from '#feed'
import type { LeaseBook } from '../lease/book.ts'
import { commit, type Commitment } from '../lease/commit.ts'
import type { LeaseJournal } from '../lease/journal.ts'
import type { Lease } from '../lease/lease.ts'
import type { Stamp } from '../lease/stamp.ts'
import { answer } from './answer.ts'
import { quarantineOf } from './give-back.ts'
import type { DhcpMessage } from './message.ts'
import { type Outcome, shortened, silence } from './outcome.ts'
import type { PoolWatch, WhoAnswers } from './pool-watch.ts'
import { because } from './why.ts'
import type { Arrival, DhcpWorld } from './world.ts'

/** Strangers found on one client's way to an address; then it is silence, and the client asks again. */
const probesPerOfferMax = 3

/** Behind a router a card does not show. */
const nobody = macFromBytes(new Uint8Array(6), 0)

export type Raise = (alarm: AlarmSighting | undefined) => void

export interface Deciding {
  readonly book: LeaseBook
  readonly journal: LeaseJournal
  readonly clock: () => Stamp
  /** As it is now: each packet is answered from the newest. */
  readonly world: () => Pick<DhcpWorld, 'snapshot' | 'settings' | 'nextBoot' | 'isHeld'>
  readonly whoAnswers: WhoAnswers
  readonly watch: PoolWatch
  readonly raise: Raise
}

export function ownAlarm(now: Stamp, code: FaultCode, why: string, mac?: Mac): AlarmSighting {
  return { kind: 'alarm', at: now.wallMs, code, why, ...(mac && { mac }) }
}

export function worldNow(parts: Omit<Deciding, 'raise'>): DhcpWorld {
  const now = parts.clock()
  const readyIn: DhcpWorld['readyIn'] = (network) => parts.watch.readyIn(network, now)
  return { ...parts.world(), leases: parts.book, now, readyIn }
}

/** Answers, records, and asks after what nobody has asked after, until one address is nobody's. */
export async function decide(
  message: DhcpMessage,
  arrival: Arrival,
  parts: Deciding,
): Promise<Outcome> {
  for (let probes = 0; probes < probesPerOfferMax; probes += 1) {
    const world = worldNow(parts)
    const outcome = answer(message, arrival, world)
    const committed = await commit(outcome.changes, parts, world.now)
    if (committed.kind !== 'recorded')
      parts.raise(ownAlarm(world.now, 'CPC-DHCP-006', String(committed.cause)))
    const { probe } = outcome
    if (probe === undefined) return asCommitted(outcome, committed)
    if (parts.watch.isReady(probe, world.now)) {
      // Whoever has it speaks there from now on; and given back, it is the last to be given to others.
      parts.watch.spoke(probe)
      return asCommitted(outcome, committed)
    }
    const answers = await parts.whoAnswers([probe])
    // A client that still uses the address which it had before is no stranger there.
    if (!answers.has(probe) || answers.get(probe) === message.mac)
      return asCommitted(outcome, committed)
    await setAside(probe, answers.get(probe), parts)
  }
  return silence(because('allInUse', probesPerOfferMax))
}

/** HOSTILE 25: in use, though we gave it to nobody. It is remembered over a restart. */
export async function setAside(address: Ip4, mac: Mac | undefined, parts: Deciding): Promise<void> {
  const world = worldNow(parts)
  const { now } = world
  parts.watch.spoke(address)
  const holder = parts.book.holder(address, now)
  if (holder && holder.state !== 'offered') return
  const seen: Lease = {
    address,
    mac: mac ?? holder?.mac ?? nobody,
    state: 'quarantined',
    source: 'observed',
    port: holder?.port ?? 'seen on the wire',
    since: now,
    seconds: 0,
  }
  await commit([{ kind: 'keep', lease: quarantineOf(seen, { world }) }], parts, now)
  const who = mac === undefined ? '' : `, by ${mac},`
  const why = `${formatIp4(address)} was answered for${who} before it was offered to anybody`
  parts.raise(ownAlarm(now, 'CPC-DHCP-004', why, mac))
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

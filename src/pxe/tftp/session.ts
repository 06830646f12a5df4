// Why this file exists: one transfer as a state machine that knows no socket and no clock, so that every loss,
// duplicate and silence can be played to it. Block numbers here count on past 65,535; only the wire sees them wrap.
import { printableText } from '../files/boot-files.ts'
import type { Terms } from './option.ts'
import { errorCode } from './packet.ts'

export interface Session {
  readonly terms: Terms
  readonly fileBytes: number
  /** `offered`: the OACK awaits its acknowledgement. */
  readonly phase: 'offered' | 'sending' | 'ended'
  /** The last block that the client has, and the last one that we have sent. */
  readonly acked: number
  readonly sent: number
  readonly sentAt: number
  /** When the client last had more than before. */
  readonly movedAt: number
  /** When silence becomes a loss. */
  readonly dueAt: number
  /** Repeats since the last new window. */
  readonly tries: number
  /** How often the wait is doubled; it stays so until a turn is measured again. */
  readonly doublings: number
  /** The timer was brought nearer for this position: that is still to come, or it has been. */
  readonly hurry: 'none' | 'pending' | 'spent'
  /** From a window to its acknowledgement, smoothed as RFC 6298 §2 has it. */
  readonly turn?: Turn
}

export interface Turn {
  readonly millis: number
  readonly variation: number
  /** How many turns say so. */
  readonly count: number
}

export type SessionEvent =
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  /** The request came once more. */
  | { readonly kind: 'asked-again' }
  | { readonly kind: 'clock' }

export type Send =
  | { readonly kind: 'options-ack' }
  /** Both ends included. */
  | { readonly kind: 'blocks'; readonly from: number; readonly to: number }

export interface Ending {
  readonly outcome: 'whole' | 'probe' | 'cut-off'
  /** Counted under this name; the sentence beside it is for people. */
  readonly rule: EndingRule
  readonly why: string
}

export type EndingRule =
  | 'whole'
  | 'sizeOnly'
  | 'clientEnded'
  | 'noAnswer'
  | 'askedAnew'
  | 'busy'
  | 'noPort'

export interface Step {
  readonly session: Session
  readonly sends: readonly Send[]
  readonly ending?: Ending
}

/** Before anything was measured (RFC 1123 §4.2.3.2 asks for an adaptive wait), and the bounds of what is measured. */
export const firstWaitMillis = 1_000
export const waitMillisMin = 25
/** The least while only a few turns have been measured: firmware that has just begun may pause. */
export const waitMillisOfFew = 200
export const turnsOfMany = 64
export const waitMillisMax = 8_000
/** Given up after so long without progress, but never before this many repeats: a client may ask for long waits. */
export const silenceMillisMax = 30_000
export const triesMin = 2
/** Past this the wait is at its bound anyway. */
const doublingsMax = 12
/**
 * An acknowledgement inside a window means loss, or only that blocks overtook one another. So long we wait to see: two
 * turns, within these bounds.
 */
export const hurryMillisMin = 2
export const hurryMillisMax = 10

/** The first packet of a transfer: the OACK, or the first window when no option was granted. */
export function open(terms: Terms, fileBytes: number, now: number): Step {
  const session: Session = {
    terms,
    fileBytes,
    phase: 'offered',
    acked: 0,
    sent: 0,
    sentAt: now,
    movedAt: now,
    dueAt: now + (terms.waitMillis ?? firstWaitMillis),
    tries: 0,
    doublings: 0,
    hurry: 'none',
  }
  if (terms.granted.length > 0) return { session, sends: [{ kind: 'options-ack' }] }
  return sendWindow({ ...session, phase: 'sending' }, now)
}

export function step(session: Session, event: SessionEvent, now: number): Step {
  if (session.phase === 'ended') return { session, sends: [] }
  switch (event.kind) {
    case 'ack':
      return takeAck(session, event.block, now)
    case 'error':
      return takeError(session, event)
    case 'asked-again':
      return { session: hurried(session, now), sends: [] }
    case 'clock':
      return now < session.dueAt ? { session, sends: [] } : sendAgain(session, now)
  }
}

/** How many blocks a file has: the last one is short, and empty when the size is an exact multiple (RFC 1350 §6). */
export function blockCount(session: Session): number {
  return Math.floor(session.fileBytes / session.terms.blockBytes) + 1
}

export function bytesAcked(session: Session): number {
  return Math.min(session.fileBytes, session.acked * session.terms.blockBytes)
}

function takeAck(session: Session, block: number, now: number): Step {
  const ahead = (block - session.acked) & 0xffff
  if (session.phase === 'offered') {
    return ahead === 0
      ? sendWindow(moved({ ...measured(session, now), phase: 'sending' }, 0, now), now)
      : { session, sends: [] }
  }
  if (ahead === 0) return { session: hurried(session, now), sends: [] }
  if (ahead > session.sent - session.acked) return { session, sends: [] } // of long ago
  const acked = session.acked + ahead
  // RFC 7440 §4: an acknowledgement inside the window says from where to go on.
  if (acked < session.sent) return { session: hurried(moved(session, acked, now), now), sends: [] }
  const on = moved(measured(session, now), acked, now)
  return acked === blockCount(session)
    ? ended(on, { outcome: 'whole', rule: 'whole', why: 'every block was acknowledged' })
    : sendWindow(on, now)
}

/** What moves on, however lossy its way, is not waited for longer than what has never been measured. */
function moved(session: Session, acked: number, now: number): Session {
  const { turn } = session
  const most = turn === undefined ? 0 : Math.floor(Math.log2(firstWaitMillis / waitAfter(turn)))
  const doublings = Math.min(session.doublings, most)
  return { ...session, acked, movedAt: now, hurry: 'none', doublings }
}

/**
 * RFC 1123 §4.2.3.1: nothing is ever sent again because of a duplicate acknowledgement, or both sides double their
 * traffic for ever. It only brings the timer nearer: in a window once for each position, and the acknowledgement of the
 * whole window, when it was under way already, stops it. Later, and block by block, a duplicate that comes after the
 * time of a loss is one: a client that asked for a wait of a minute repeats itself much sooner.
 */
function hurried(session: Session, now: number): Session {
  const inWindow = session.hurry === 'none' && session.terms.windowBlocks > 1
  const dueAt =
    inWindow && session.phase === 'sending'
      ? now + hurryMillis(session)
      : Math.max(now, session.sentAt + ownWait(session))
  return dueAt < session.dueAt ? { ...session, hurry: 'pending', dueAt } : session
}

function hurryMillis({ turn }: Session): number {
  if (turn === undefined) return hurryMillisMax
  return Math.min(hurryMillisMax, Math.max(hurryMillisMin, 2 * turn.millis))
}

function takeError(
  session: Session,
  event: { readonly code: number; readonly text: string },
): Step {
  const said = `the client ended it: error ${event.code} ${printableText(event.text)}`.trim()
  // Firmware asks for the size first and ends that transfer by error 8, older ones by error 0.
  const probe =
    session.phase === 'offered' &&
    (event.code === errorCode.optionsRefused || event.code === errorCode.undefined)
  if (!probe) return ended(session, { outcome: 'cut-off', rule: 'clientEnded', why: said })
  return ended(session, {
    outcome: 'probe',
    rule: 'sizeOnly',
    why: 'the client only asked for the size',
  })
}

function sendAgain(session: Session, now: number): Step {
  if (session.tries >= triesMin && now - session.movedAt >= silenceMillisMax) {
    const last = session.sent === blockCount(session) ? ', the last block was sent' : ''
    return ended(session, {
      outcome: 'cut-off',
      rule: 'noAnswer',
      why: `no answer to ${session.tries} repeats${last}`,
    })
  }
  const wasHurried = session.hurry === 'pending'
  const again: Session = {
    ...session,
    tries: session.tries + 1,
    // A client that speaks of a loss is there: only silence may mean that the network is full.
    doublings: wasHurried ? session.doublings : Math.min(session.doublings + 1, doublingsMax),
    hurry: wasHurried ? 'spent' : session.hurry,
  }
  if (session.phase === 'offered')
    return { session: waiting(again, now), sends: [{ kind: 'options-ack' }] }
  return sent(again, now)
}

function sendWindow(session: Session, now: number): Step {
  return sent({ ...session, tries: 0 }, now)
}

function sent(session: Session, now: number): Step {
  const to = windowEnd(session)
  return {
    session: { ...waiting(session, now), sent: to },
    sends: [{ kind: 'blocks', from: session.acked + 1, to }],
  }
}

function waiting(session: Session, now: number): Session {
  return { ...session, sentAt: now, dueAt: now + (session.terms.waitMillis ?? ownWait(session)) }
}

function windowEnd(session: Session): number {
  return Math.min(session.acked + session.terms.windowBlocks, blockCount(session))
}

/** The wait that was measured, whatever was agreed. */
function ownWait({ turn, doublings }: Session): number {
  const wait = turn === undefined ? firstWaitMillis : waitAfter(turn)
  return Math.min(wait * 2 ** doublings, waitMillisMax)
}

function waitAfter({ millis, variation, count }: Turn): number {
  const least = count < turnsOfMany ? waitMillisOfFew : waitMillisMin
  return Math.min(firstWaitMillis, Math.max(least, millis + 4 * variation))
}

/**
 * Karn: what was sent twice says nothing about how long an answer takes, so the doubled wait stays until something that
 * was sent once is answered. Otherwise a network that became slow would be sent everything twice for ever.
 */
function measured(session: Session, now: number): Session {
  if (session.tries > 0) return session
  const millis = now - session.sentAt
  const { turn } = session
  const next =
    turn === undefined
      ? { millis, variation: millis / 2, count: 1 }
      : {
          count: turn.count + 1,
          millis: turn.millis * 0.875 + millis * 0.125,
          variation: turn.variation * 0.75 + Math.abs(turn.millis - millis) * 0.25,
        }
  return { ...session, turn: next, doublings: 0 }
}

function ended(session: Session, ending: Ending): Step {
  return { session: { ...session, phase: 'ended' }, sends: [], ending }
}

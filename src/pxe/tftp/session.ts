// Why this file exists: one transfer as a state machine that knows no socket and no clock, so that every loss,
// duplicate and silence can be played to it. Block numbers here count on past 65,535; only the wire sees them wrap.
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
  /** When silence becomes a loss. */
  readonly dueAt: number
  readonly tries: number
  /** The timer was brought nearer for this position. */
  readonly hurried: boolean
  /** Smoothed time from a window to its acknowledgement. */
  readonly turnMillis?: number
}

export type SessionEvent =
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'clock' }

export type Send =
  | { readonly kind: 'options-ack' }
  /** Both ends included. */
  | { readonly kind: 'blocks'; readonly from: number; readonly to: number }

export interface Ending {
  readonly outcome: 'whole' | 'probe' | 'cut-off'
  readonly why: string
}

export interface Step {
  readonly session: Session
  readonly sends: readonly Send[]
  readonly ending?: Ending
}

/** Before anything was measured (RFC 1123 §4.2.3.2 asks for an adaptive wait), and the bounds of what is measured. */
export const firstWaitMillis = 1_000
export const waitMillisMin = 100
export const waitMillisMax = 8_000
/** With doubling: given up after about 20 s of silence, 48 s when the client never answered at all. */
export const triesMax = 8
/** An acknowledgement inside a window means loss, or only that blocks overtook one another: this long we wait to see. */
export const hurryMillis = 10

/** The first packet of a transfer: the OACK, or the first window when no option was granted. */
export function open(terms: Terms, fileBytes: number, now: number): Step {
  const session: Session = {
    terms,
    fileBytes,
    phase: 'offered',
    acked: 0,
    sent: 0,
    sentAt: now,
    dueAt: now + (terms.waitMillis ?? firstWaitMillis),
    tries: 0,
    hurried: false,
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
      ? sendWindow(measured({ ...session, phase: 'sending' }, now), now)
      : { session, sends: [] }
  }
  if (ahead === 0) return { session: hurry(session, now), sends: [] }
  if (ahead > session.sent - session.acked) return { session, sends: [] } // of long ago
  const acked = session.acked + ahead
  if (acked < session.sent) {
    // RFC 7440 §4: an acknowledgement inside the window says from where to go on.
    return { session: hurry({ ...session, acked, tries: 0, hurried: false }, now), sends: [] }
  }
  const on = { ...measured(session, now), acked, tries: 0, hurried: false }
  return acked === blockCount(session)
    ? ended(on, { outcome: 'whole', why: 'every block was acknowledged' })
    : sendWindow(on, now)
}

/**
 * RFC 1123 §4.2.3.1: nothing is ever sent again because of a duplicate acknowledgement, or both sides double their
 * traffic for ever. In a window it only brings the timer nearer, once for each position; the acknowledgement of the
 * whole window, when it was under way already, stops it.
 */
function hurry(session: Session, now: number): Session {
  if (session.hurried || session.terms.windowBlocks === 1) return session
  return { ...session, hurried: true, dueAt: Math.min(session.dueAt, now + hurryMillis) }
}

function takeError(
  session: Session,
  event: { readonly code: number; readonly text: string },
): Step {
  const said = `the client ended it: error ${event.code} ${event.text}`.trim()
  // Firmware asks for the size first and ends that transfer by error 8, older ones by error 0.
  const probe =
    session.phase === 'offered' &&
    (event.code === errorCode.optionsRefused || event.code === errorCode.undefined)
  if (!probe) return ended(session, { outcome: 'cut-off', why: said })
  return ended(session, { outcome: 'probe', why: 'the client only asked for the size' })
}

function sendAgain(session: Session, now: number): Step {
  const tries = session.tries + 1
  if (tries > triesMax) {
    const last = session.sent === blockCount(session) ? ', the last block was sent' : ''
    return ended(session, { outcome: 'cut-off', why: `no answer to ${triesMax} repeats${last}` })
  }
  const again = { ...session, tries, sentAt: now, dueAt: now + waitFor(session, tries) }
  if (session.phase === 'offered') return { session: again, sends: [{ kind: 'options-ack' }] }
  const sent = windowEnd(session)
  return {
    session: { ...again, sent },
    sends: [{ kind: 'blocks', from: session.acked + 1, to: sent }],
  }
}

function sendWindow(session: Session, now: number): Step {
  const sent = windowEnd(session)
  return {
    session: { ...session, sent, sentAt: now, dueAt: now + waitFor(session, 0), tries: 0 },
    sends: [{ kind: 'blocks', from: session.acked + 1, to: sent }],
  }
}

function windowEnd(session: Session): number {
  return Math.min(session.acked + session.terms.windowBlocks, blockCount(session))
}

function waitFor(session: Session, tries: number): number {
  const { turnMillis } = session
  const measuredWait =
    turnMillis === undefined
      ? firstWaitMillis
      : Math.min(firstWaitMillis, Math.max(waitMillisMin, 4 * turnMillis))
  const base = session.terms.waitMillis ?? measuredWait
  return Math.min(base * 2 ** tries, Math.max(base, waitMillisMax))
}

/** Karn: what was sent twice says nothing about how long an answer takes. */
function measured(session: Session, now: number): Session {
  if (session.tries > 0 || session.hurried) return session
  const turn = now - session.sentAt
  const { turnMillis } = session
  return {
    ...session,
    turnMillis: turnMillis === undefined ? turn : turnMillis * 0.75 + turn * 0.25,
  }
}

function ended(session: Session, ending: Ending): Step {
  return { session: { ...session, phase: 'ended' }, sends: [], ending }
}

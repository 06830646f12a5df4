// Why this file exists: when to answer a router solicitation and when to keep quiet is a decision that must never
// harm a site with IPv6 of its own, so it is made in one pure place.
import { isLinkLocal, isUnspecified, type RouterMessage } from './icmp6.ts'

export interface AdvertiserState {
  /** When a router that offers something was last heard. */
  readonly routerHeardAt?: number
  readonly multicastAt?: number
  /** Answers that may still be given now, and when that was last reckoned. */
  readonly answersLeft: number
  readonly reckonedAt: number
}

export type Advertising = 'to-sender' | 'to-all' | 'silent'

/** RFC 4861 §6.2.1: a router speaks at least every 1,800 s; after three such times it has gone. */
export const routerMemoryMillis = 3 * 1_800_000
/** RFC 4861 §10, MIN_DELAY_BETWEEN_RAS. */
export const multicastGapMillis = 3_000
/** A rack of 1,000 machines asks three times each within some seconds. */
export const answersPerSecondMax = 500

export function advertiserState(now: number): AdvertiserState {
  return { answersLeft: answersPerSecondMax, reckonedAt: now }
}

/** What a solicitation gets. The sender's link-local address is answered alone, to disturb nobody else. */
export function answerSolicitation(
  state: AdvertiserState,
  source: Uint8Array,
  now: number,
): { readonly state: AdvertiserState; readonly answer: Advertising } {
  const refilled = refill(state, now)
  const answer = choose(refilled, source, now)
  if (answer === 'silent') return { state: refilled, answer }
  const spent = { ...refilled, answersLeft: refilled.answersLeft - 1 }
  return { state: answer === 'to-all' ? { ...spent, multicastAt: now } : spent, answer }
}

function choose(state: AdvertiserState, source: Uint8Array, now: number): Advertising {
  if (hearsRouter(state, now) || state.answersLeft < 1) return 'silent'
  if (isLinkLocal(source)) return 'to-sender'
  if (!isUnspecified(source)) return 'silent'
  const quiet = state.multicastAt === undefined || now - state.multicastAt >= multicastGapMillis
  return quiet ? 'to-all' : 'silent'
}

function refill(state: AdvertiserState, now: number): AdvertiserState {
  const gained = ((now - state.reckonedAt) / 1_000) * answersPerSecondMax
  const answersLeft = Math.min(answersPerSecondMax, state.answersLeft + Math.max(0, gained))
  return { ...state, answersLeft, reckonedAt: now }
}

/**
 * Another router that offers anything is left alone with the wire. An advertisement as empty as ours changes nothing:
 * two appliances would else silence each other.
 */
export function hearAdvertisement(
  state: AdvertiserState,
  heard: RouterMessage & { readonly kind: 'advertisement' },
  now: number,
): AdvertiserState {
  const offers = heard.lifetimeSeconds > 0 || heard.prefixes > 0 || heard.managed || heard.other
  return offers ? { ...state, routerHeardAt: now } : state
}

export function hearsRouter(state: AdvertiserState, now: number): boolean {
  return state.routerHeardAt !== undefined && now - state.routerHeardAt < routerMemoryMillis
}

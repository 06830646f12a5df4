// Why this file exists: a node's life is a line that people watch and programs wait on. Which step may follow which is
// one table, so that no event can make a node jump.

import type { Problem } from '#fault'

export const lifeStates = [
  'pending',
  'prolog',
  'boot',
  'running',
  'shutdown',
  'epilog',
  'done',
  'hold',
] as const
export type LifeState = (typeof lifeStates)[number]

/** What happens to a node. */
export type LifeEvent =
  /** Its room is reserved. */
  | 'reserved'
  /** Its entry, network, disk and definition are there. */
  | 'prepared'
  /** It answers. */
  | 'reachable'
  /** A person or a plan wants it gone. */
  | 'stop'
  /** Its domain runs no more. */
  | 'stopped'
  /** Nothing is left of it. */
  | 'cleaned'
  | 'hold'
  | 'release'
  /** Its host is gone, or a step failed for good: it goes back to where room is sought. */
  | 'lost'

const transitions: Readonly<Record<LifeState, Readonly<Partial<Record<LifeEvent, LifeState>>>>> = {
  pending: { reserved: 'prolog', stop: 'epilog', hold: 'hold' },
  prolog: { prepared: 'boot', stop: 'epilog', lost: 'pending' },
  boot: { reachable: 'running', stop: 'shutdown', stopped: 'epilog', lost: 'pending' },
  running: { stop: 'shutdown', stopped: 'epilog', lost: 'pending' },
  shutdown: { stopped: 'epilog', lost: 'epilog' },
  epilog: { cleaned: 'done' },
  done: {},
  // Nothing is reserved for a node on hold, so it holds nothing back from others.
  hold: { release: 'pending', stop: 'epilog' },
}

export interface IllegalLifeEvent {
  readonly kind: 'illegal-life-event'
  readonly state: LifeState
  readonly event: LifeEvent
  readonly allowed: readonly string[]
}

export type LifeStep =
  | { readonly ok: true; readonly value: LifeState }
  | { readonly ok: false; readonly refusal: IllegalLifeEvent }

export function nextLife(state: LifeState, event: LifeEvent): LifeStep {
  const value = transitions[state][event]
  if (value !== undefined) return { ok: true, value }
  const allowed = Object.keys(transitions[state])
  return { ok: false, refusal: { kind: 'illegal-life-event', state, event, allowed } }
}

/** As people read it: `Running`. */
export function lifeWord(state: LifeState): string {
  return state.charAt(0).toUpperCase() + state.slice(1)
}

/** `vcn`: as the person named it. */
export function explainLife({ state, event, allowed }: IllegalLifeEvent, vcn: string): Problem {
  const now = `it is ${lifeWord(state)}`
  const could = allowed.length === 0 ? 'nothing follows' : `what may come is ${allowed.join(', ')}`
  const what = `"${event}" cannot happen to the node`
  const todo = 'coppice vcn show NAME tells its state; try again when it has changed'
  return {
    code: 'CPC-VOC-018',
    text: { what, where: `node ${vcn}`, why: `${now}; ${could}`, todo },
  }
}

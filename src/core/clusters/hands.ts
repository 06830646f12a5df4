// Why this file exists: the engine decides when, these hands do it: what can be seen of the world and done to it, with
// nothing about order, repetition or giving up. Tests put a rack of their own here.
import type { DnsName } from '#directory'
import type { Action, HostFact, Observed } from '#vocluster'

export interface Observation {
  readonly observed: Observed
  readonly hosts: readonly HostFact[]
}

/** A step on its way: it may tell what it has seen before it is done. */
export interface StepPlace {
  readonly signal: AbortSignal
  /** A mark in the timeline of the node that the step is about, such as `name-resolved`. */
  readonly mark: (phase: 'name-resolved') => void
}

export type Fenced = { readonly ok: true } | { readonly ok: false; readonly why: string }

/** Reservations are no business of hands: `reserve` and `release` never come here. */
export type HandAction = Exclude<Action, { readonly kind: 'reserve' | 'release' }>

export interface ClusterHands {
  /** Asked now of every host that is ready; one that does not answer in time is `away`. Writes nothing. */
  observe(): Promise<Observation>
  /** Resolves when it is done, also when it was done before. Rejects with a Fault; aborting rejects soon. */
  perform(action: HandAction, place: StepPlace): Promise<void>
  /** Makes sure that nothing runs there: asks the BMC, and switches off what is silent. */
  fence(host: DnsName): Promise<Fenced>
  /** Calls so far that changed something, or may have. */
  writes(): { readonly libvirt: number; readonly ldap: number }
}

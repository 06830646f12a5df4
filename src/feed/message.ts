// Why this file exists: core and wire are two processes that die separately; these are the only words between them.
import type { Delta, DnsName, EntryId, Laid } from '#directory'
import type { WireAnswer, WireQuestion } from './question.ts'
import type { Sighting } from './sighting.ts'

/** Both sides say it first; a difference ends the connection with a reason. */
export const feedVersion = 6

/** What a host needs to know to boot and to trust us; core makes it, wire puts it into scripts. */
export interface BootSettings {
  /** SHA-256 of the CA certificate's DER, lower-case hex. */
  readonly caFingerprint: string
  readonly caPem: string
  readonly enrolPort: number
}

/** core → wire, in order. A `reset` says that what comes after it starts from nothing. */
export type FeedMessage =
  | { readonly kind: 'hello'; readonly version: number; readonly boot: BootSettings }
  | { readonly kind: 'reset'; readonly domain: DnsName }
  /** Some of the deltas of one step, which shows when its last ones have come. */
  | { readonly kind: 'part'; readonly deltas: readonly (Delta | Laid)[] }
  /** The last of a step. */
  | {
      readonly kind: 'delta'
      readonly number: number
      /** Zone serials survive a restore of wire's own state. */
      readonly serial: number
      readonly deltas: readonly (Delta | Laid)[]
    }
  /** What the next boot of a machine is to be, when it differs from its role. */
  | { readonly kind: 'next-boot'; readonly id: EntryId; readonly choice: NextBoot }
  /** Core has stored every sighting up to here; wire may forget them. */
  | { readonly kind: 'stored'; readonly seq: number }
  /** Every VO network that has an end here, by VXLAN number. Said again when an end was made anew. */
  | { readonly kind: 'tenants'; readonly vnis: readonly number[] }
  /** Answered with the same id, or not at all: who asks has a deadline of its own. */
  | { readonly kind: 'question'; readonly id: number; readonly question: WireQuestion }

export const nextBoots = ['kvm-host', 'disk', 'rescue', 'withheld', 'by-role'] as const
export type NextBoot = (typeof nextBoots)[number]

/** wire → core. `seq` grows by one and survives a restart of wire. */
export type WireMessage =
  | { readonly kind: 'hello'; readonly version: number; readonly nextSeq: number }
  | { readonly kind: 'sighting'; readonly seq: number; readonly sighting: Sighting }
  /** Since wire started; told every few seconds, and lost without harm. */
  | { readonly kind: 'counters'; readonly values: Readonly<Record<string, number>> }
  /** The snapshot that is on the wire now. */
  | { readonly kind: 'serving'; readonly number: number }
  | { readonly kind: 'answer'; readonly id: number; readonly told: WireAnswer }

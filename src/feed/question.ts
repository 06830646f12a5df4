// Why this file exists: what is served, and who holds which address, is known by wire alone, so core asks wire. These are the
// words of such a question and of its answer; answering has no effect on anything, but for `release`.
import type { Delta, Ip4, Mac } from '#directory'

/** A packet that somebody captured, or made up. */
export interface ForeignPacket {
  readonly protocol: 'dhcp' | 'dns' | 'tftp'
  /** Its payload, in hex. */
  readonly payload: string
  readonly from: Ip4
  readonly fromPort: number
  readonly toPort: number
}

export type WireQuestion =
  /** What this MAC, address or name would get now; with `deltas`, if they were in the directory. */
  | { readonly kind: 'subject'; readonly subject: string; readonly deltas?: readonly Delta[] }
  /** What each of them would be answered, by itself. */
  | { readonly kind: 'packets'; readonly packets: readonly ForeignPacket[] }
  /** Who holds which address, in the order of the addresses; with `after`, from the next one on. `most`: so many at once. */
  | { readonly kind: 'leases'; readonly after?: Ip4; readonly most: number }
  /** Nobody is to hold this address; with `mac`, unless it is another's by now. */
  | { readonly kind: 'release'; readonly address: Ip4; readonly mac?: Mac }

export const factTopics = [
  'entry',
  'name',
  'card',
  'place',
  'dhcp',
  'lease',
  'boot',
  'script',
  'file',
  'dns',
  'last',
  'packet',
  /** What a packet says, option by option. */
  'said',
  /** What its answer tells, option by option. */
  'tells',
  'hint',
] as const
export type FactTopic = (typeof factTopics)[number]

/** One thing that is so, with the rule that makes it so. */
export interface Fact {
  readonly topic: FactTopic
  readonly text: string
  /** The reason, as a sentence. */
  readonly why?: string
  readonly rule?: string
  readonly operands?: readonly (string | number)[]
  /** DN of the entry that it comes from. */
  readonly entry?: string
  /** The same for programs, by name. */
  readonly values?: Readonly<Record<string, string>>
  /** Which packet of the question it is about, from 0. */
  readonly packet?: number
}

export interface Told {
  /** What the subject turned out to be. */
  readonly subject: 'machine' | 'vcn' | 'stranger' | 'address' | 'nobody' | 'packets'
  readonly facts: readonly Fact[]
}

/** What was given out or set aside, by the wall's time. An offer is neither. */
export interface ToldLease {
  readonly address: Ip4
  readonly mac: Mac
  readonly state: 'bound' | 'quarantined'
  readonly source: 'directory' | 'pool' | 'observed'
  readonly port: string
  readonly since: number
  readonly ends: number
}

export interface ToldLeases {
  readonly subject: 'leases'
  readonly leases: readonly ToldLease[]
  /** There are more, behind the last of them. */
  readonly hasMore: boolean
}

export interface ToldRelease {
  readonly subject: 'release'
  /** `other`: it is another card's. `unrecorded`: released, but the disk still holds it. */
  readonly outcome: 'released' | 'unrecorded' | 'nobody' | 'other'
  /** As it was. */
  readonly lease?: ToldLease
}

export type WireAnswer = Told | ToldLeases | ToldRelease

/** What answers such a question. */
export type AnswerTo<Q extends WireQuestion> = Q extends { readonly kind: 'leases' }
  ? ToldLeases
  : Q extends { readonly kind: 'release' }
    ? ToldRelease
    : Told

export function isAnswerTo<Q extends WireQuestion>(
  { kind }: Q,
  answer: WireAnswer,
): answer is AnswerTo<Q> {
  if (kind === 'leases' || kind === 'release') return answer.subject === kind
  return answer.subject !== 'leases' && answer.subject !== 'release'
}

/** Leases of one answer: a site of 100,000 is told in pieces, between which packets are answered. */
export const toldLeasesMax = 4_000

/** Packets of one question. */
export const foreignPacketsMax = 512
/** A payload beyond this is none of the three protocols'. */
export const foreignPayloadBytesMax = 4_096

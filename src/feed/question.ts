// Why this file exists: what is served is known by wire alone, so `explain` and `whatif` ask wire. These are the words of
// such a question and of its answer; answering has no effect on anything.
import type { Delta, Ip4 } from '#directory'

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

/** Packets of one question. */
export const foreignPacketsMax = 512
/** A payload beyond this is none of the three protocols'. */
export const foreignPayloadBytesMax = 4_096

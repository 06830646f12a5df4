// Why this table exists: clients differ in what they do to a server; each row is a sort of them.
import type { Segment } from '../world/site.ts'

export interface Character {
  readonly name: string
  readonly segment: Segment
  /** Of how many sorts of cards, and which numbers. */
  readonly card: readonly [kind: 'machine' | 'stranger' | 'node', from: number, count: number]
  /** Of a hundred, at each turn of its life. */
  readonly releasePercent: number
  readonly rebootPercent: number
  /** Is switched off without a word. */
  readonly leavePercent: number
  /** Says that somebody has the address, though nobody has. */
  readonly declinePercent: number
  /** Option 61, the same for all of the sort. */
  readonly clientId?: readonly number[]
  /** Takes a new card each time, as far as there are any. */
  readonly isGreedy?: true
}

const calm = { releasePercent: 5, rebootPercent: 10, leavePercent: 5, declinePercent: 0 } as const

export const characters: readonly Character[] = [
  { name: 'described', segment: 'prov', card: ['machine', 0, 4], ...calm },
  { name: 'of one machine', segment: 'prov', card: ['machine', 60, 2], ...calm },
  { name: 'described, elsewhere', segment: 'far', card: ['machine', 0, 1], ...calm },
  { name: 'described behind a relay', segment: 'far', card: ['machine', 70, 1], ...calm },
  { name: 'unknown', segment: 'prov', card: ['stranger', 0, 5], ...calm },
  {
    name: 'unknown, restless',
    segment: 'prov',
    card: ['stranger', 0, 5],
    ...calm,
    rebootPercent: 60,
  },
  {
    name: 'unknown, polite',
    segment: 'prov',
    card: ['stranger', 5, 3],
    ...calm,
    releasePercent: 50,
  },
  {
    name: 'unknown, picky',
    segment: 'prov',
    card: ['stranger', 8, 2],
    ...calm,
    declinePercent: 40,
  },
  { name: 'cloned', segment: 'prov', card: ['stranger', 10, 3], ...calm, clientId: [1, 2, 3, 4] },
  {
    name: 'greedy',
    segment: 'prov',
    card: ['stranger', 20, 20],
    ...calm,
    isGreedy: true,
    leavePercent: 80,
  },
  { name: 'relayed', segment: 'far', card: ['stranger', 40, 3], ...calm },
  {
    name: 'relayed, polite',
    segment: 'far',
    card: ['stranger', 43, 2],
    ...calm,
    releasePercent: 50,
  },
  { name: 'with a card that is twice there', segment: 'far', card: ['stranger', 50, 1], ...calm },
  { name: 'with the same card', segment: 'farther', card: ['stranger', 50, 1], ...calm },
  { name: 'relayed far', segment: 'farther', card: ['stranger', 52, 3], ...calm, leavePercent: 30 },
  { name: 'node', segment: 'vo', card: ['node', 0, 3], ...calm },
  { name: 'node of others', segment: 'vo', card: ['node', 50, 1], ...calm },
]

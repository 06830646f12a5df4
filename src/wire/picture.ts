// Why this file exists: everything that wire answers from, in one value that the feed replaces step by step.
import { applyDeltas, type EntryId, emptySnapshot, type Snapshot } from '#directory'
import type { BootSettings, FeedMessage, NextBoot } from '#feed'

export interface Picture {
  readonly snapshot: Snapshot
  readonly boot: BootSettings
  readonly serial: number
  readonly nextBoot: (machine: EntryId) => NextBoot
}

/** Until core has spoken there is nothing to answer from, and wire stays silent rather than wrong. */
export type MaybePicture = Picture | undefined

export interface FeedState {
  /** Told by `hello`, needed by the reset behind it. */
  readonly boot?: BootSettings
  readonly picture?: Picture
  readonly chosen?: ReadonlyMap<EntryId, NextBoot>
  /** VO networks that end here. They outlast a reset: core says so when one has gone. */
  readonly tenants?: readonly number[]
}

export function follow(state: FeedState, message: FeedMessage): FeedState {
  switch (message.kind) {
    case 'hello':
      return { ...state, boot: message.boot }
    case 'reset': {
      if (state.boot === undefined) return state
      const deltas = [
        ...message.entries.map((entry) => ({ kind: 'put', entry }) as const),
        ...message.setAside.map((item) => ({ kind: 'set-aside', item }) as const),
      ]
      const snapshot = applyDeltas(emptySnapshot(message.domain), deltas, message.number)
      const { boot, tenants = [] } = state
      return {
        boot,
        tenants,
        picture: { snapshot, boot, serial: message.serial, nextBoot: () => 'by-role' },
      }
    }
    case 'delta': {
      const { picture } = state
      if (picture === undefined) return state
      const snapshot = applyDeltas(picture.snapshot, message.deltas, message.number)
      return { ...state, picture: { ...picture, snapshot, serial: message.serial } }
    }
    case 'next-boot': {
      const { picture } = state
      if (picture === undefined) return state
      const chosen = new Map(state.chosen).set(message.id, message.choice)
      const nextBoot = (machine: EntryId): NextBoot => chosen.get(machine) ?? 'by-role'
      return { ...state, chosen, picture: { ...picture, nextBoot } }
    }
    case 'tenants':
      return { ...state, tenants: message.vnis }
    case 'stored':
      return state
  }
}

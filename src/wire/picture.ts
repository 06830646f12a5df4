// Why this file exists: everything that wire answers from, in one value that the feed replaces step by step.
import { type EntryId, emptySnapshot, type Snapshot, SnapshotBuilder } from '#directory'
import type { BootSettings, FeedMessage, NextBoot } from '#feed'

export interface Picture {
  readonly snapshot: Snapshot
  /** Absent while core has not spoken yet: what is served is the copy of an earlier life, and no script is given. */
  readonly boot?: BootSettings
  readonly serial: number
  readonly nextBoot: (machine: EntryId) => NextBoot
}

/** Without a copy and before core has spoken there is nothing to answer from: wire stays silent rather than wrong. */
export type MaybePicture = Picture | undefined

/** Of a snapshot that comes in parts nobody says how large it is. */
const expectedEntries = 1_000

type Chosen = ReadonlyMap<EntryId, NextBoot>

export interface FeedState {
  /** Told by `hello`, needed by the reset behind it. */
  readonly boot?: BootSettings
  readonly picture?: Picture
  readonly chosen?: Chosen
  /** VO networks that end here. They outlast a reset: core says so when one has gone. */
  readonly tenants?: readonly number[]
  /** The next snapshot, of which some has come. */
  readonly coming?: Coming
}

interface Coming {
  readonly builder: SnapshotBuilder
  /** After a reset: what is chosen is told before the last of it, so that no boot falls between. */
  readonly chosen?: Chosen
}

export function follow(state: FeedState, message: FeedMessage): FeedState {
  switch (message.kind) {
    case 'hello':
      return { ...state, boot: message.boot }
    case 'reset': {
      if (state.boot === undefined) return state
      const builder = new SnapshotBuilder(emptySnapshot(message.domain), expectedEntries)
      return { ...state, coming: { builder, chosen: new Map() } }
    }
    case 'part': {
      const coming = comingOf(state)
      if (coming === undefined) return state
      coming.builder.take(message.deltas)
      return { ...state, coming }
    }
    case 'delta':
      return whole(state, message)
    case 'next-boot':
      return choose(state, message.id, message.choice)
    case 'tenants':
      return { ...state, tenants: message.vnis }
    case 'stored':
    case 'question':
      return state
  }
}

/** What an earlier life has left; core replaces it when it speaks. */
export function fromCopy(snapshot: Snapshot, serial: number, chosen: Chosen): FeedState {
  return { chosen, picture: { snapshot, serial, nextBoot: chooser(chosen) } }
}

function chooser(chosen: Chosen): Picture['nextBoot'] {
  return (machine) => chosen.get(machine) ?? 'by-role'
}

function comingOf({ coming, picture }: FeedState): Coming | undefined {
  return coming ?? (picture && { builder: new SnapshotBuilder(picture.snapshot) })
}

function whole(state: FeedState, last: Extract<FeedMessage, { kind: 'delta' }>): FeedState {
  const coming = comingOf(state)
  if (coming === undefined) return state
  coming.builder.take(last.deltas)
  const snapshot = coming.builder.done(last.number)
  const { coming: _, ...rest } = state
  const chosen = coming.chosen ?? state.chosen ?? new Map()
  const boot = coming.chosen ? state.boot : state.picture?.boot
  const picture = { snapshot, serial: last.serial, nextBoot: chooser(chosen) }
  return { ...rest, chosen, picture: boot === undefined ? picture : { ...picture, boot } }
}

function choose(state: FeedState, id: EntryId, choice: NextBoot): FeedState {
  const { coming, picture } = state
  if (coming?.chosen)
    return { ...state, coming: { ...coming, chosen: new Map(coming.chosen).set(id, choice) } }
  if (picture === undefined) return state
  const chosen = new Map(state.chosen).set(id, choice)
  return { ...state, chosen, picture: { ...picture, nextBoot: chooser(chosen) } }
}

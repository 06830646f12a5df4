// Why this file exists: what is known of one running host while people are kept up to date on it, and how patiently it is
// asked again.
import type { EntryId, Ip4, Machine } from '#directory'
import type { AccountFiles, BaseFiles, Ended } from '#host'
import type { Known } from './exchange.ts'

export interface HostRecord {
  readonly id: EntryId
  readonly name: string
  /** As it was last served; absent once it left the directory, or is no host any more: nobody may log in then. */
  machine: Machine | undefined
  address: Ip4
  /** Absent: it must be asked. */
  known: Known | undefined
  takenAt: number | undefined
  trouble: string | undefined
  tries: number
  /** In the queue, or being told. */
  isBusy: boolean
  /** Something changed while it was busy. */
  isAgain: boolean
  timer: { readonly dueAt: number; readonly cancel: () => void } | undefined
}

export interface PeopleLimits {
  /** A burst of changes is carried to a host once. */
  readonly debounceMs: number
  readonly hostsAtOnceMax: number
  readonly retryDelayMs: number
  readonly retryDelayMsMax: number
  /** Then it rests until something changes or the host is ready anew. */
  readonly triesMax: number
  /** The first that people are told of: one lost connection is no news. */
  readonly triesUntilAlarm: number
  /** How often a host may turn out to know something else than it said. */
  readonly roundsMax: number
}

export const peopleLimits: PeopleLimits = {
  debounceMs: 100,
  hostsAtOnceMax: 8,
  retryDelayMs: 1_000,
  retryDelayMsMax: 60_000,
  triesMax: 200,
  triesUntilAlarm: 3,
  roundsMax: 3,
}

export function newRecord(machine: Machine, address: Ip4): HostRecord {
  return {
    id: machine.id,
    name: machine.name,
    machine,
    address,
    known: undefined,
    takenAt: undefined,
    trouble: undefined,
    tries: 0,
    isBusy: false,
    isAgain: false,
    timer: undefined,
  }
}

export function retryDelay({ tries }: HostRecord, limits: PeopleLimits): number {
  return Math.min(limits.retryDelayMs * 2 ** (tries - 1), limits.retryDelayMsMax)
}

/** A host that never had people needs not be told that there are none. */
export function isUpToDate({ digest, held, pending }: Known, wanted: AccountFiles): boolean {
  if (pending.length > 0) return false
  return digest === '' ? held.length + wanted.held.length === 0 : digest === wanted.digest
}

/** Each account once; gone goes before less. */
export function mergeEnded(one: readonly Ended[], other: readonly Ended[]): readonly Ended[] {
  const all = [...one, ...other].toSorted((a, b) => Number(a.isGone) - Number(b.isGone))
  return [...new Map(all.map((ended) => [`${ended.name} ${ended.uid}`, ended])).values()]
}

/** For what is said of a host that was never asked. */
export const noBase: BaseFiles = { passwd: '', group: '', shadow: '', sudoers: '', shells: '' }

// Why this file exists: two states of one table share whatever no change between them has touched, so that what differs is
// found without a look at the rest.
import { type Group, none, type Table } from './slots-table.ts'

/** What stands in one bucket before and after. */
export interface ChangedBucket<T> {
  readonly was: readonly T[]
  readonly is: readonly T[]
}

/** All of both when the table has grown in between: then nothing is shared. */
export function* changedBuckets<T>(old: Table<T>, now: Table<T>): Generator<ChangedBucket<T>> {
  for (let at = 0; at < Math.max(old.groups.length, now.groups.length); at += 1) {
    const was = old.groups[at]?.buckets ?? none
    const is = now.groups[at]?.buckets ?? none
    if (was === is) continue
    for (let within = 0; within < Math.max(was.length, is.length); within += 1) {
      if (was[within] === is[within]) continue
      yield { was: was[within]?.items ?? none, is: is[within]?.items ?? none }
    }
  }
}

/** So many places in buckets and in lists of buckets are not the same any more. */
export function copiedPlaces<T>(old: Table<T>, now: Table<T>): number {
  return now.groups.reduce(
    (sum, group, at) => (group === old.groups[at] ? sum : sum + copiedIn(group, old.groups[at])),
    now.groups.length,
  )
}

function copiedIn<T>(group: Group<T>, old: Group<T> | undefined): number {
  const news = group.buckets.filter((bucket, within) => bucket !== old?.buckets[within])
  return news.reduce((sum, bucket) => sum + (bucket?.items.length ?? 0), group.buckets.length)
}

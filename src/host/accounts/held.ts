// Why this file exists: what was taken from a person since the host heard last ends that person's log-ins; what was added
// disturbs nobody. The host itself remembers what it was told, so a restarted core asks it.
import type { Account } from './admit.ts'
import { linesOf } from './admit.ts'

/** What a host knows of one account: enough to see that something is gone. */
export interface Held {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly sudo: boolean
  /** Digests of its keys. */
  readonly keys: readonly string[]
}

export interface Ended {
  readonly name: string
  readonly uid: number
  /** No such account is left: its home goes too. */
  readonly isGone: boolean
}

/** Hexadecimal; any function that tells texts apart. */
export type Digest = (text: string) => string

export function heldOf({ name, uid, gid, sudo, keys }: Account, digest: Digest): Held {
  return { name, uid, gid, sudo, keys: keys.map(digest) }
}

export function heldText(held: readonly Held[]): string {
  const rows = held.map(({ name, uid, gid, sudo, keys }) =>
    [name, uid, gid, sudo ? 'sudo' : '-', ...keys].join(' '),
  )
  return rows.map((row) => `${row}\n`).join('')
}

const heldRow =
  /^([a-z_][a-z0-9_.-]{0,31}) (\d{4,10}) (\d{4,10}) (sudo|-)((?: [0-9a-f]{64}){0,64})$/

/** What a host says; a row of another shape is none of ours. */
export function readHeld(text: string): readonly Held[] {
  return linesOf(text).flatMap((row) => {
    const [, name, uid, gid, sudo, keys] = heldRow.exec(row) ?? []
    if (name === undefined) return []
    const digests = (keys ?? '').split(' ').filter((key) => key !== '')
    return { name, uid: Number(uid), gid: Number(gid), sudo: sudo === 'sudo', keys: digests }
  })
}

export function endedBetween(before: readonly Held[], after: readonly Held[]): readonly Ended[] {
  const now = new Map(after.map((held) => [held.name, held]))
  return before.flatMap((was) => {
    const { name, uid } = was
    const is = now.get(name)
    if (is?.uid !== uid) return { name, uid, isGone: true }
    return isLess(is, was) ? { name, uid, isGone: false } : []
  })
}

function isLess(is: Held, was: Held): boolean {
  const isKeyGone = was.keys.some((key) => !is.keys.includes(key))
  return isKeyGone || (was.sudo && !is.sudo) || is.gid !== was.gid
}

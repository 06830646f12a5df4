// Why this file exists: a Kea file is walked member by member, and each member is either taken or told to be left out.
import type { Gathering } from '../found.ts'
import type { Places } from '../source.ts'
import type { Json, Member } from './json.ts'
import { leftOutBecause, nothingLikeIt, ownAffairs } from './left-out.table.ts'

export interface KeaSurroundings {
  readonly gathering: Gathering
  readonly places: Places
}

export type Takers = Readonly<Record<string, (value: Json, member: Member) => void>>

/** `path` is for messages: never a value, for there may be a secret in it. */
export function takeMembers(
  value: Json,
  path: string,
  takers: Takers,
  around: KeaSurroundings,
): void {
  const { gathering, places } = around
  const { report } = gathering
  if (value.kind !== 'object') {
    // An empty place, which is what an include leaves behind.
    if (value.kind === 'word' && value.value === null) return
    return report.leaveOut(places.at(value.offset), path, 'it should be an object in braces')
  }
  const seen = new Set<string>()
  for (const member of value.members) {
    const { name } = member
    const isTwin = seen.has(name)
    seen.add(name)
    const where = places.at(member.offset)
    const take = Object.hasOwn(takers, name) ? takers[name] : undefined
    if (isTwin) report.leaveOut(where, `${path}.${name}`, 'it is there twice; the first is kept')
    else if (take !== undefined) take(member.value, member)
    else if (ownAffairs.has(name)) report.understand('settings of Kea alone')
    else report.leaveOut(where, `${path}.${name}`, leftOutBecause[name] ?? nothingLikeIt)
  }
}

/** Each item of a list; what is no list is told. */
export function eachItem(
  value: Json,
  path: string,
  around: KeaSurroundings,
  take: (item: Json, path: string) => void,
): void {
  if (value.kind === 'list') return value.items.forEach((item, at) => take(item, `${path}[${at}]`))
  if (value.kind === 'word' && value.value === null) return
  around.gathering.report.leaveOut(
    around.places.at(value.offset),
    path,
    'it should be a list in brackets',
  )
}

export function member(value: Json, name: string): Json | undefined {
  return value.kind === 'object'
    ? value.members.find((each) => each.name === name)?.value
    : undefined
}

export function textOf(value: Json | undefined): string | undefined {
  return value?.kind === 'string' ? value.value.trim() : undefined
}

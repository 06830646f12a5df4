// Why this file exists: each entry is asked a dozen times of which object class it is, and 100,000 have the same few lists
// of them. A list is judged once.
import type { RawEntry } from '../raw-entry.ts'
import { valuesOf } from './values.ts'

const bits = {
  device: 1,
  ieee802device: 2,
  iphost: 4,
  ipnetwork: 8,
  posixaccount: 16,
  coppiceperson: 32,
  coppicevo: 64,
  coppicecluster: 128,
  coppicemachine: 256,
  coppicevcn: 512,
  coppicenic: 1024,
} as const

const bitOf: ReadonlyMap<string, number> = new Map(Object.entries(bits))

/** Lists that are remembered; a site has hardly more kinds of entries. */
const judgedMax = 64
const judged = new Map<readonly string[], number>()

/** In any case of letters. */
export function hasClass(entry: RawEntry, name: keyof typeof bits): boolean {
  return (classesOf(entry) & bits[name]) !== 0
}

interface Judged {
  readonly entry: RawEntry
  readonly classes: number
}

/** The entry that is looked at, and the one that it stands below. */
let last: Judged | undefined
let other: Judged | undefined

function classesOf(entry: RawEntry): number {
  if (entry !== last?.entry) {
    const kept = entry === other?.entry ? other : { entry, classes: classesIn(entry) }
    other = last
    last = kept
  }
  return last.classes
}

function classesIn(entry: RawEntry): number {
  const list = valuesOf(entry, 'objectclass')
  // One of a single value is no list at rest: each that asks is given another.
  return list.length > 1 ? (judged.get(list) ?? remember(list)) : judge(list)
}

function remember(list: readonly string[]): number {
  if (judged.size >= judgedMax) judged.clear()
  const classes = judge(list)
  judged.set(list, classes)
  return classes
}

function judge(list: readonly string[]): number {
  let classes = 0
  for (const name of list) classes |= bitOf.get(name) ?? bitOf.get(name.toLowerCase()) ?? 0
  return classes
}

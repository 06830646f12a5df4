// Why this file exists: a cluster file names its own classes, networks and nodes; a name that is none of them is nearly
// one.
import { nearest } from '#fault'
import { quoted, type Reading } from '#yaml'

/** A word that should name something in the same file, and does not. */
export function unknownName(
  reading: Reading,
  place: { readonly offset: number; readonly word: string },
  what: string,
  known: readonly string[],
): undefined {
  const near = nearest(place.word, known)
  const why = `no ${what} of this file is called ${quoted(place.word)}`
  const todo =
    near === undefined ? `add it, or take the name out` : `write "${near}", which is the nearest`
  reading.complain('CPC-VOC-006', place.offset, why, todo)
  return undefined
}

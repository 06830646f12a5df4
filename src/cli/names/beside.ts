// Why this file exists: --ip and --mac run beside the names; an item that went to the wrong machine would boot it as
// another, so both lengths must agree. Pure.
import { expandList } from '#directory'
import { Fault } from '#fault'
import { notUnderstood } from './names.ts'

/** One text for each name. A single name takes the text as it stands, brackets and all (a URL may have some). */
export function oneEach(names: readonly string[], flag: string, text: string): readonly string[] {
  if (names.length === 1) return [text]
  return lengthOf(names, flag, expanded(text))
}

/** Some texts for each name: each use of the flag brings one for every name, or any number for a single name. */
export function someEach(
  names: readonly string[],
  flag: string,
  texts: readonly string[],
): readonly (readonly string[])[] {
  const lists = texts.map(expanded)
  if (names.length === 1) return [lists.flat()]
  for (const list of lists) lengthOf(names, flag, list)
  return names.map((_, at) => lists.map((list) => list[at] ?? ''))
}

function expanded(text: string): readonly string[] {
  const list = expandList(text)
  if (list.ok) return list.value
  throw notUnderstood(text, list.refusal)
}

function lengthOf(
  names: readonly string[],
  flag: string,
  list: readonly string[],
): readonly string[] {
  if (list.length === names.length) return list
  throw new Fault('CPC-CLI-003', {
    what: `${flag} does not fit the names`,
    where: `${flag} with ${list.length} items beside ${names.length} names`,
    why: 'there must be one item for each name, in the same order',
    todo: `make both equally long, for example: "n[1-4]" ${flag} with a list of four`,
  })
}

// Why this file exists: single nodes may differ from their role. Which ones a line of `overrides` names is decided here.
import { expandNodeSet, parseNodeSet } from '#directory'
import { type Field, fieldsOf, type Pair, pairsOf, type Reading, wrong } from '#yaml'
import { inherited, readParents } from './classes.ts'
import { type DraftVcn, type Surroundings, vcnsMax } from './roles.ts'
import { mergeTraits, readTraits, traitKeys } from './traits.ts'
import { unknownName } from './unknown-name.ts'

const overridesMax = 1024

/** `compute7`, `head`, or several as `compute[7-9]`; of two that name one node the later wins. */
export function applyOverrides(
  reading: Reading,
  field: Field,
  vcns: readonly DraftVcn[],
  around: Surroundings,
): readonly DraftVcn[] {
  const pairs = pairsOf(reading, field)
  if (pairs.length > overridesMax)
    return wrong(reading, field, `at most ${overridesMax} overrides`) ?? []
  const byName = new Map(vcns.map((vcn) => [String(vcn.name), vcn]))
  const canonical = new Map(
    vcns.flatMap(({ name, alias }) => (alias ? [[String(alias), name]] : [])),
  )
  for (const pair of pairs) {
    const fields = fieldsOf(reading, pair.field, [...traitKeys, 'from'])
    const traits = mergeTraits(
      inherited(reading, readParents(reading, fields('from')), around.classes),
      readTraits(reading, fields, around.networks),
    )
    for (const word of overriddenNames(reading, pair)) {
      const name = canonical.get(word) ?? word
      const vcn = byName.get(name)
      const place = { offset: pair.keyOffset, word }
      if (vcn) byName.set(name, { ...vcn, traits: mergeTraits(vcn.traits, traits) })
      else unknownName(reading, place, 'node', [...byName.keys()])
    }
  }
  return [...byName.values()]
}

const rangedName = /^[a-z0-9-]{1,63}\[(\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*)\]$/

/** The size is known by arithmetic before any name is made. */
function overriddenNames(reading: Reading, { key, keyOffset, field }: Pair): readonly string[] {
  const place = { path: field.path, offset: keyOffset }
  const ranges = rangedName.exec(key)?.[1]?.split(',') ?? []
  const size = ranges.reduce((total, range) => {
    const [first, last = first] = range.split('-').map(Number)
    return total + Math.abs((last ?? 0) - (first ?? 0)) + 1
  }, 0)
  if (size > vcnsMax) return wrong(reading, place, `named after at most ${vcnsMax} nodes`) ?? []
  if (ranges.length === 0) return [key]
  const set = parseNodeSet(key)
  const names = set.ok ? expandNodeSet(set.value) : set
  if (names.ok) return names.value
  return wrong(reading, place, 'named after nodes, such as compute[1-4]') ?? []
}

// Why this file exists: MLN's superclasses: a class may be built from others, which may be written below it. A circle of
// them has no meaning and is shown as a circle.
import type { Label } from '#directory'
import { type Field, fieldsOf, itemsOf, pairsOf, quoted, type Reading, valueOf, wrong } from '#yaml'
import {
  mergeTraits,
  noTraits,
  readTraits,
  type Traits,
  traitKeys,
  unknownTraits,
} from './traits.ts'
import { unknownName } from './unknown-name.ts'

const classesMax = 256
const parentsMax = 8

interface Parent {
  readonly name: string
  readonly offset: number
}

interface WrittenClass {
  readonly own: Traits
  readonly parents: readonly Parent[]
}

/** The traits of a class by name, with all that it inherits. */
export type Classes = ReadonlyMap<string, Traits>

export function readClasses(
  reading: Reading,
  field: Field,
  knownNetworks: readonly Label[],
): Classes {
  const pairs = pairsOf(reading, field)
  if (pairs.length > classesMax) {
    wrong(reading, field, `at most ${classesMax} classes`)
    return new Map()
  }
  const written = new Map<string, WrittenClass>()
  for (const { key, field: inner } of pairs) {
    const fields = fieldsOf(reading, inner, [...traitKeys, 'from'])
    const own = readTraits(reading, fields, knownNetworks)
    written.set(key, { own, parents: readParents(reading, fields('from')) })
  }
  const resolved = new Map<string, Traits>()
  for (const name of written.keys()) resolve({ reading, written, resolved }, name, [])
  return resolved
}

/** `from: small` or `from: [small, far]`: the later of several wins. */
export function readParents(reading: Reading, field: Field): readonly Parent[] {
  const items = itemsOf(reading, field, parentsMax) ?? []
  return items.flatMap((item) => {
    const name = valueOf(item.node)
    if (typeof name === 'string') return [{ name, offset: item.offset }]
    return wrong(reading, item, 'the name of a class') ?? []
  })
}

/** What the parents say together; one that does not exist is reported. */
export function inherited(
  reading: Reading,
  parents: readonly Parent[],
  classes: Classes,
  known: readonly string[] = [...classes.keys()],
): Traits {
  return parents.reduce((traits, { name, offset }) => {
    const found = classes.get(name)
    if (found === undefined) unknownName(reading, { offset, word: name }, 'class', known)
    return mergeTraits(traits, found ?? unknownTraits)
  }, noTraits)
}

interface Resolving {
  readonly reading: Reading
  readonly written: ReadonlyMap<string, WrittenClass>
  readonly resolved: Map<string, Traits>
}

/** `above`: the classes whose parents are being looked for right now. */
function resolve(state: Resolving, name: string, above: readonly string[]): void {
  const found = state.written.get(name)
  if (found === undefined || state.resolved.has(name)) return
  const path = [...above, name]
  const parents = found.parents.filter((parent) => {
    const at = path.indexOf(parent.name)
    if (at >= 0) complainOfCircle(state.reading, parent, path.slice(at))
    else resolve(state, parent.name, path)
    return at < 0
  })
  const from = inherited(state.reading, parents, state.resolved, [...state.written.keys()])
  state.resolved.set(name, mergeTraits(from, found.own))
}

function complainOfCircle(reading: Reading, parent: Parent, circle: readonly string[]): void {
  const way = [...circle, parent.name].map(quoted).join(' from ')
  reading.complain(
    'CPC-VOC-006',
    parent.offset,
    `a class cannot come from itself: ${way}`,
    'take one of these "from" out',
  )
}

// Why this file exists: a role with a count becomes that many named nodes here, once it is known that they are not too
// many; overrides then change single ones.
import { type Label, parseLabel } from '#directory'
import {
  type Field,
  fieldsOf,
  isWritten,
  missing,
  type Pair,
  pairsOf,
  read,
  type Reading,
  wholeNumber,
  wrong,
} from '#yaml'
import { type Classes, inherited, readParents } from './classes.ts'
import type { VcnSpec } from './cluster-spec.ts'
import { mergeTraits, readTraits, type Traits, traitKeys } from './traits.ts'

export const vcnsMax = 1024
const rolesMax = 64

/** One node on its way: named, but not yet whole. */
export interface DraftVcn {
  readonly name: Label
  readonly alias?: Label
  readonly role: Label
  /** Where its role stands, for what turns out to be missing. */
  readonly roleField: Field
  readonly traits: Traits
}

export interface Surroundings {
  readonly classes: Classes
  readonly networks: readonly Label[]
}

export function readRoles(
  reading: Reading,
  field: Field,
  around: Surroundings,
): readonly DraftVcn[] {
  if (!isWritten(field))
    return missing(reading, field, '`roles: { compute: { from: worker, count: 4 } }`') ?? []
  const pairs = pairsOf(reading, field)
  if (pairs.length === 0 || pairs.length > rolesMax)
    return wrong(reading, field, `a mapping with 1 to ${rolesMax} roles`) ?? []
  let total = 0
  return pairs.flatMap((pair) => {
    const fields = fieldsOf(reading, pair.field, [...traitKeys, 'from', 'count'])
    const traits = mergeTraits(
      inherited(reading, readParents(reading, fields('from')), around.classes),
      readTraits(reading, fields, around.networks),
    )
    const role = roleName(reading, pair)
    const count = read(reading, fields('count'), wholeNumber(0, vcnsMax)) ?? 1
    total += count
    if (total > vcnsMax) complainOfTotal(reading, fields('count'), total)
    if (role === undefined || total > vcnsMax) return []
    return numbered(role, count).map((names) => ({
      ...names,
      role,
      roleField: pair.field,
      traits,
    }))
  })
}

/** Short enough that its highest number still makes a host name. */
function roleName(reading: Reading, { key, keyOffset, field }: Pair): Label | undefined {
  const label = parseLabel(key)
  const fits = label !== undefined && key === label && parseLabel(`${label}${vcnsMax}`)
  const place = { path: field.path, offset: keyOffset }
  return fits ? label : wrong(reading, place, 'named with small letters, digits and hyphens')
}

function complainOfTotal(reading: Reading, count: Field, total: number): void {
  const why = `the roles up to here count ${total} nodes; a cluster has ${vcnsMax} at most`
  reading.complain('CPC-VOC-007', count.offset, why, 'lower a count, or make several clusters')
}

function numbered(role: Label, count: number): readonly Pick<DraftVcn, 'name' | 'alias'>[] {
  return Array.from({ length: count }, (_, at) => parseLabel(`${role}${at + 1}`)).flatMap(
    (name) => {
      if (name === undefined) return []
      return count === 1 ? [{ name, alias: role }] : [{ name }]
    },
  )
}

/** Roles `a` and `a1` may both want an `a11`. */
export function complainOfTwins(reading: Reading, vcns: readonly DraftVcn[]): void {
  const holders = new Map<string, Label>()
  for (const { name, alias, role, roleField } of vcns) {
    const names = alias === undefined ? [name] : [name, alias]
    const taken = names.find((one) => holders.has(one))
    const other = taken === undefined ? undefined : holders.get(taken)
    if (taken !== undefined && other !== undefined) {
      const why = `both role "${other}" and role "${role}" have a node called "${taken}"`
      reading.complain('CPC-VOC-007', roleField.offset, why, 'rename one of the roles')
    }
    for (const one of names) holders.set(one, role)
  }
}

/** What a node cannot do without; told once a role, not once a node. */
export function finish(reading: Reading, vcns: readonly DraftVcn[]): readonly VcnSpec[] {
  const told = new Set<string>()
  const lacks = (vcn: DraftVcn, key: string, example: string): void => {
    const path = `${vcn.roleField.path}.${key}`
    if (!told.has(path)) missing(reading, { path, offset: vcn.roleField.offset }, example)
    told.add(path)
  }
  return vcns.flatMap((vcn) => {
    const { vcpus, memoryBytes, image, networks, strategy, perHost, tags } = vcn.traits
    if (memoryBytes === undefined) lacks(vcn, 'memory', '`memory: 512MiB`')
    if (image === undefined) lacks(vcn, 'image', '`image: voc-compute@1`')
    if (typeof memoryBytes !== 'number' || typeof image !== 'object') return []
    const place = { strategy: strategy ?? 'spread', tags: tags ?? [] } as const
    return [
      {
        name: vcn.name,
        ...(vcn.alias === undefined ? {} : { alias: vcn.alias }),
        role: vcn.role,
        vcpus: vcpus ?? 1,
        memoryBytes,
        image,
        networks: networks ?? [],
        place: perHost === undefined ? place : { ...place, perHost },
      },
    ]
  })
}

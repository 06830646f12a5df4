// Why this file exists: classes, roles and overrides say the same things about a node. What each may say, and which of
// two wins, is here once.
import { type Label, parseLabel } from '#directory'
import {
  type Field,
  fieldsOf,
  isWritten,
  itemsOf,
  type Kind,
  oneOf,
  read,
  type Reading,
  textKind,
  valueOf,
  wholeNumber,
  wrong,
} from '#yaml'
import { type ImageId, parseImageId } from '../image/image-name.ts'
import type { Strategy } from './cluster-spec.ts'
import { parseSize } from './size.ts'
import { unknownName } from './unknown-name.ts'

const mebibyte = 1024 * 1024
export const vcpusMax = 512
export const memoryBytesMin = 16 * mebibyte
export const memoryBytesMax = 64 * 1024 ** 4
export const networksMax = 8
const perHostMax = 1024
const tagsMax = 16

/** The VO's own network, which every node has whether it says so or not. */
export const voNetworkWord = 'vo'

/** Something is said and it was reported as wrong: then it is not missing as well. */
type Wrong = 'wrong'

/** What one section says; `undefined`: nothing about it. */
export interface Traits {
  readonly vcpus: number | undefined
  readonly memoryBytes: number | Wrong | undefined
  readonly image: ImageId | Wrong | undefined
  readonly networks: readonly Label[] | undefined
  readonly strategy: Strategy | undefined
  readonly perHost: number | undefined
  readonly tags: readonly string[] | undefined
}

export const traitKeys = ['vcpus', 'memory', 'image', 'network', 'networks', 'place'] as const
export type TraitKey = (typeof traitKeys)[number]

export const noTraits: Traits = {
  vcpus: undefined,
  memoryBytes: undefined,
  image: undefined,
  networks: undefined,
  strategy: undefined,
  perHost: undefined,
  tags: undefined,
}

/** What a class says that is not there: nobody knows. */
export const unknownTraits: Traits = { ...noTraits, memoryBytes: 'wrong', image: 'wrong' }

/** Later wins, key by key; of `place` too. */
export function mergeTraits(earlier: Traits, later: Traits): Traits {
  return {
    vcpus: later.vcpus ?? earlier.vcpus,
    memoryBytes: later.memoryBytes ?? earlier.memoryBytes,
    image: later.image ?? earlier.image,
    networks: later.networks ?? earlier.networks,
    strategy: later.strategy ?? earlier.strategy,
    perHost: later.perHost ?? earlier.perHost,
    tags: later.tags ?? earlier.tags,
  }
}

const memoryKind: Kind<number> = {
  parse: (value) => {
    const bytes = typeof value === 'string' ? parseSize(value) : value
    const whole = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes % mebibyte === 0
    return whole && bytes >= memoryBytesMin && bytes <= memoryBytesMax ? bytes : undefined
  },
  expected: 'a size in whole mebibytes from 16MiB to 64TiB, such as 512MiB, 1GiB or 536870912',
}

const imageKind = textKind(parseImageId, 'an image with its version, such as voc-compute@3')

const tagKind = textKind(
  (text) => (/^[^\s\p{Cc},]{1,63}$/u.test(text) ? text.replace(/^@/, '') : undefined),
  'tags of hosts, such as [fast, rack3]',
)

export function readTraits(
  reading: Reading,
  fields: (key: TraitKey) => Field,
  knownNetworks: readonly Label[],
): Traits {
  const place = fieldsOf(reading, fields('place'), ['per-host', 'strategy', 'tags'])
  return {
    vcpus: read(reading, fields('vcpus'), wholeNumber(1, vcpusMax)),
    memoryBytes: readOrWrong(reading, fields('memory'), memoryKind),
    image: readOrWrong(reading, fields('image'), imageKind),
    networks: readNetworks(reading, networksField(reading, fields), knownNetworks),
    strategy: read(reading, place('strategy'), oneOf(['spread', 'pack'])),
    perHost: read(reading, place('per-host'), wholeNumber(1, perHostMax)),
    tags: readEach(reading, place('tags'), tagKind),
  }
}

function readOrWrong<T>(reading: Reading, field: Field, kind: Kind<T>): T | Wrong | undefined {
  return read(reading, field, kind) ?? (isWritten(field) ? 'wrong' : undefined)
}

/** `network: inner` is short for `networks: [inner]`. */
function networksField(reading: Reading, fields: (key: TraitKey) => Field): Field {
  const one = fields('network')
  const several = fields('networks')
  if (isWritten(one) && isWritten(several))
    wrong(reading, one, 'left out where "networks" is written')
  return isWritten(one) ? one : several
}

function readNetworks(
  reading: Reading,
  field: Field,
  known: readonly Label[],
): readonly Label[] | undefined {
  const items = itemsOf(reading, field, networksMax + 1)
  const labels = items?.flatMap((item) => {
    const word = valueOf(item.node)
    if (word === voNetworkWord) return []
    if (typeof word !== 'string') return wrong(reading, item, 'the name of a network') ?? []
    const label = known.find((one) => one === parseLabel(word))
    const place = { offset: item.offset, word }
    return label ?? unknownName(reading, place, 'network', [...known, voNetworkWord]) ?? []
  })
  return labels && [...new Set(labels)]
}

function readEach<T>(reading: Reading, field: Field, kind: Kind<T>): readonly T[] | undefined {
  return itemsOf(reading, field, tagsMax)?.flatMap((item) => read(reading, item, kind) ?? [])
}

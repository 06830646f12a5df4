// Why this file exists: the one way from the text of a cluster file to what a VO asks for, or to everything that is
// wrong with the text.
import { formatSubnet, type Label, parseLabel, parseSubnet, type Subnet } from '#directory'
import {
  type Field,
  fieldsOf,
  type FileKind,
  isWritten,
  type Migration,
  missing,
  type Pair,
  pairsOf,
  read,
  readFile,
  type ReadFile,
  type Reading,
  textKind,
  wrong,
} from '#yaml'
import { readClasses } from './classes.ts'
import type { ClusterSpec, NetworkSpec } from './cluster-spec.ts'
import { fileMigrations } from './migrations.ts'
import { applyOverrides } from './overrides.ts'
import { complainOfTwins, finish, readRoles } from './roles.ts'
import { networksMax, voNetworkWord } from './traits.ts'

export type ReadClusterFile = ReadFile<ClusterSpec>

const rootKeys = ['version', 'cluster', 'vo', 'classes', 'networks', 'roles', 'overrides'] as const
const widestPrefix = 16
const narrowestPrefix = 28

const clusterFile: FileKind = {
  what: 'the cluster file',
  todoIfOther: 'name a cluster file',
  todoIfNewer: (newest) => `write it as version ${newest}`,
  codes: {
    notYaml: 'CPC-VOC-001',
    unknownKey: 'CPC-VOC-002',
    missing: 'CPC-VOC-003',
    wrong: 'CPC-VOC-004',
    newer: 'CPC-VOC-005',
  },
}

/** `table` is another one in tests only. */
export function readClusterFile(
  text: string,
  fileName: string,
  table: readonly Migration[] = fileMigrations,
): ReadClusterFile {
  return readFile(text, fileName, { kind: clusterFile, migrations: table, readRoot })
}

const labelKind = textKind(
  (text) => (parseLabel(text) === text ? parseLabel(text) : undefined),
  'a name of small letters, digits and hyphens, such as hpl',
)

function readRoot(reading: Reading, root: Field): ClusterSpec | undefined {
  const fields = fieldsOf(reading, root, rootKeys)
  if (!isWritten(fields('version'))) missing(reading, fields('version'), '`version: 1`')
  const name = readName(reading, fields('cluster'), '`cluster: hpl`')
  const vo = readName(reading, fields('vo'), '`vo: physics`')
  const networks = readNetworks(reading, fields('networks'))
  const names = networks.map((network) => network.name)
  const around = { networks: names, classes: readClasses(reading, fields('classes'), names) }
  const drafts = readRoles(reading, fields('roles'), around)
  complainOfTwins(reading, drafts)
  const vcns = finish(reading, applyOverrides(reading, fields('overrides'), drafts, around))
  return name === undefined || vo === undefined ? undefined : { vo, name, networks, vcns }
}

function readName(reading: Reading, field: Field, example: string): Label | undefined {
  if (!isWritten(field)) return missing(reading, field, example)
  return read(reading, field, labelKind)
}

function readNetworks(reading: Reading, field: Field): readonly NetworkSpec[] {
  const pairs = pairsOf(reading, field)
  if (pairs.length > networksMax)
    return wrong(reading, field, `at most ${networksMax} networks`) ?? []
  return pairs.flatMap((pair) => {
    const subnet = readSubnet(reading, fieldsOf(reading, pair.field, ['subnet'])('subnet'))
    const name = networkName(reading, pair)
    if (name === undefined) return []
    return subnet === undefined || subnet === 'auto' ? [{ name }] : [{ name, subnet }]
  })
}

function networkName(reading: Reading, { key, keyOffset, field }: Pair): Label | undefined {
  const place = { path: field.path, offset: keyOffset }
  if (key === voNetworkWord)
    return wrong(reading, place, `named otherwise: "${voNetworkWord}" is the VO's own network`)
  return labelKind.parse(key) ?? wrong(reading, place, `named ${labelKind.expected}`)
}

const subnetKind = textKind((text): Subnet | 'auto' | undefined => {
  if (text === 'auto') return text
  const subnet = parseSubnet(text)
  const fits = subnet && subnet.prefix >= widestPrefix && subnet.prefix <= narrowestPrefix
  return fits && formatSubnet(subnet) === text ? subnet : undefined
}, `auto, or a subnet from /${widestPrefix} to /${narrowestPrefix} such as 10.128.16.0/20`)

function readSubnet(reading: Reading, field: Field): Subnet | 'auto' | undefined {
  return read(reading, field, subnetKind)
}

// Why this file exists: the one way from the text of a cluster file to what a VO asks for, or to everything that is
// wrong with the text.
import { formatSubnet, type Label, parseLabel, parseSubnet, type Subnet } from '#directory'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { readClasses } from './classes.ts'
import type { ClusterSpec, NetworkSpec } from './cluster-spec.ts'
import { fileMigrations, type FileMigration, migrateFile, newestFileVersion } from './migrations.ts'
import type { Problem } from './problem.ts'
import {
  type Field,
  fieldsOf,
  isWritten,
  missing,
  type Pair,
  pairsOf,
  read,
  Reading,
  textKind,
  wholeNumber,
  wrong,
} from './reading.ts'
import { applyOverrides } from './overrides.ts'
import { complainOfTwins, finish, readRoles } from './roles.ts'
import { networksMax, voNetworkWord } from './traits.ts'

export type ReadClusterFile =
  | { readonly ok: true; readonly value: ClusterSpec }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const textLengthMax = 1024 * 1024
const rootKeys = ['version', 'cluster', 'vo', 'classes', 'networks', 'roles', 'overrides'] as const
const widestPrefix = 16
const narrowestPrefix = 28

/** `table` is another one in tests only. */
export function readClusterFile(
  text: string,
  fileName: string,
  table: readonly FileMigration[] = fileMigrations,
): ReadClusterFile {
  const lines = new LineCounter()
  const reading = new Reading(fileName, lines)
  if (text.length > textLengthMax) {
    const why = `it has more than ${textLengthMax} characters`
    reading.complain('CPC-VOC-001', 0, why, 'name a cluster file')
    return { ok: false, problems: reading.problems }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    reading.complain('CPC-VOC-001', pos[0], `this is no YAML: ${message}`, 'correct the line')
  }
  const known = reading.problems.length === 0 && bringUpToDate(reading, document, table)
  const value = known ? readRoot(reading, rootOf(document)) : undefined
  const { problems } = reading
  return value && problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}

function rootOf(document: Document.Parsed): Field {
  return { path: '', offset: 0, node: document.contents }
}

/** A format that we do not know is not guessed at, so nothing else of such a file is judged. */
function bringUpToDate(
  reading: Reading,
  document: Document.Parsed,
  table: readonly FileMigration[],
): boolean {
  const silent = new Reading(reading.fileName, new LineCounter())
  const field = fieldsOf(silent, rootOf(document), ['version'])('version')
  if (!isWritten(field)) return true
  const version = read(reading, field, wholeNumber(1, Number.MAX_SAFE_INTEGER))
  if (version === undefined) return false
  const newest = newestFileVersion(table)
  if (version > newest) {
    const why = `version ${version} was written for a newer Coppice; this one knows up to ${newest}`
    reading.complain('CPC-VOC-005', field.offset, why, `write it as version ${newest}`)
    return false
  }
  migrateFile(document, version, table)
  return true
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

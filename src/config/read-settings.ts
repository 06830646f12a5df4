// Why this file exists: coppice.yaml is written by people. It is read whole, every mistake is reported at once with its
// line and column, and what comes out has no gaps.
import type { DnsName } from '#directory'
import { type Document, LineCounter, parseDocument } from 'yaml'
import {
  domainKind,
  endpointKind,
  hostMemoryKind,
  interfaceKind,
  nfsExportKind,
  pathKind,
  patienceRange,
  portRange,
  siteKind,
  vcpusPerCpuRange,
} from './kinds.ts'
import { migrate, migrations, newestVersion } from './migrations.ts'
import { readDirectory } from './read-directory.ts'
import {
  type Field,
  fieldsOf,
  isMapping,
  isWritten,
  missing,
  oneOf,
  type Problem,
  Reading,
  readList,
  readNumber,
  readText,
  wrong,
} from './reading.ts'
import type { NfsSettings, Settings } from './settings.ts'

export type ReadSettings =
  | { readonly ok: true; readonly value: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const nfsKind = {
  ...oneOf(['auto', 'kernel', 'ganesha']),
  expected: 'auto, kernel, ganesha or { export: server:/path }',
}
const textLengthMax = 1024 * 1024
const rootKeys = [
  'version',
  'site',
  'domain',
  'interfaces',
  'services',
  'dns',
  'api',
  'directory',
  'images',
  'enrol',
  'boot',
  'placement',
] as const
const defaults = {
  enrolPort: 8443,
  apiListen: { host: '127.0.0.1', port: 8420 },
  patiencePercent: 100,
  vcpusPerCpu: 4,
  hostMemoryBytes: 384 * 1024 ** 2,
} as const

/** `migrationTable` is another one in tests only. */
export function readSettings(
  text: string,
  fileName: string,
  dataDir: string,
  migrationTable = migrations,
): ReadSettings {
  const lines = new LineCounter()
  const reading = new Reading(fileName, lines)
  if (text.length > textLengthMax) {
    const why = `it has more than ${textLengthMax} characters`
    reading.complain('CPC-CFG-001', 0, why, 'name the file that "coppice init" wrote')
    return { ok: false, problems: reading.problems }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    reading.complain('CPC-CFG-001', pos[0], `this is no YAML: ${message}`, 'correct the line')
  }
  const known = reading.problems.length === 0 && bringUpToDate(reading, document, migrationTable)
  const value = known ? readRoot(reading, rootOf(document), dataDir) : undefined
  return value && reading.problems.length === 0
    ? { ok: true, value }
    : { ok: false, problems: reading.problems }
}

function rootOf(document: Document.Parsed): Field {
  return { path: '', offset: 0, node: document.contents }
}

/** A format that we do not know is not guessed at, so nothing else of such a file is judged. */
function bringUpToDate(
  reading: Reading,
  document: Document.Parsed,
  table: typeof migrations,
): boolean {
  const silent = new Reading(reading.fileName, new LineCounter())
  const field = fieldsOf(silent, rootOf(document), ['version'])('version')
  if (!isWritten(field)) return true
  const version = readNumber(reading, field, [1, Number.MAX_SAFE_INTEGER])
  if (version === undefined) return false
  const newest = newestVersion(table)
  if (version > newest) {
    const why = `version ${version} was written for a newer Coppice; this one knows up to ${newest}`
    reading.complain(
      'CPC-CFG-005',
      field.offset,
      why,
      'install that Coppice, or write the file anew',
    )
    return false
  }
  migrate(document, version, table)
  return true
}

function readRoot(reading: Reading, root: Field, dataDir: string): Settings | undefined {
  const fields = fieldsOf(reading, root, rootKeys)
  const path = pathKind(reading.fileName, dataDir)
  const version = required(reading, fields('version'), '`version: 1`', (field) =>
    readNumber(reading, field, [1, Number.MAX_SAFE_INTEGER]),
  )
  const domain = required(reading, fields('domain'), '`domain: cluster.test`', (field) =>
    readText<DnsName>(reading, field, domainKind),
  )
  const interfaces = readInterfaces(reading, fields('interfaces'))
  const directory = readDirectory(reading, fields('directory'), domain, dataDir)
  const dns = fieldsOf(reading, fields('dns'), ['forwarders'])
  const api = fieldsOf(reading, fields('api'), ['listen'])
  const enrol = fieldsOf(reading, fields('enrol'), ['port'])
  const boot = fieldsOf(reading, fields('boot'), ['hostImage', 'patiencePercent'])
  const rest = {
    site: readText(reading, fields('site'), siteKind) ?? domain ?? '',
    services: readServices(reading, fields('services')),
    dns: { forwarders: readList(reading, dns('forwarders'), endpointKind(53)) ?? [] },
    api: { listen: readList(reading, api('listen'), endpointKind()) ?? [defaults.apiListen] },
    images: readImages(reading, fields('images'), dataDir),
    enrol: { port: readNumber(reading, enrol('port'), portRange) ?? defaults.enrolPort },
    boot: {
      hostImage:
        readText(reading, boot('hostImage'), path) ?? path.parse('DIR/boot/kvm-host') ?? '',
      patiencePercent:
        readNumber(reading, boot('patiencePercent'), patienceRange) ?? defaults.patiencePercent,
    },
    placement: readPlacement(reading, fields('placement')),
  }
  return version === undefined || domain === undefined || !interfaces || !directory
    ? undefined
    : { version, domain, interfaces, directory, ...rest }
}

function required<T>(
  reading: Reading,
  field: Field,
  example: string,
  read: (field: Field) => T | undefined,
): T | undefined {
  return isWritten(field) ? read(field) : missing(reading, field, example)
}

function readInterfaces(reading: Reading, field: Field): readonly string[] | undefined {
  const names = required(reading, field, '`interfaces: [eth0]`', (written) =>
    readList(reading, written, interfaceKind),
  )
  if (names?.length === 0) return wrong(reading, field, 'a list of one interface or more')
  return names && new Set(names).size < names.length
    ? wrong(reading, field, 'a list that names each interface once')
    : names
}

function readServices(reading: Reading, field: Field): Settings['services'] {
  const fields = fieldsOf(reading, field, ['dhcp', 'dns', 'tftp', 'http'])
  const onOff = oneOf(['on', 'off'])
  return {
    dhcp:
      readText(reading, fields('dhcp'), oneOf(['authoritative', 'proxy', 'off'])) ??
      'authoritative',
    dns: readText(reading, fields('dns'), onOff) ?? 'on',
    tftp: readText(reading, fields('tftp'), onOff) ?? 'on',
    http: readText(reading, fields('http'), onOff) ?? 'on',
  }
}

function readPlacement(reading: Reading, field: Field): Settings['placement'] {
  const fields = fieldsOf(reading, field, ['vcpusPerCpu', 'hostMemory'])
  return {
    vcpusPerCpu:
      readNumber(reading, fields('vcpusPerCpu'), vcpusPerCpuRange) ?? defaults.vcpusPerCpu,
    hostMemoryBytes:
      readText(reading, fields('hostMemory'), hostMemoryKind) ?? defaults.hostMemoryBytes,
  }
}

function readImages(reading: Reading, field: Field, dataDir: string): Settings['images'] {
  const fields = fieldsOf(reading, field, ['store', 'nfs'])
  const path = pathKind(reading.fileName, dataDir)
  return {
    store: readText(reading, fields('store'), path) ?? path.parse('DIR/images') ?? '',
    nfs: readNfs(reading, fields('nfs')),
  }
}

function readNfs(reading: Reading, field: Field): NfsSettings {
  if (!isMapping(field)) return readText(reading, field, nfsKind) ?? 'auto'
  const source = fieldsOf(reading, field, ['export'])('export')
  const place = required(reading, source, '`{ export: nas.example:/images }`', (written) =>
    readText(reading, written, nfsExportKind),
  )
  return { export: place ?? '' }
}

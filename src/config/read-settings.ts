// Why this file exists: coppice.yaml is written by people. It is read whole, every mistake is reported at once with its
// line and column, and what comes out has no gaps.
import {
  type Field,
  fieldsOf,
  type FileKind,
  isMapping,
  isWritten,
  missing,
  oneOf,
  read,
  readFile,
  type ReadFile,
  type Reading,
  readList,
  versionKind,
  wrong,
} from '#yaml'
import {
  domainKind,
  endpointKind,
  hostMemoryKind,
  interfaceKind,
  nfsExportKind,
  pathKind,
  patienceKind,
  portKind,
  siteKind,
  vcpusPerCpuKind,
} from './kinds.ts'
import { migrations } from './migrations.ts'
import { readDirectory } from './read-directory.ts'
import type { NfsSettings, Settings } from './settings.ts'

export type ReadSettings = ReadFile<Settings>

const nfsKind = {
  ...oneOf(['auto', 'kernel', 'ganesha']),
  expected: 'auto, kernel, ganesha or { export: server:/path }',
}
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

const configuration: FileKind = {
  what: 'the configuration',
  todoIfOther: 'name the file that "coppice init" wrote',
  todoIfNewer: () => 'install that Coppice, or write the file anew',
  codes: {
    notYaml: 'CPC-CFG-001',
    unknownKey: 'CPC-CFG-002',
    missing: 'CPC-CFG-003',
    wrong: 'CPC-CFG-004',
    newer: 'CPC-CFG-005',
  },
}

/** `migrationTable` is another one in tests only. */
export function readSettings(
  text: string,
  fileName: string,
  dataDir: string,
  migrationTable = migrations,
): ReadSettings {
  return readFile(text, fileName, {
    kind: configuration,
    migrations: migrationTable,
    readRoot: (reading, root) => readRoot(reading, root, dataDir),
  })
}

function readRoot(reading: Reading, root: Field, dataDir: string): Settings | undefined {
  const fields = fieldsOf(reading, root, rootKeys)
  const path = pathKind(reading.fileName, dataDir)
  const version = required(reading, fields('version'), '`version: 1`', (field) =>
    read(reading, field, versionKind),
  )
  const domain = required(reading, fields('domain'), '`domain: cluster.test`', (field) =>
    read(reading, field, domainKind),
  )
  const interfaces = readInterfaces(reading, fields('interfaces'))
  const directory = readDirectory(reading, fields('directory'), domain, dataDir)
  const dns = fieldsOf(reading, fields('dns'), ['forwarders'])
  const api = fieldsOf(reading, fields('api'), ['listen'])
  const enrol = fieldsOf(reading, fields('enrol'), ['port'])
  const boot = fieldsOf(reading, fields('boot'), ['hostImage', 'patiencePercent'])
  const rest = {
    site: read(reading, fields('site'), siteKind) ?? domain ?? '',
    services: readServices(reading, fields('services')),
    dns: { forwarders: readList(reading, dns('forwarders'), endpointKind(53)) ?? [] },
    api: { listen: readList(reading, api('listen'), endpointKind()) ?? [defaults.apiListen] },
    images: readImages(reading, fields('images'), dataDir),
    enrol: { port: read(reading, enrol('port'), portKind) ?? defaults.enrolPort },
    boot: {
      hostImage: read(reading, boot('hostImage'), path) ?? path.parse('DIR/boot/kvm-host') ?? '',
      patiencePercent:
        read(reading, boot('patiencePercent'), patienceKind) ?? defaults.patiencePercent,
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
  readWritten: (field: Field) => T | undefined,
): T | undefined {
  return isWritten(field) ? readWritten(field) : missing(reading, field, example)
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
      read(reading, fields('dhcp'), oneOf(['authoritative', 'proxy', 'off'])) ?? 'authoritative',
    dns: read(reading, fields('dns'), onOff) ?? 'on',
    tftp: read(reading, fields('tftp'), onOff) ?? 'on',
    http: read(reading, fields('http'), onOff) ?? 'on',
  }
}

function readPlacement(reading: Reading, field: Field): Settings['placement'] {
  const fields = fieldsOf(reading, field, ['vcpusPerCpu', 'hostMemory'])
  return {
    vcpusPerCpu: read(reading, fields('vcpusPerCpu'), vcpusPerCpuKind) ?? defaults.vcpusPerCpu,
    hostMemoryBytes:
      read(reading, fields('hostMemory'), hostMemoryKind) ?? defaults.hostMemoryBytes,
  }
}

function readImages(reading: Reading, field: Field, dataDir: string): Settings['images'] {
  const fields = fieldsOf(reading, field, ['store', 'nfs'])
  const path = pathKind(reading.fileName, dataDir)
  return {
    store: read(reading, fields('store'), path) ?? path.parse('DIR/images') ?? '',
    nfs: readNfs(reading, fields('nfs')),
  }
}

function readNfs(reading: Reading, field: Field): NfsSettings {
  if (!isMapping(field)) return read(reading, field, nfsKind) ?? 'auto'
  const source = fieldsOf(reading, field, ['export'])('export')
  const place = required(reading, source, '`{ export: nas.example:/images }`', (written) =>
    read(reading, written, nfsExportKind),
  )
  return { export: place ?? '' }
}

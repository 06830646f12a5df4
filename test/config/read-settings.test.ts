// Why this file exists: what a configuration says, and what it leaves unsaid, must reach every process the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings, type Settings } from '#config'
import { parseDnsName } from '#directory'

const required = `version: 1
domain: cluster.test
interfaces: [prov0]
directory: { embedded: {} }
`

function read(text: string): Settings {
  const result = readSettings(text, 'coppice.yaml', '/data')
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

const defaults: Settings = {
  version: 1,
  site: 'cluster.test',
  domain: parseDnsName('cluster.test') ?? assert.fail(),
  interfaces: ['prov0'],
  services: { dhcp: 'authoritative', dns: 'on', tftp: 'on', http: 'on' },
  dns: { forwarders: [] },
  api: { listen: [{ host: '127.0.0.1', port: 8420 }] },
  directory: {
    kind: 'embedded',
    listen: '127.0.0.1:3890',
    base: 'dc=cluster,dc=test',
    removals: { percentMax: 10, countMax: 5, windowMillis: 60_000 },
  },
  images: { store: '/data/images', nfs: 'auto' },
  enrol: { port: 8443 },
  boot: { hostImage: '/data/boot/kvm-host', patiencePercent: 100 },
  placement: { vcpusPerCpu: 4, hostMemoryBytes: 384 * 1024 ** 2 },
}

test('the four required keys are enough; all else is its default', () => {
  assert.deepEqual(read(required), defaults)
})

test('the configuration of the reference is read as it stands there', () => {
  const text = `
version: 1
site: lab
domain: cluster.test
interfaces: [prov0]              # listen here and nowhere else
services: { dhcp: authoritative, dns: on, tftp: on, http: on }    # dhcp: authoritative | proxy | off
dns: { forwarders: [] }          # none
api: { listen: [127.0.0.1:8420] }
directory:
  embedded: { listen: 127.0.0.1:3890, base: "dc=cluster,dc=test" }
images: { store: DIR/images, nfs: auto }
`
  assert.deepEqual(read(text), { ...defaults, site: 'lab' })
})

const { removals } = defaults.directory

function withLine(line: string): string {
  return `${required}${line}\n`
}

function withDirectory(lines: string): string {
  return required.replace('{ embedded: {} }', lines)
}

const external = 'url: ldaps://ldap.example:636, base: dc=x'
for (const [sentence, text, pick, expected] of [
  [
    'services are set one by one',
    withLine('services: { dhcp: proxy, dns: off }'),
    (one: Settings) => one.services,
    { dhcp: 'proxy', dns: 'off', tftp: 'on', http: 'on' },
  ],
  [
    'a mapping with everything commented out is an empty one',
    withLine('services:\n  # dhcp: off'),
    (one: Settings) => one.services,
    defaults.services,
  ],
  [
    'a forwarder has the usual port',
    withLine('dns: { forwarders: [192.0.2.1, 192.0.2.2:5353] }'),
    (one: Settings) => one.dns.forwarders,
    [
      { host: '192.0.2.1', port: 53 },
      { host: '192.0.2.2', port: 5353 },
    ],
  ],
  [
    'the API may listen on its socket only',
    withLine('api: { listen: [] }'),
    (one: Settings) => one.api.listen,
    [],
  ],
  [
    'an absolute path is left alone',
    withLine('images: { store: /srv/images }'),
    (one: Settings) => one.images.store,
    '/srv/images',
  ],
  [
    'DIR is the data directory',
    withLine('boot: { hostImage: DIR/b }'),
    (one: Settings) => one.boot.hostImage,
    '/data/b',
  ],
  [
    'somebody else may export the images',
    withLine('images: { nfs: { export: nas:/images } }'),
    (one: Settings) => one.images.nfs,
    { export: 'nas:/images' },
  ],
  [
    'the enrolment port may move',
    withLine('enrol: { port: 9443 }'),
    (one: Settings) => one.enrol.port,
    9443,
  ],
  [
    'a site that computes gives each node a CPU of its own',
    withLine('placement: { vcpusPerCpu: 1, hostMemory: 2GiB }'),
    (one: Settings) => one.placement,
    { vcpusPerCpu: 1, hostMemoryBytes: 2 * 1024 ** 3 },
  ],
  [
    'a domain is read in lower case',
    required.replace('cluster.test', 'Cluster.TEST'),
    (one: Settings) => one.domain,
    'cluster.test',
  ],
  [
    'the embedded directory may be named alone',
    withDirectory('\n  embedded:'),
    (one: Settings) => one.directory,
    defaults.directory,
  ],
  [
    'the embedded directory has a base of its own',
    withDirectory('{ embedded: { base: "o=x" } }'),
    (one: Settings) => one.directory.base,
    'o=x',
  ],
  [
    'an external directory may be read without a name',
    withDirectory(`{ ${external} }`),
    (one: Settings) => one.directory,
    { kind: 'external', url: 'ldaps://ldap.example:636', base: 'dc=x', removals },
  ],
  [
    'an external directory with a secret',
    withDirectory(`{ ${external}, bindDn: "cn=c,dc=x", secretFile: /s, caFile: DIR/ca.pem }`),
    (one: Settings) => one.directory,
    {
      kind: 'external',
      url: 'ldaps://ldap.example:636',
      base: 'dc=x',
      bindDn: 'cn=c,dc=x',
      secretFile: '/s',
      caFile: '/data/ca.pem',
      removals,
    },
  ],
  [
    'LDAP that begins in clear, with a secret that waits for StartTLS',
    withDirectory(
      '{ url: "ldap://ldap.example", base: dc=x, bindDn: cn=c, secretFile: /s, startTls: true }',
    ),
    (one: Settings) => one.directory.kind === 'external' && one.directory.startTls,
    true,
  ],
  [
    'how much may vanish from the directory at once',
    withDirectory('{ embedded: {}, removals: { percent: 25, count: 0, window: 10m } }'),
    (one: Settings) => one.directory.removals,
    { percentMax: 25, countMax: 0, windowMillis: 600_000 },
  ],
  [
    'plain LDAP with a secret on loopback',
    withDirectory('{ url: "ldap://127.0.0.1:389", base: dc=x, bindDn: cn=c, secretFile: /s }'),
    (one: Settings) => one.directory.kind,
    'external',
  ],
  [
    'a unix socket with a secret',
    withDirectory('{ url: "ldapi://%2Frun%2Fldapi", base: dc=x, bindDn: cn=c, secretFile: /s }'),
    (one: Settings) => one.directory.kind,
    'external',
  ],
] as const) {
  test(`a configuration is read: ${sentence}`, () => {
    assert.deepEqual(pick(read(text)), expected)
  })
}

test('a relative path is beside the configuration file', () => {
  const text = withLine('images: { store: images }')
  const result = readSettings(text, '/etc/coppice/coppice.yaml', '/data')
  assert.equal(result.ok && result.value.images.store, '/etc/coppice/images')
})

// Why this file exists: whoever mistypes a configuration must be led to the line and column, for all mistakes at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from '#config'
import { faultLines, type Problem } from '#fault'
import fc from 'fast-check'

const required = `version: 1
domain: cluster.test
interfaces: [prov0]
directory: { embedded: {} }
`

function problemsOf(text: string): readonly Problem[] {
  const result = readSettings(text, 'coppice.yaml', '/data')
  assert.ok(!result.ok, 'it was accepted')
  return result.problems
}

function withLine(line: string): string {
  return `${required}${line}\n`
}

function withDirectory(lines: string): string {
  return required.replace('{ embedded: {} }', lines)
}

const external = 'url: ldaps://ldap.example:636, base: dc=x'

for (const [sentence, text, code, where, why] of [
  [
    'an unknown key names the nearest',
    withLine('servces: {}'),
    'CPC-CFG-002',
    '5:1',
    /"servces".*"services"/,
  ],
  [
    'an unknown inner key names the nearest and its path',
    withLine('services:\n  DHPC: off'),
    'CPC-CFG-002',
    '6:3',
    /"services\.DHPC".*"dhcp"/,
  ],
  [
    'an unknown key of the embedded directory',
    withDirectory('\n  embedded: { lisen: 1 }'),
    'CPC-CFG-002',
    '5:15',
    /"listen"/,
  ],
  [
    'a host that keeps too little memory for itself',
    withLine('placement: { hostMemory: 127MiB }'),
    'CPC-CFG-004',
    '5:26',
    /placement\.hostMemory.*128MiB/,
  ],
  [
    'a size in a unit that nobody writes',
    withLine('placement: { hostMemory: 1TiB }'),
    'CPC-CFG-004',
    '5:26',
    /from 128MiB to 1024GiB/,
  ],
  [
    'more virtual CPUs than a host can carry',
    withLine('placement: { vcpusPerCpu: 65 }'),
    'CPC-CFG-004',
    '5:27',
    /from 1 to 64/,
  ],
  [
    'an unknown key of placement names the nearest',
    withLine('placement: { vcpuPerCpu: 1 }'),
    'CPC-CFG-002',
    '5:14',
    /"vcpusPerCpu"/,
  ],
  ['a key twice', withLine('domain: x.test'), 'CPC-CFG-001', '5:1', /unique/i],
  ['text that is no YAML', 'version: [1', 'CPC-CFG-001', '1:12', /./],
  ['two documents', `${required}---\n${required}`, 'CPC-CFG-001', '5:1', /document/],
  ['no domain', required.replace(/domain.*\n/, ''), 'CPC-CFG-003', '1:1', /"domain"/],
  ['no version', required.replace(/version.*\n/, ''), 'CPC-CFG-003', '1:1', /"version"/],
  [
    'a directory of neither sort',
    withDirectory('{}'),
    'CPC-CFG-003',
    '4:12',
    /either "embedded" or "url"/,
  ],
  [
    'an external directory without base',
    withDirectory('{ url: "ldaps://x" }'),
    'CPC-CFG-003',
    '4:12',
    /directory\.base/,
  ],
  [
    'a name to bind with, but no secret',
    withDirectory(`{ ${external}, bindDn: cn=c }`),
    'CPC-CFG-003',
    '4:12',
    /secretFile/,
  ],
  [
    'a secret, but no name to bind with',
    withDirectory(`{ ${external}, secretFile: s }`),
    'CPC-CFG-003',
    '4:12',
    /bindDn/,
  ],
  [
    'both sorts of directory',
    withDirectory('{ embedded: {}, base: dc=x }'),
    'CPC-CFG-004',
    '4:34',
    /directory\.base/,
  ],
  [
    'a domain with a space',
    required.replace('cluster.test', '"a b"'),
    'CPC-CFG-004',
    '2:9',
    /domain name/,
  ],
  [
    'an empty list of interfaces',
    required.replace('[prov0]', '[]'),
    'CPC-CFG-004',
    '3:13',
    /one interface/,
  ],
  ['an interface twice', required.replace('[prov0]', '[a, a]'), 'CPC-CFG-004', '3:13', /once/],
  [
    'an interface that Linux would not take',
    required.replace('prov0', 'a/b'),
    'CPC-CFG-004',
    '3:14',
    /interfaces\[0\]/,
  ],
  ['interfaces as one word', required.replace('[prov0]', 'prov0'), 'CPC-CFG-004', '3:13', /a list/],
  [
    'a service that is half on',
    withLine('services: { dns: maybe }'),
    'CPC-CFG-004',
    '5:18',
    /one of on, off/,
  ],
  [
    'a port above all ports',
    withLine('enrol: { port: 65536 }'),
    'CPC-CFG-004',
    '5:16',
    /1 to 65535/,
  ],
  ['a port as text', withLine('enrol: { port: "8443" }'), 'CPC-CFG-004', '5:16', /whole number/],
  [
    'an API endpoint without port',
    withLine('api: { listen: [127.0.0.1] }'),
    'CPC-CFG-004',
    '5:17',
    /with a port/,
  ],
  [
    'an export without path',
    withLine('images: { nfs: { export: nas } }'),
    'CPC-CFG-004',
    '5:26',
    /nas\.example/,
  ],
  [
    'an export without export',
    withLine('images: { nfs: {} }'),
    'CPC-CFG-003',
    '5:16',
    /images\.nfs\.export/,
  ],
  ['a word where a mapping stands', withLine('dns: on'), 'CPC-CFG-004', '5:6', /a mapping/],
  [
    'an alias, which could stand for anything',
    withLine('site: *x'),
    'CPC-CFG-004',
    '5:7',
    /site must be/,
  ],
  ['a file that is a list', '- 1', 'CPC-CFG-004', '1:1', /the file must be a mapping/],
  [
    'a newer version, and nothing else is judged',
    'version: 2\nfuture: true\n',
    'CPC-CFG-005',
    '1:10',
    /version 2.*up to 1/,
  ],
  ['version 0', required.replace('1', '0'), 'CPC-CFG-004', '1:10', /version/],
  [
    'HOSTILE 66: a secret in clear over the network',
    withDirectory('{ url: "ldap://ldap.example", base: dc=x, bindDn: cn=c, secretFile: s }'),
    'CPC-CFG-006',
    '4:19',
    /in clear/,
  ],
  [
    'HOSTILE 66: an embedded server beyond loopback',
    withDirectory('{ embedded: { listen: "0.0.0.0:3890" } }'),
    'CPC-CFG-006',
    '4:34',
    /loopback/,
  ],
  [
    'StartTLS where all is encrypted already',
    withDirectory(`{ ${external}, startTls: true }`),
    'CPC-CFG-004',
    '4:67',
    /startTls/,
  ],
  [
    'StartTLS that is neither true nor false',
    withDirectory('{ url: "ldap://x", base: dc=x, startTls: always }'),
    'CPC-CFG-004',
    '4:53',
    /true or false/,
  ],
  [
    'more than all of a directory',
    withDirectory('{ embedded: {}, removals: { percent: 101 } }'),
    'CPC-CFG-004',
    '4:49',
    /1 to 100/,
  ],
  [
    'a window of time without its unit',
    withDirectory('{ embedded: {}, removals: { window: 60 } }'),
    'CPC-CFG-004',
    '4:48',
    /60s/,
  ],
  [
    'an LDAP address of another sort',
    withDirectory('{ url: "http://x", base: dc=x }'),
    'CPC-CFG-004',
    '4:19',
    /ldaps:/,
  ],
  [
    'a base that is no name',
    withDirectory('{ embedded: { base: cluster } }'),
    'CPC-CFG-004',
    '4:32',
    /distinguished/,
  ],
] as const) {
  test(`a configuration is refused: ${sentence}`, () => {
    const [first] = problemsOf(text)
    assert.equal(first?.code, code)
    assert.equal(first?.text.where, `coppice.yaml:${where}`)
    assert.match(first?.text.why ?? '', why)
    assert.equal(faultLines(code, first?.text ?? assert.fail()).split('\n').length, 4)
  })
}

test('several problems are reported together, in the order of the file', () => {
  const problems = problemsOf('version: 1\nsiet: x\ndomain: "?"\ninterfaces: []\ndirectory: {}\n')
  assert.deepEqual(
    problems.map(({ code, text }) => `${code} ${text.where}`),
    [
      'CPC-CFG-002 coppice.yaml:2:1',
      'CPC-CFG-004 coppice.yaml:3:9',
      'CPC-CFG-004 coppice.yaml:4:13',
      'CPC-CFG-003 coppice.yaml:5:12',
    ],
  )
})

test('an empty file lacks all that is required, and says so in one go', () => {
  assert.equal(problemsOf('').length, 4)
})

test('problems and sizes are bounded', () => {
  const lines = Array.from({ length: 500 }, (_, at) => `key${at}: 1`).join('\n')
  assert.equal(problemsOf(lines).length, 50)
  assert.equal(problemsOf(`# ${'x'.repeat(1024 * 1024)}`)[0]?.code, 'CPC-CFG-001')
})

test('no text makes the reader throw', () => {
  const word = fc.constantFrom(
    'version: 1',
    'domain: ',
    'directory:',
    '  embedded: ',
    '[',
    '&a ',
    '*a',
    '{',
    '\n',
    '- ',
    '!!x ',
    '"',
    '<<: ',
  )
  const text = fc.oneof(
    fc.array(word).map((words) => words.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(text, (source) => {
      assert.equal(typeof readSettings(source, 'f', '/data').ok, 'boolean')
    }),
  )
})

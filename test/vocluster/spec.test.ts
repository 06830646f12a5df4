// Why this file exists: a cluster file is written by people of other sites; what it means, and how each mistake in it is
// told, is promised here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FaultCode, faultLines, type Problem } from '#fault'
import { type ClusterSpec, formatSize, parseSize, readClusterFile, type VcnSpec } from '#vocluster'
import type { Migration } from '#yaml'
import fc from 'fast-check'
import { hostileText } from '../hostile-text.ts'

/** The one of the contract, to the letter. */
const contract = `version: 1
cluster: hpl
vo: physics
classes:                                   # MLN's superclasses: \`from\` inherits, later wins
  small:   { vcpus: 1, memory: 512MiB }
  worker:  { from: small, image: voc-compute@3, network: inner }
networks: { inner: { subnet: auto } }   # beside the VO's own network, which every VCN has
roles:
  head:    { from: small, image: voc-head@1, count: 1, networks: [vo, inner] }
  compute: { from: worker, count: 28, place: { per-host: 2, strategy: spread } }
overrides:
  compute7: { memory: 1GiB }
`

function specOf(text: string): ClusterSpec {
  const result = readClusterFile(text, 'hpl.yaml')
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

function problemsOf(text: string): readonly Problem[] {
  const result = readClusterFile(text, 'hpl.yaml')
  assert.ok(!result.ok, 'it was accepted')
  return result.problems
}

function vcnOf(spec: ClusterSpec, name: string): VcnSpec {
  return spec.vcns.find((vcn) => vcn.name === name) ?? assert.fail(`there is no ${name}`)
}

const mebibytes = 1024 * 1024

test('the cluster file of the contract becomes 29 nodes', () => {
  const spec = specOf(contract)
  assert.deepEqual([spec.vo, spec.name, spec.networks], ['physics', 'hpl', [{ name: 'inner' }]])
  assert.equal(spec.vcns.length, 29)
  assert.deepEqual(vcnOf(spec, 'head1'), {
    name: 'head1',
    alias: 'head',
    role: 'head',
    vcpus: 1,
    memoryBytes: 512 * mebibytes,
    image: { name: 'voc-head', version: 1 },
    networks: ['inner'],
    place: { strategy: 'spread', tags: [] },
  })
  assert.deepEqual(vcnOf(spec, 'compute28'), {
    name: 'compute28',
    role: 'compute',
    vcpus: 1,
    memoryBytes: 512 * mebibytes,
    image: { name: 'voc-compute', version: 3 },
    networks: ['inner'],
    place: { strategy: 'spread', tags: [], perHost: 2 },
  })
  assert.equal(vcnOf(spec, 'compute7').memoryBytes, 1024 * mebibytes)
})

/** The smallest file, with lines of its own below. */
function small(lines: string): string {
  return `version: 1\ncluster: c\nvo: v\nroles:\n  a: { image: i@1, memory: 64MiB }\n${lines}`
}

test('a role of one answers to its name, and keeps its first node when it grows', () => {
  assert.deepEqual(
    specOf(small('')).vcns.map(({ name, alias }) => [name, alias]),
    [['a1', 'a']],
  )
  const grown = specOf(small('').replace('64MiB', '64MiB, count: 2'))
  assert.deepEqual(
    grown.vcns.map(({ name, alias }) => [name, alias]),
    [
      ['a1', undefined],
      ['a2', undefined],
    ],
  )
})

test('of several classes the later wins, own words win over all, and place is merged key by key', () => {
  const spec = specOf(`version: 1
cluster: c
vo: v
classes:
  one: { vcpus: 1, memory: 64MiB, place: { strategy: pack, tags: [fast] } }
  two: { vcpus: 2, image: i@2 }
roles:
  a: { from: [one, two], memory: 134217728, place: { per-host: 3 } }
`)
  assert.deepEqual(vcnOf(spec, 'a1'), {
    name: 'a1',
    alias: 'a',
    role: 'a',
    vcpus: 2,
    memoryBytes: 128 * mebibytes,
    image: { name: 'i', version: 2 },
    networks: [],
    place: { strategy: 'pack', tags: ['fast'], perHost: 3 },
  })
})

test('a class may come from one that is written below it', () => {
  const lines = 'classes:\n  b: { from: c }\n  c: { vcpus: 4 }\n'
  const spec = specOf(small(lines).replace('{ image', '{ from: b, image'))
  assert.equal(vcnOf(spec, 'a1').vcpus, 4)
})

test('overrides name a node, the role of one, or a range; the later wins', () => {
  const lines = `  b: { image: i@1, memory: 64MiB, count: 4 }
overrides:
  a: { vcpus: 3 }
  'b[2-3]': { vcpus: 5 }
  b3: { vcpus: 6 }
`
  const vcpus = specOf(small(lines)).vcns.map((vcn) => `${vcn.name}=${vcn.vcpus}`)
  assert.deepEqual(vcpus, ['a1=3', 'b1=1', 'b2=5', 'b3=6', 'b4=1'])
})

const mistakes: readonly (readonly [string, string, FaultCode, string, RegExp])[] = [
  [
    'an unknown key, with the nearest',
    small('').replace('i@1', 'i@1, vpcus: 1'),
    'CPC-VOC-002',
    '5:20',
    /"roles.a.vpcus"; the nearest is "vcpus"/,
  ],
  ['no version', small('').replace('version: 1', ''), 'CPC-VOC-003', '1:1', /"version"/],
  ['no image', small('').replace('image: i@1,', ''), 'CPC-VOC-003', '5:6', /"roles.a.image"/],
  ['no roles', 'version: 1\ncluster: c\nvo: v\n', 'CPC-VOC-003', '1:1', /"roles"/],
  ['memory of a few bytes', small('').replace('64MiB', '64'), 'CPC-VOC-004', '5:28', /16MiB/],
  ['memory in decimal units', small('').replace('64MiB', '1GB'), 'CPC-VOC-004', '5:28', /GiB/],
  [
    'more vcpus than any',
    small('').replace('memory', 'vcpus: 513, memory'),
    'CPC-VOC-004',
    '5:27',
    /512/,
  ],
  [
    'an image name with a slash',
    small('').replace('i@1', '../i@1'),
    'CPC-VOC-004',
    '5:15',
    /image/,
  ],
  ['an image without its version', small('').replace('i@1', 'i'), 'CPC-VOC-004', '5:15', /version/],
  ['version 0 of an image', small('').replace('i@1', 'i@0'), 'CPC-VOC-004', '5:15', /image/],
  [
    'a VO with capitals',
    small('').replace('vo: v', 'vo: V'),
    'CPC-VOC-004',
    '3:5',
    /small letters/,
  ],
  [
    'HOSTILE 63: a role whose name is markup',
    small('').replace('  a:', "  'a/b<':"),
    'CPC-VOC-004',
    '5:3',
    /small letters/,
  ],
  [
    'an alias, which could stand for anything',
    small('').replace('cluster: c', 'cluster: *c'),
    'CPC-VOC-004',
    '2:10',
    /cluster must be/,
  ],
  [
    'a strategy of its own',
    small('').replace('i@1', 'i@1, place: { strategy: best }'),
    'CPC-VOC-004',
    '5:39',
    /spread, pack/,
  ],
  ['a network called vo', small('networks: { vo: }\n'), 'CPC-VOC-004', '6:13', /own network/],
  [
    'a subnet with host bits',
    small('networks: { n: { subnet: 10.1.1.1/20 } }\n'),
    'CPC-VOC-004',
    '6:26',
    /auto/,
  ],
  [
    'one network and several',
    small('').replace('i@1', 'i@1, network: vo, networks: [vo]'),
    'CPC-VOC-004',
    '5:29',
    /left out/,
  ],
  [
    'a newer version, and nothing else is judged',
    'version: 9\nfuture: 1\n',
    'CPC-VOC-005',
    '1:10',
    /version 9.*up to 1/,
  ],
  [
    'an unknown class, with the nearest',
    small('classes: { worker: {} }\n').replace('{ image', '{ from: wroker, image'),
    'CPC-VOC-006',
    '5:14',
    /"wroker"/,
  ],
  [
    'an unknown network',
    small('networks: { inner: }\n').replace('i@1', 'i@1, networks: [iner]'),
    'CPC-VOC-006',
    '5:31',
    /"iner"/,
  ],
  ['an override of nobody', small('overrides: { a2: {} }\n'), 'CPC-VOC-006', '6:14', /"a2"/],
  [
    'classes in a circle',
    small('classes:\n  x: { from: y }\n  y: { from: x }\n'),
    'CPC-VOC-006',
    '8:14',
    /"x" from "y" from "x"/,
  ],
  [
    'a class that comes from itself',
    small('classes: { x: { from: x } }\n'),
    'CPC-VOC-006',
    '6:23',
    /"x" from "x"/,
  ],
  [
    'two roles that make one name',
    small('  a1: { image: i@1, memory: 64MiB, count: 1 }\n'),
    'CPC-VOC-007',
    '6:7',
    /a node called "a1"/,
  ],
  [
    'too many nodes in one role',
    small('').replace('i@1', 'i@1, count: 1000000000'),
    'CPC-VOC-004',
    '5:27',
    /0 to 1024/,
  ],
  [
    'too many nodes together',
    small('  b: { image: i@1, memory: 64MiB, count: 1024 }\n'),
    'CPC-VOC-007',
    '6:42',
    /1025 nodes/,
  ],
  [
    'an override of a range without end',
    small('overrides: { "a[1-9999]": {} }\n'),
    'CPC-VOC-004',
    '6:14',
    /1024/,
  ],
  ['text that is no YAML', 'version: [1', 'CPC-VOC-001', '1:12', /YAML/],
  ['a key twice', small('vo: w\n'), 'CPC-VOC-001', '6:1', /unique/i],
  ['a list', '- 1', 'CPC-VOC-004', '1:1', /a mapping/],
]

for (const [sentence, text, code, where, why] of mistakes) {
  test(`a cluster file is refused: ${sentence}`, () => {
    const [first] = problemsOf(text)
    assert.equal(first?.text.where, `hpl.yaml:${where}`, first?.text.why ?? 'none')
    assert.equal(first?.code, code)
    assert.match(first?.text.why ?? '', why)
    assert.equal(faultLines(code, first?.text ?? assert.fail()).split('\n').length, 4)
  })
}

test('several problems are reported together, in the order of the file', () => {
  const found = problemsOf(`version: 1
clster: c
vo: '?'
roles:
  a: { count: 3, vcpus: none }
overrides:
  b: {}
`)
  assert.deepEqual(
    found.map(({ code, text }) => `${code} ${text.where}`),
    [
      'CPC-VOC-003 hpl.yaml:1:1',
      'CPC-VOC-002 hpl.yaml:2:1',
      'CPC-VOC-004 hpl.yaml:3:5',
      'CPC-VOC-003 hpl.yaml:5:6',
      'CPC-VOC-003 hpl.yaml:5:6',
      'CPC-VOC-004 hpl.yaml:5:25',
      'CPC-VOC-006 hpl.yaml:7:3',
    ],
  )
})

test('a file of an older version is brought up to date and keeps its lines', () => {
  const table: readonly Migration[] = [
    {
      what: 'org is called vo',
      change: (document) => {
        document.set('vo', document.get('org'))
        document.delete('org')
      },
    },
  ]
  const old = small('').replace('vo: v', 'org: v')
  const result = readClusterFile(old, 'f', table)
  assert.equal(result.ok && result.value.vo, 'v')
  const wrong = readClusterFile(old.replace('64MiB', '1'), 'f', table)
  assert.equal(wrong.ok ? '' : wrong.problems[0]?.text.where, 'f:5:28')
  assert.equal(readClusterFile(old.replace('1', '2'), 'f', table).ok, false)
})

test('no text makes the reader throw', () => {
  const word = fc.constantFrom(...contract.split(/(?<=[\s:{},])/), '&a ', '*a', '!!x ', '<<: ', '[')
  const text = fc.oneof(
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
    hostileText,
  )
  fc.assert(
    fc.property(text, (source) => {
      assert.equal(typeof readClusterFile(source, 'f').ok, 'boolean')
    }),
  )
})

test('problems are bounded, however many there are', () => {
  const lines = Array.from({ length: 500 }, (_, at) => `key${at}: 1`).join('\n')
  assert.equal(problemsOf(lines).length, 50)
  assert.equal(problemsOf(`# ${'x'.repeat(1024 * 1024)}`)[0]?.code, 'CPC-VOC-001')
})

test('a size comes back as it was written', () => {
  fc.assert(
    fc.property(fc.nat(), (bytes) => {
      assert.equal(parseSize(formatSize(bytes).replace(' bytes', '')), bytes)
    }),
  )
  for (const [text, bytes] of [
    ['512MiB', 512 * mebibytes],
    ['3 GiB', 3072 * mebibytes],
    ['1024', 1024],
    ['1.5GiB', undefined],
    ['-1', undefined],
    ['9999999999999999TiB', undefined],
  ] as const)
    assert.equal(parseSize(text), bytes, text)
})

// Why this file exists: what the lab concludes about virtual clusters is computed from what programs print; the computing can
// be wrong without a rack being raised.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#fault'
import { lastWords } from '../../src/lab/appliance.ts'
import { writesIn } from '../../src/lab/cluster/again.ts'
import { senderIn } from '../../src/lab/cluster/isolation.ts'
import { attempts, disguises, type Targets } from '../../src/lab/cluster/isolation.table.ts'
import { outcome, typed } from '../../src/lab/cluster/node-shell.ts'
import { plainArgv, readQemus } from '../../src/lab/cluster/plain-qemu.ts'
import { demand } from '../../src/lab/cluster/promise.ts'
import { clusterFile } from '../../src/lab/cluster/site.ts'
import { besideTable, marksTable } from '../../src/lab/cluster/timeline-table.ts'
import {
  itemsOf,
  missingMarks,
  parseMarks,
  parseVcn,
  parseVo,
  type SeenVcn,
  vcnPhaseNames,
} from '../../src/lab/cluster/views.ts'
import { readOptions } from '../../src/lab/options.ts'
import { planRack } from '../../src/lab/plan.ts'

const start = Date.parse('2026-11-21T01:00:00.000Z')

function timeline(vcn: string, stepMs: number, names: readonly string[] = vcnPhaseNames): unknown {
  const phases = names.map((phase, index) => ({
    phase,
    at: new Date(start + index * stepMs).toISOString(),
    sinceMs: stepMs,
  }))
  return { vcns: [{ vcn, host: 'n001', phases }] }
}

test('a table of a start has a line for each step, with mean, least and most over the nodes', () => {
  const marks = [...parseMarks(timeline('head1', 1000)), ...parseMarks(timeline('compute1', 3000))]
  const lines = marksTable(marks).split('\n')
  assert.equal(lines.length, vcnPhaseNames.length + 1)
  assert.match(lines.at(-1) ?? '', /^reachable +8\.0 +24\.0 +16\.0 +8\.0 +24\.0$/)
})

test('a step that a node never made is missing, and no other', () => {
  const [marks] = parseMarks(timeline('head1', 1000, ['reserved', 'started']))
  assert.ok(marks !== undefined)
  const missing = vcnPhaseNames.filter((name) => name !== 'reserved' && name !== 'started')
  assert.deepEqual(missingMarks(marks), missing)
})

test('the plain loop stands beside ours from the same points on', () => {
  const plain = [{ vcn: 'head1', bootMs: 2000, wholeMs: 5000 }]
  const lines = besideTable(parseMarks(timeline('head1', 1000)), plain).split('\n')
  const figures = lines.slice(1).map((line) => /(Coppice|plain loop) +\S+/.exec(line)?.[0])
  assert.deepEqual(
    figures.map((text) => text?.replace(/ +(?=\S+$)/, ' ')),
    [
      'Coppice 1.0',
      'plain loop 3.0',
      'Coppice 4.0',
      'plain loop 2.0',
      'Coppice 7.0',
      'plain loop 5.0',
    ],
  )
})

test('no answer of an API makes the views throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      itemsOf(value)
      parseMarks(value)
      parseVcn(value)
      parseVo(value)
    }),
  )
})

test('a cluster file names as many nodes as were asked, and a cluster of one has a head alone', () => {
  const owner = { vo: 'physics', cluster: 'hpl', computes: 5 }
  assert.match(clusterFile(owner, 200), /count: 5/)
  assert.match(clusterFile(owner, 200), /memory: 200MiB/)
  assert.doesNotMatch(clusterFile({ ...owner, computes: 0 }, 200), /compute/)
})

const libvirtArgv: readonly string[] = [
  ['/usr/bin/qemu-system-x86_64'],
  ['-name', 'guest=compute1.hpl.physics,debug-threads=on'],
  ['-S'],
  ['-object', '{"qom-type":"secret","id":"masterKey0","format":"raw","file":"/x/key.aes"}'],
  ['-chardev', 'socket,id=charmonitor,fd=25,server=on,wait=off'],
  ['-mon', 'chardev=charmonitor,id=monitor,mode=control'],
  ['-smbios', 'type=11,value=io.systemd.credential:x=y z'],
  ['-object', '{"qom-type":"rng-random","id":"objrng0","filename":"/dev/urandom"}'],
  ['-chardev', 'pty,id=charserial0'],
  ['-device', 'virtio-net-pci,netdev=hostnet0,mac=02:00:00:00:00:01'],
].flat()

for (const netdev of [
  'tap,fd=27,vhost=on,vhostfd=29,id=hostnet0',
  '{"type":"tap","fd":"27","vhost":true,"vhostfd":"29","id":"hostnet0"}',
]) {
  test(`a command line of libvirt becomes one of a shell: ${netdev}`, () => {
    const plain = plainArgv([...libvirtArgv, '-netdev', netdev], 'plain0') ?? []
    const text = plain.join(' ')
    assert.doesNotMatch(text, /charmonitor|secret| -S | fd=/)
    const tap = 'tap,id=hostnet0,ifname=plain0,script=no,downscript=no,vhost=on'
    assert.equal(plain.at(-1), tap)
    for (const kept of ['-smbios', 'objrng0', 'charserial0', 'netdev=hostnet0'])
      assert.ok(text.includes(kept), kept)
  })
}

test('a QEMU without a tap cannot be started plainly', () => {
  assert.equal(plainArgv(libvirtArgv, 'plain0'), undefined)
})

test('a QEMU is read back byte by byte from what a host prints of it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }).filter(isWord)), (more) => {
      const argv = ['qemu', 'guest=a.b.c,debug-threads=on', ...more]
      const encoded = Buffer.from(argv.map((word) => `${word}\0`).join('')).toString('base64')
      assert.deepEqual(readQemus(`noise\n12 ${encoded}\n`), [{ node: 'a.b.c', pid: 12, argv }])
    }),
  )
})

function isWord(text: string): boolean {
  return !text.includes('\0') && Buffer.from(text).toString() === text
}

test('what a script says is told from the echo of what was typed, with its exit', () => {
  const token = 'coppice-1'
  const shell = (input: string): string => {
    const argv = ['sh', ['-s']] as const
    return execFileSync(...argv, {
      input: input.replaceAll('/tmp/lab-script', file),
      encoding: 'utf8',
    })
  }
  const file = `/tmp/lab-script-${process.pid}`
  const text = typed('echo one\necho two\nexit 3', token)
  assert.equal(outcome(text, token), undefined, 'its own echo is no answer')
  try {
    assert.deepEqual(outcome(text + shell(text), token), { exit: 3, text: 'one\ntwo' })
  } finally {
    execFileSync('rm', ['-f', file, `${file}.out`])
  }
})

const node = (name: string, address: string): SeenVcn => ({
  name,
  fullName: `${name}.hpl.physics`,
  fqdn: `${name}.hpl.physics.cluster.test`,
  state: 'Running',
  host: 'n001',
  address,
  mac: '02:00:00:00:00:ee',
  dn: '',
})
const targets: Targets = {
  here: node('head1', '10.128.0.2'),
  neighbour: node('compute1', '10.128.0.3'),
  stranger: node('head1', '10.128.16.2'),
  strangerSubnet: '10.128.16.0/20',
  ownAppliance: '10.128.0.1',
  provisioning: {
    appliance: '10.77.0.1',
    hosts: ['10.77.0.2'],
    spare: '10.77.0.252',
    prefixBits: 24,
  },
  bmcs: ['192.0.2.101'],
}

test('every line that root tries in a node is shell, and each round has something that must get through', () => {
  for (const rows of [attempts(targets), disguises(targets)]) {
    assert.ok(rows.some(({ isControl }) => isControl))
    for (const { shell } of rows) {
      execFileSync('sh', ['-n', '-c', shell])
      assert.ok(!shell.includes('\t'), 'a tab would complete words')
    }
  }
})

for (const [what, line, sender] of [
  [
    'a ping',
    '02:aa > 02:bb, ethertype IPv4 (0x0800), length 98: 10.128.0.2 > 10.128.0.1: ICMP echo request, id 1, seq 0, length 64',
    '10.128.0.2',
  ],
  [
    'a datagram',
    '02:aa > ff:ff, ethertype IPv4 (0x0800), length 342: 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request',
    '0.0.0.0',
  ],
  [
    'a question by ARP',
    '02:aa > ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.128.0.1 tell 10.128.0.2, length 28',
    '10.128.0.2',
  ],
  [
    'an answer by ARP',
    '02:aa > 02:bb, ethertype ARP (0x0806), length 42: Reply 10.128.0.3 is-at 02:aa, length 28',
    '10.128.0.3',
  ],
  [
    'something else',
    '02:aa > 33:33, ethertype IPv6 (0x86dd), length 70: fe80::1 > ff02::2: ICMP6',
    undefined,
  ],
] as const) {
  test(`the sender of ${what} is read from what tcpdump prints`, () => {
    assert.equal(senderIn(line), sender)
  })
}

test('what a command said is told without its progress', () => {
  const said = 'job 1 works\napply     [####....] 20 %, step 1 of 5\nerror: no room [CPC-VOC-012]\n'
  assert.equal(lastWords(said), 'job 1 works / error: no room [CPC-VOC-012]')
})

test('writes are counted per place, and no counter is not taken for zero', () => {
  const metrics =
    '# TYPE coppice_writes_total counter\ncoppice_writes_total{to="libvirt"} 18\ncoppice_writes_total{to="ldap"} 5\n'
  assert.equal(writesIn(metrics, 'libvirt'), 18)
  assert.equal(writesIn(metrics, 'ldap'), 5)
  assert.ok(Number.isNaN(writesIn('', 'ldap')))
})

test('a promise that holds is a line; one that does not names its chapter and what was found, in one line', () => {
  const plan = planRack(readOptions({}))
  const said: string[] = []
  const told = { plan, print: (line: string) => void said.push(line) }
  const promised = { chapter: 'isolation', promise: 'nothing got out', found: 'a\nb\u001b[2J' }
  demand(true, promised, told)
  assert.deepEqual(said, ['  kept: nothing got out'])
  assert.throws(
    () => demand(false, promised, told),
    (error) =>
      error instanceof Fault &&
      error.code === 'CPC-LAB-018' &&
      error.text.what.startsWith('isolation: ') &&
      error.text.why === 'a / b / [2J',
  )
})

for (const [flag, flags] of [
  ['until', { until: 'never' }],
  ['vcn-memory', { vcnMemory: 3 }],
  ['hpl-n', { hplN: 0 }],
] as const) {
  test(`--${flag} ${JSON.stringify(flags)} is refused by name`, () => {
    assert.throws(() => readOptions(flags), new RegExp(`--${flag} cannot be used`))
  })
}

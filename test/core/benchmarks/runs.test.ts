// Why this file exists: a run is over machines that may fail, lie or belong to tenants; whatever they do, it has an end, its
// figure is of what was asked, and what it opened is shut again.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { emulatedLabel } from '#hpl'
import type { Benchmarks } from '../../../src/core/benchmarks/benchmarks.ts'
import {
  type Answer,
  type Call,
  cpuOf,
  fakeMachines,
  followAnswer,
  surveyAnswer,
  untilCalledOff,
} from './fake-machines.ts'
import { caller, ended, host, network, openRack, type Rack, snapshotOf, vcn } from './rack.ts'

const vectors = join(import.meta.dirname, '../../vectors/hpl')
const whole = readFileSync(join(vectors, 'hpcc-whole.txt'), 'latin1')
const ownChoice = readFileSync(join(vectors, 'hpcc-own-choice.txt'), 'latin1')
/** The problem of `hpcc-whole.txt`. */
const problem = { N: 256, NB: 80, P: 2, Q: 2 } as const
const hosts = { kind: 'hosts', hosts: ['n001', 'n002'] } as const
const cluster = { kind: 'cluster', vo: 'physics', cluster: 'hpl' } as const
const site = snapshotOf(
  network('prov', '10.77.0.0/24'),
  host('n001', '10.77.0.11'),
  host('n002', '10.77.0.12'),
  host('n003', '10.77.0.13'),
  network('vo-physics', '10.128.0.0/20', 7),
  vcn('compute1.hpl.physics', '10.128.0.11'),
  vcn('compute2.hpl.physics', '10.128.0.12', ['head.hpl.physics']),
)
const good = (call: Call): Answer | undefined =>
  call.asked === 'follow' ? followAnswer(whole) : undefined

function rackWith(t: TestContext, answer: (call: Call) => Answer | undefined = good) {
  const machines = fakeMachines(answer)
  const rack = openRack(t, { snapshot: site, run: machines.run, secret: 'SECRET OF CLUSTER' })
  return { ...rack, ...machines }
}

async function runOn(on: typeof hosts | typeof cluster, { benchmarks }: Rack) {
  const { id } = await benchmarks.run({ on, ...problem }, caller)
  return ended(benchmarks, id)
}

test('a run over nodes goes by their own network, head first, with the key of their cluster', async (t) => {
  const rack = rackWith(t)
  const run = await runOn(cluster, rack)
  assert.deepEqual([run.state, run.gflops, run.side], ['done', 2.886, 'virtual'])
  assert.deepEqual(run.nodes, ['compute2.hpl.physics', 'compute1.hpl.physics'])
  const { calls } = rack
  for (const { argv } of calls) assert.deepEqual(argv.slice(0, 4), ['ip', 'netns', 'exec', 'cvo7'])
  const start = calls.find(({ asked }) => asked === 'start')
  assert.equal(start?.address, '10.128.0.12')
  assert.ok(start?.input.includes('SECRET OF CLUSTER'))
  assert.ok(start?.input.includes('10.128.0.12 slots=2\n10.128.0.11 slots=2\n'))
  assert.ok(start?.argv.join(' ').includes("'10.128.0.0/20'"))
  assert.ok(!calls.some(({ asked }) => asked === 'unlock'))
  assert.ok(!calls.some(({ argv }) => argv.join(' ').includes('authorized_keys')))
})

test('bare hosts get a key for the run, and each is locked and cleaned after it', async (t) => {
  const rack = rackWith(t)
  const run = await runOn(hosts, rack)
  assert.equal(run.state, 'done')
  const asked = rack.calls.map((call) => `${call.asked} ${call.address}`)
  assert.deepEqual(asked, [
    'survey 10.77.0.11',
    'survey 10.77.0.12',
    'unlock 10.77.0.12',
    'start 10.77.0.11',
    'follow 10.77.0.11',
    'clean 10.77.0.11',
    'clean 10.77.0.12',
  ])
  const unlock = rack.calls[2]
  assert.match(
    unlock?.input ?? '',
    /^from="10\.77\.0\.0\/24",restrict ssh-ed25519 \S+ coppice-mpi\n$/,
  )
  assert.match(rack.calls[3]?.input ?? '', /BEGIN OPENSSH PRIVATE KEY/)
  assert.ok(rack.calls[6]?.argv.join(' ').includes('authorized_keys'))
})

test('no private key is left in our folder, and while it is there only we can read it', async (t) => {
  const modes: number[] = []
  const rack = rackWith(t, (call) => {
    const key = call.argv.find((word) => word.startsWith('IdentityFile='))?.slice(13)
    if (key !== undefined)
      modes.push(statSync(key).mode & 0o777, statSync(dirname(key)).mode & 0o777)
    return good(call)
  })
  await runOn(cluster, rack)
  assert.deepEqual([...new Set(modes)], [0o600, 0o700])
  const folder = join(dirname(rack.authorizedKeys), 'secret', 'benchmarks')
  assert.deepEqual(readdirSync(folder), [])
})

const failed = (complaint: string, status = 1): Answer => ({ status, output: '', complaint })

for (const [sentence, asked, answer, code] of [
  [
    'HOSTILE: hpcc that solved a problem of its own and PASSED',
    'follow',
    followAnswer(ownChoice),
    'CPC-HPL-007',
  ],
  [
    'HOSTILE: a result of another N beside the one that was asked',
    'follow',
    followAnswer(`${whole}\n${ownChoice}`),
    'CPC-HPL-007',
  ],
  ['HOSTILE: the result twice', 'follow', followAnswer(whole + whole), 'CPC-HPL-008'],
  [
    'HOSTILE: an output that never ends',
    'follow',
    { output: '', complaint: '', why: 'it printed more than 1 bytes' },
    'CPC-HPL-014',
  ],
  ['HOSTILE: an answer without a mark', 'follow', 'ended 0\n', 'CPC-HPL-020'],
  [
    'HOSTILE: an end that is told inside the output',
    'follow',
    `gone\n== output\nended 0\n== output\n${whole}`,
    'CPC-HPL-020',
  ],
  ['no result', 'follow', followAnswer('', 1), 'CPC-HPL-004'],
  [
    'a result that failed its check',
    'follow',
    followAnswer(whole.replace('...... PASSED', '...... FAILED')),
    'CPC-HPL-006',
  ],
  ['an end by the limit of time', 'follow', followAnswer('', 110), 'CPC-HPL-017'],
  ['an mpirun that vanished', 'follow', 'gone\n== output\n', 'CPC-HPL-020'],
  ['a start that fails', 'start', failed('no space left'), 'CPC-HPL-014'],
  ['a host that cannot be reached', 'survey', failed('ssh: no route', 255), 'CPC-HPL-014'],
  [
    'a machine that was restarted meanwhile',
    'follow',
    failed('@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @', 255),
    'CPC-HPL-021',
  ],
  ['no hpcc', 'survey', surveyAnswer({ digest: '' }), 'CPC-HPL-015'],
  ['no BLAS', 'survey', surveyAnswer({ blas: '' }), 'CPC-HPL-015'],
  ['HOSTILE: a machine with no processor', 'survey', surveyAnswer({ cpu: '' }), 'CPC-HPL-014'],
] as const) {
  test(`${sentence} is no figure (${code}), and all machines are cleaned`, async (t) => {
    const rack = rackWith(t, (call) => (call.asked === asked ? answer : good(call)))
    const run = await runOn(hosts, rack)
    assert.deepEqual([run.state, run.trouble?.code, run.gflops], ['failed', code, undefined])
    assert.match(run.trouble?.why ?? '', /^[ -~]+$/)
    const cleaned = rack.calls.filter((call) => call.asked === 'clean')
    assert.deepEqual(
      cleaned.map(({ address }) => address),
      ['10.77.0.11', '10.77.0.12'],
    )
  })
}

test('a run without a result says first that another machine than the head was restarted', async (t) => {
  const otherKey = failed('@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @', 255)
  const rack = rackWith(t, (call) => {
    if (call.asked === 'follow') return followAnswer('', 1)
    return call.asked === 'clean' && call.address === '10.77.0.12' ? otherKey : good(call)
  })
  const { trouble } = await runOn(hosts, rack)
  assert.deepEqual([trouble?.code, trouble?.where], ['CPC-HPL-021', 'n002'])
})

test('machines that would run different programs are refused by name', async (t) => {
  const rack = rackWith(t, (call) =>
    call.asked === 'survey' && call.address === '10.77.0.12'
      ? surveyAnswer({ blas: '/usr/lib/other.so.3' })
      : good(call),
  )
  const { trouble } = await runOn(hosts, rack)
  assert.equal(trouble?.code, 'CPC-HPL-015')
  assert.match(trouble?.why ?? '', /^n001: .*blas\.so\.3; n002: .*other\.so\.3$/)
  assert.ok(!rack.calls.some(({ asked }) => asked === 'start'))
})

for (const [sentence, answer] of [
  ['no key', ''],
  ['the key of another address', `10.128.0.99 ssh-ed25519 ${'A'.repeat(68)}`],
  ['a key that is none', '10.128.0.11 ssh-ed25519 A\n10.128.0.12 ssh-ed25519 A'],
] as const) {
  test(`HOSTILE: a node that shows ${sentence} is not spoken to`, async (t) => {
    const rack = rackWith(t, (call) => (call.asked === 'keyscan' ? answer : good(call)))
    const run = await runOn(cluster, rack)
    assert.equal(run.trouble?.code, 'CPC-HPL-014')
    assert.ok(rack.calls.every(({ asked }) => asked === 'keyscan'))
  })
}

test('a connection that breaks is made again, but nothing is started twice', async (t) => {
  const broken = new Set<string>()
  const rack = rackWith(t, (call) => {
    if (broken.has(call.asked)) return good(call)
    broken.add(call.asked)
    return call.asked === 'start' ? undefined : failed('broken pipe', 255)
  })
  assert.equal((await runOn(hosts, rack)).state, 'done')
  assert.deepEqual([...broken].toSorted(), ['clean', 'follow', 'start', 'survey', 'unlock'])
  assert.equal(rack.calls.filter(({ asked }) => asked === 'start').length, 1)
})

test('a machine that cannot be cleaned is named, and the figure stands', async (t) => {
  const rack = rackWith(t, (call) => (call.asked === 'clean' ? failed('busy') : good(call)))
  const run = await runOn(hosts, rack)
  assert.equal(run.state, 'done')
  assert.match(rack.benchmarks.job(run.id)?.notes.join() ?? '', /n001 is not clean.*n002 is not/)
})

test('emulated processors label the run and its comparison', async (t) => {
  const rack = rackWith(t, (call) =>
    call.asked === 'survey' && call.address.startsWith('10.128.')
      ? surveyAnswer({ cpu: cpuOf('QEMU TCG CPU version 2.5+') })
      : good(call),
  )
  const virtual = await runOn(cluster, rack)
  const physical = await runOn(hosts, rack)
  assert.deepEqual([virtual.label, physical.label], [emulatedLabel, undefined])
  const comparison = rack.benchmarks.compare(virtual.id, physical.id)
  assert.deepEqual([comparison.ratio, comparison.label], [1, emulatedLabel])
  assert.ok(comparison.lines.join('\n').includes(emulatedLabel))
})

test('a comparison wants one figure of each side', async (t) => {
  const rack = rackWith(t, (call) =>
    call.asked === 'follow' && call.address === '10.77.0.11' ? followAnswer('', 1) : good(call),
  )
  const virtual = await runOn(cluster, rack)
  const physical = await runOn(hosts, rack)
  const { benchmarks } = rack
  const compare = (one: string, other: string) => () => benchmarks.compare(one, other)
  assert.throws(compare(virtual.id, physical.id), { code: 'CPC-HPL-009' })
  assert.throws(compare(physical.id, virtual.id), { code: 'CPC-HPL-019' })
  assert.throws(compare(virtual.id, 'nobody'), { code: 'CPC-HPL-019' })
})

for (const [sentence, request, code] of [
  ['a cluster that is not there', { on: { ...cluster, cluster: 'other' } }, 'CPC-HPL-012'],
  [
    'HOSTILE: a cluster with a line break for a name',
    { on: { ...cluster, cluster: 'a\nb' } },
    'CPC-HPL-012',
  ],
  ['no host', { on: { kind: 'hosts', hosts: [] } }, 'CPC-HPL-012'],
  ['an unknown host', { on: { kind: 'hosts', hosts: ['n999'] } }, 'CPC-HOST-001'],
  ['a host twice', { on: { kind: 'hosts', hosts: ['n001', 'n001'] } }, 'CPC-HPL-013'],
  ['order 0', { on: hosts, N: 0 }, 'CPC-HPL-001'],
  ['no time', { on: hosts, secondsMax: 0 }, 'CPC-HPL-001'],
] as const) {
  test(`a run over ${sentence} is refused at once, and is no run`, async (t) => {
    const { benchmarks } = rackWith(t)
    await assert.rejects(benchmarks.run(request, caller), { code })
    assert.deepEqual(benchmarks.list(), [])
  })
}

test('a host that is not ready is refused', async (t) => {
  const n002 = host('n002', '10.77.0.12')
  const { benchmarks } = openRack(t, {
    snapshot: snapshotOf(network('prov', '10.77.0.0/24'), host('n001', '10.77.0.11'), n002),
    run: fakeMachines(good).run,
    states: new Map([[n002.id, 'booting']]),
  })
  await assert.rejects(benchmarks.run({ on: hosts }, caller), /n002|it is booting, not ready/)
})

test('runs that share a machine, or the host below one, wait for each other', async (t) => {
  const rack = rackWith(t, (call) => (call.asked === 'follow' ? untilCalledOff(call) : undefined))
  const { benchmarks } = rack
  const order = (...names: readonly string[]) =>
    benchmarks.run({ on: { kind: 'hosts', hosts: names }, ...problem, P: 1, Q: 2 }, caller)
  const overNodes = await benchmarks.run({ on: cluster, ...problem }, caller)
  const below = await order('n001')
  const beside = await order('n003')
  const both = await order('n001', 'n003')
  assert.deepEqual(waiting(benchmarks), [both.id, below.id])
  await benchmarks.cancel(both.id)
  await benchmarks.cancel(overNodes.id)
  assert.deepEqual(waiting(benchmarks), [])
  assert.deepEqual(
    [both, overNodes, below, beside].map(({ id }) => benchmarks.show(id).state),
    ['cancelled', 'cancelled', 'running', 'running'],
  )
})

function waiting(benchmarks: Benchmarks): readonly string[] {
  return benchmarks
    .jobs()
    .filter(({ doing }) => doing.some((one) => one.startsWith('waiting')))
    .map(({ id }) => id)
}

test('only so many runs may be at work or wait', async (t) => {
  const { benchmarks } = rackWith(t, (call) =>
    call.asked === 'survey' ? untilCalledOff(call) : undefined,
  )
  for (let count = 0; count < 16; count += 1) await benchmarks.run({ on: hosts }, caller)
  await assert.rejects(benchmarks.run({ on: hosts }, caller), { code: 'CPC-HPL-016' })
  assert.equal(benchmarks.list().length, 16)
})

test('runs that a core left behind have failed for the next one, and the others are as they were', async (t) => {
  const rack = rackWith(t, (call) =>
    call.asked === 'follow' && call.address === '10.77.0.11' ? untilCalledOff(call) : good(call),
  )
  const done = await runOn(cluster, rack)
  const left = await rack.benchmarks.run({ on: hosts, ...problem }, caller)
  const next = rack.restart()
  assert.equal(next.show(left.id).trouble?.code, 'CPC-HPL-018')
  assert.equal(next.job(left.id)?.state, 'failed')
  assert.deepEqual(next.show(done.id), done)
  await assert.rejects(next.cancel('nobody'), { code: 'CPC-HPL-019' })
})

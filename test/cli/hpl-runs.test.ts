// Why this file exists: a benchmark figure is worth something only when it is of the problem that was asked, and a comparison
// only between equals; the command line promises both.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { aCluster, aJob, aRun } from './cluster-views.ts'
import { type Answers, page, problem, scripted, type Scripted } from './scripted.ts'

let appliance: Scripted
before(async () => {
  appliance = await scripted()
})
after(() => appliance[Symbol.asyncDispose]())
beforeEach(() => {
  appliance.heard.length = 0
  appliance.answers = usual
})

const virtual = aRun('r1')
const physical = aRun('r2', {
  side: 'physical',
  subject: 'n[001-002]',
  gflops: 2.5,
  nodes: ['n001', 'n002'],
})
const lines = ['HPL N 2016, NB 168, P x Q 2 x 2', 'virtual reaches 50.0 % of physical']
const comparison = { virtual, physical, ratio: 0.5, label: 'emulated: no meaning', lines }
let begun = 0
const usual: Answers = {
  'GET /v1/clusters': page([aCluster('physics', 'hpl')]),
  'GET /v1/clusters/physics/hpl': { json: aCluster('physics', 'hpl') },
  'POST /v1/hpl-runs': ({ body }) => {
    begun = JSON.stringify(body).includes('"hosts"') ? 2 : 1
    return { status: 202, json: aJob({ kind: 'hpl', id: `j${begun}` }) }
  },
  'GET /v1/jobs/j1': { json: aJob({ kind: 'hpl', state: 'done', run: 'r1' }) },
  'GET /v1/jobs/j2': { json: aJob({ kind: 'hpl', id: 'j2', state: 'done', run: 'r2' }) },
  'GET /v1/hpl-runs': page([physical, virtual]),
  'GET /v1/hpl-runs/r1': { json: virtual },
  'GET /v1/hpl-runs/r2': { json: physical },
  'GET /v1/hpl-comparisons': { json: comparison },
}

function asked(): readonly unknown[] {
  return appliance.heard.filter(({ what }) => what.startsWith('POST')).map(({ body }) => body)
}

test('a run over a cluster is followed, and its figure is told with its problem and its label', async () => {
  const { exit, out } = await appliance.coppice(['hpl', 'run', 'hpl'])
  assert.equal(exit, 0)
  assert.deepEqual(out.split('\n'), [
    'HPL on physics/hpl (virtual): 1.25 GFLOPS in 4.4 s',
    '  N 2016, NB 168, P x Q 2 x 2, on compute[1-2], run r1',
    '  emulated: percentages have no meaning',
  ])
  assert.deepEqual(asked(), [{ on: { kind: 'cluster', vo: 'physics', cluster: 'hpl' } }])
})

test('what is said of the problem is handed over; -o json is the run', async () => {
  const { out } = await appliance.coppice(
    'hpl run physics/hpl --n 2016 --nb 168 --p 2 --q 2 --ranks-per-node 1 --seconds 600 -o json'.split(
      ' ',
    ),
  )
  assert.deepEqual(JSON.parse(out), virtual)
  const on = { kind: 'cluster', vo: 'physics', cluster: 'hpl' }
  assert.deepEqual(asked(), [
    { on, N: 2016, NB: 168, P: 2, Q: 2, ranksPerNode: 1, secondsMax: 600 },
  ])
})

test('--bare runs the same problem on the hosts that carry the cluster, and sets both side by side', async () => {
  const { exit, out } = await appliance.coppice(['hpl', 'run', 'hpl', '--bare'])
  assert.equal(exit, 0)
  assert.deepEqual(asked()[1], {
    on: { kind: 'hosts', hosts: ['n001', 'n002'] },
    N: 2016,
    NB: 168,
    P: 2,
    Q: 2,
    ranksPerNode: 2,
  })
  assert.match(out, /^HPL on physics\/hpl \(virtual\): 1\.25 GFLOPS/)
  assert.match(out, /^HPL on n\[001-002\] \(physical\): 2\.5 GFLOPS/m)
  assert.match(out, /^virtual reaches 50\.0 % of physical\nemulated: no meaning$/m)
  assert.deepEqual(appliance.heard.at(-1)?.query, { virtual: 'r1', physical: 'r2' })
  const json = await appliance.coppice(['hpl', 'run', 'hpl', '--bare', '-o', 'json'])
  assert.deepEqual(JSON.parse(json.out), comparison)
})

test('--hosts runs on bare hosts', async () => {
  await appliance.coppice(['hpl', 'run', '--hosts', 'n[001-002]'])
  assert.deepEqual(asked(), [{ on: { kind: 'hosts', hosts: ['n001', 'n002'] } }])
})

for (const [sentence, words, changed] of [
  ['than was asked', ['--n', '4032'], {}],
  ['on the hosts than on the nodes', ['--bare'], { ...physical, Q: 4 }],
] as const) {
  test(`a figure of another problem ${sentence} is none: exit 1`, async () => {
    appliance.answers = { ...usual, 'GET /v1/hpl-runs/r2': { json: changed } }
    const { exit, err, out } = await appliance.coppice(['hpl', 'run', 'hpl', ...words])
    assert.equal(exit, 1)
    assert.match(err, /CPC-HPL-007\]\nwhere: run r\d.*\nwhy: {3}[NQ] is \d+ and not \d+/)
    assert.doesNotMatch(out, /reaches/)
  })
}

for (const words of [
  [],
  ['hpl', '--hosts', 'n001'],
  ['--hosts', 'n001', '--bare'],
  ['hpl', '--p', '2'],
  ['hpl', '--n', 'many'],
]) {
  test(`hpl run ${words.join(' ')} is a usage error, and nothing runs`, async () => {
    assert.equal((await appliance.coppice(['hpl', 'run', ...words])).exit, 2)
    assert.deepEqual(asked(), [])
  })
}

test('a run that failed tells its trouble; one that left no figure is exit 1', async () => {
  const trouble = { code: 'CPC-HPL-004', what: 'no result', where: 'n001', why: 'w', do: 'd' }
  appliance.answers = { ...usual, 'GET /v1/jobs/j1': { json: aJob({ state: 'failed', trouble }) } }
  const failed = await appliance.coppice(['hpl', 'run', 'hpl'])
  assert.equal(failed.exit, 1)
  assert.match(failed.err, /no result \[CPC-HPL-004\]/)
  appliance.answers = { ...usual, 'GET /v1/jobs/j1': { json: aJob({ state: 'done' }) } }
  assert.match((await appliance.coppice(['hpl', 'run', 'hpl'])).err, /CPC-CLI-016/)
})

test('runs are listed, shown and compared; those that cannot be compared are exit 4', async () => {
  const { out } = await appliance.coppice(['hpl', 'history', '--no-headers'])
  assert.match(
    out,
    /^r1 +virtual +physics\/hpl +done +2016 +168 +2 x 2 +1\.25 +4\.4 s .* emulated/m,
  )
  const shown = await appliance.coppice(['hpl', 'show', 'r1', '-o', 'json'])
  assert.deepEqual(JSON.parse(shown.out), virtual)
  const compared = await appliance.coppice(['hpl', 'compare', 'r1', 'r2'])
  assert.equal(compared.out, [...lines, 'emulated: no meaning'].join('\n'))
  appliance.answers = { ...usual, 'GET /v1/hpl-comparisons': problem('CPC-HPL-009', 409) }
  assert.equal((await appliance.coppice(['hpl', 'compare', 'r1', 'r2'])).exit, 4)
})

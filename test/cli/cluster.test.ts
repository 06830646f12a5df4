// Why this file exists: what an operator is promised of plans and clusters: what is shown is what is done, once, seen to its
// end, with an exit status that scripts can trust.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { aCluster, aJob, aVcn, fourToCreate, nothingToDo } from './cluster-views.ts'
import { type Answers, page, problem, scripted, type Scripted } from './scripted.ts'

let appliance: Scripted
let file: string
before(async () => {
  appliance = await scripted()
  file = join(appliance.folder, 'hpl.yaml')
  writeFileSync(file, 'version: 1\ncluster: hpl\nvo: physics\n')
})
after(() => appliance[Symbol.asyncDispose]())
beforeEach(() => {
  appliance.heard.length = 0
  appliance.refuse = 0
  appliance.answers = usual
})

const usual: Answers = {
  'GET /v1/clusters': page([aCluster('physics', 'hpl'), aCluster('bio', 'fold', { running: 3 })]),
  'GET /v1/clusters/physics/hpl': { json: aCluster('physics', 'hpl') },
  'POST /v1/plans': { json: fourToCreate },
  'POST /v1/clusters': { status: 202, json: aJob() },
  'DELETE /v1/clusters/physics/hpl': { status: 202, json: aJob({ kind: 'down' }) },
  'GET /v1/clusters/physics/hpl/plan-down': {
    json: { ...fourToCreate, nodes: fourToCreate.nodes.map((one) => ({ ...one, kind: 'remove' })) },
  },
  'GET /v1/jobs/j1': { json: aJob({ state: 'done', doing: [] }) },
}

function told(answers: Answers): void {
  appliance.answers = { ...usual, ...answers }
}

test('a plan tells what becomes of each node, where and why, then sums it up and names its hash', async () => {
  const { exit, out } = await appliance.coppice(['cluster', 'plan', file])
  assert.equal(exit, 0)
  assert.deepEqual(out.split('\n'), [
    'VCN           CHANGE  HOST  WHY',
    'compute[1-2]  create  n001  it is not there',
    'compute[3-4]  create  n002  it is not there',
    '4 to create, 0 to change, 0 to remove',
    'plan abc123',
  ])
  const [asked] = appliance.heard
  assert.deepEqual(asked?.body, {
    file: { name: file, text: 'version: 1\ncluster: hpl\nvo: physics\n' },
  })
  assert.deepEqual(appliance.changes(), ['POST /v1/plans'])
})

test('a plan counts moves, replacements and restarts as changes, and tells what stays', async () => {
  const kinds = ['create', 'move', 'replace', 'restart', 'remove', 'keep']
  const nodes = kinds.map((kind, at) => ({ vcn: `c${at}`, kind, host: 'n001', why: 'so' }))
  told({ 'POST /v1/plans': { json: { ...fourToCreate, nodes, changes: 5 } } })
  const { out } = await appliance.coppice(['cluster', 'plan', file])
  assert.match(out, /^1 to create, 3 to change, 1 to remove, 1 to keep$/m)
})

test('a plan that changes no node tells what changes around them', async () => {
  told({
    'POST /v1/plans': {
      json: { ...nothingToDo, isEmpty: false, steps: ['forget peer 10.1.0.2\u001b[2J'] },
    },
  })
  const { out } = await appliance.coppice(['cluster', 'plan', file])
  assert.match(out, /^ {2}forget peer 10\.1\.0\.2\\x1b\[2J\n0 to create/m)
})

for (const [sentence, plan, exit] of [
  ['there is something to do', fourToCreate, 10],
  ['there is nothing to do', nothingToDo, 0],
] as const) {
  test(`plan --detailed-exitcode is ${exit} when ${sentence}; -o json is the plan of the API`, async () => {
    told({ 'POST /v1/plans': { json: plan } })
    const ran = await appliance.coppice([
      'cluster',
      'plan',
      file,
      '--detailed-exitcode',
      '-o',
      'json',
    ])
    assert.equal(ran.exit, exit)
    assert.deepEqual(JSON.parse(ran.out), plan)
  })
}

test('apply shows the plan, carries out exactly this one, follows it, and tells what runs', async () => {
  let polls = 0
  told({
    'GET /v1/jobs/j1': () => {
      polls += 1
      if (polls < 3) return { json: aJob({ steps: { done: polls, total: 4 } }) }
      return { json: aJob({ state: 'done', notes: ['compute3 was placed anew'] }) }
    },
  })
  const { exit, out, err } = await appliance.coppice(['cluster', 'apply', file, '--yes'])
  assert.equal(exit, 0)
  assert.match(out, /^4 to create, .*\nplan abc123\ncluster physics\/hpl: 4 nodes run, 4 changed$/m)
  assert.match(err, /^job j1 works on physics\/hpl; .*coppice job watch j1$/m)
  assert.match(err, /^apply .* 25 %.*, step 3 of 12: define compute1 on n001$/m)
  assert.match(err, /^note: compute3 was placed anew$/m)
  const order = appliance.heard.find(({ what }) => what === 'POST /v1/clusters')
  assert.deepEqual(order?.body, {
    file: { name: file, text: 'version: 1\ncluster: hpl\nvo: physics\n' },
    hash: 'abc123',
  })
})

test('apply -o json prints one document, the job; the plan is for people', async () => {
  const { exit, out, err } = await appliance.coppice([
    'cluster',
    'apply',
    file,
    '--yes',
    '-o',
    'json',
  ])
  assert.equal(exit, 0)
  assert.deepEqual(JSON.parse(out), aJob({ state: 'done', doing: [] }))
  assert.match(err, /4 to create/)
})

test('apply with nothing to do says "0 changes", asks nobody and orders nothing', async () => {
  told({ 'POST /v1/plans': { json: nothingToDo } })
  const { exit, out } = await appliance.coppice(['cluster', 'apply', file])
  assert.deepEqual([exit, out], [0, '0 changes'])
  assert.deepEqual(appliance.changes(), ['POST /v1/plans'])
})

for (const [sentence, words, around, exit, code] of [
  ['of another hash is stale', ['--plan', 'abc'], {}, 5, 'CPC-VOC-017'],
  ['of another hash is stale, --yes or not', ['--yes', '--plan', 'x'], {}, 5, 'CPC-VOC-017'],
  ['that nobody can be asked about wants --yes', [], {}, 2, 'CPC-CLI-014'],
  ['that a person does not agree to is refused', [], { answer: 'n' }, 4, 'CPC-CLI-009'],
] as const) {
  test(`a plan ${sentence}: exit ${exit}, and nothing is ordered`, async () => {
    const ran = await appliance.coppice(['cluster', 'apply', file, ...words], around)
    assert.equal(ran.exit, exit)
    assert.match(ran.err, new RegExp(`${code}\\]\nwhere: .*\nwhy: .*\ndo: `))
    assert.deepEqual(appliance.changes(), ['POST /v1/plans'])
  })
}

for (const [sentence, words, around] of [
  ['a person says yes', [], { answer: 'y' }],
  ['its hash is named, which says that it was seen', ['--plan', 'abc123'], {}],
] as const) {
  test(`apply goes on when ${sentence}`, async () => {
    const { exit } = await appliance.coppice(['cluster', 'apply', file, ...words], around)
    assert.equal(exit, 0)
    assert.ok(appliance.changes().includes('POST /v1/clusters'))
  })
}

for (const order of [
  ['apply', 'hpl.yaml'],
  ['down', 'physics/hpl'],
]) {
  test(`cluster ${order[0]} --dry-run shows the plan and does nothing`, async () => {
    const words = order.map((word) => (word === 'hpl.yaml' ? file : word))
    const { exit, out } = await appliance.coppice(['cluster', ...words, '--dry-run'])
    assert.equal(exit, 0)
    assert.match(out, /^plan abc123$/m)
    assert.deepEqual(
      appliance.changes().filter((what) => what !== 'POST /v1/plans'),
      [],
    )
  })
}

for (const [code, status, exit] of [
  ['CPC-VOC-010', 409, 4],
  ['CPC-VOC-011', 403, 4],
  ['CPC-VOC-017', 409, 5],
  ['CPC-VOC-013', 404, 3],
] as const) {
  test(`an order that the appliance refuses with ${code} is exit ${exit} in its own words`, async () => {
    told({ 'POST /v1/clusters': problem(code, status) })
    const ran = await appliance.coppice(['cluster', 'apply', file, '--yes'])
    assert.equal(ran.exit, exit)
    assert.match(ran.err, new RegExp(`it was refused \\[${code}\\]\nwhere: there\nwhy: {3}because`))
  })
}

for (const [sentence, job, exit, words] of [
  [
    'that failed tells its trouble with the exit status of its code',
    {
      state: 'failed',
      trouble: { code: 'CPC-CLI-004', what: 'it is late', where: 'n001', why: 'w', do: 'd' },
    },
    7,
    /it is late \[CPC-CLI-004\]\nwhere: n001\nwhy: {3}w\ndo: {4}d/,
  ],
  ['that was cancelled is exit 1', { state: 'cancelled' }, 1, /CPC-CLI-015/],
  ['that failed without a reason is exit 1', { state: 'failed' }, 1, /CPC-CLI-016/],
] as const) {
  test(`a job ${sentence}`, async () => {
    told({ 'GET /v1/jobs/j1': { json: aJob(job) } })
    const ran = await appliance.coppice(['cluster', 'apply', file, '--yes', '-o', 'json'])
    assert.equal(ran.exit, exit)
    assert.match(ran.err, words)
    assert.deepEqual(JSON.parse(ran.out), aJob(job), 'programs get the job all the same')
  })
}

test('an appliance that is restarted meanwhile is asked again until it answers', async () => {
  let pauses = 0
  const { exit, out } = await appliance.coppice(['cluster', 'apply', file, '--yes'], {
    onPause: () => {
      pauses += 1
      if (pauses === 1) appliance.refuse = 5
      if (pauses === 1) appliance.answers = { ...usual, 'GET /v1/jobs/j1': cutOff }
      if (pauses === 4) appliance.answers = usual
    },
  })
  assert.equal(exit, 0)
  assert.ok(pauses >= 5)
  assert.match(out, /4 nodes run/)
})

const cutOff = { byHand: (request: { destroy: () => void }) => request.destroy() }

test('an appliance that stays away is given up after a minute: exit 8, and how to go on', async () => {
  told({ 'GET /v1/jobs/j1': cutOff })
  let waited = 0
  const { exit, err } = await appliance.coppice(['cluster', 'apply', file, '--yes'], {
    onPause: (ms) => void (waited += ms),
  })
  assert.equal(exit, 8)
  assert.match(err, /CPC-CLI-002\]\nwhere: job j1.*\nwhy: .*60 s.*\ndo: .*coppice job watch j1/)
  assert.ok(waited > 60_000 && waited < 70_000, String(waited))
})

test('down shows what goes, wants a yes, and follows', async () => {
  const unasked = await appliance.coppice(['cluster', 'down', 'hpl'])
  assert.equal(unasked.exit, 2)
  assert.deepEqual(appliance.changes(), [])
  const { exit, out } = await appliance.coppice(['cluster', 'down', 'hpl', '--yes'])
  assert.equal(exit, 0)
  assert.match(out, /^compute\[1-2\] +remove +n001 /m)
  assert.match(out, /0 to create, 0 to change, 4 to remove\n.*\ncluster physics\/hpl is gone$/)
  assert.deepEqual(appliance.changes(), ['DELETE /v1/clusters/physics/hpl'])
})

for (const words of [
  ['hpl'],
  ['physics/hpl'],
  ['hpl.physics'],
  ['hpl.physics.cluster.test'],
  ['hpl', '--vo', 'physics'],
]) {
  test(`${words.join(' ')} names the cluster physics/hpl`, async () => {
    const { exit, out } = await appliance.coppice(['cluster', 'show', ...words, '-o', 'name'])
    assert.deepEqual([exit, out], [0, 'physics/hpl'])
  })
}

for (const [words, exit, why] of [
  [['fold'], 2, /bio\/fold or physics\/fold/],
  [['nothing'], 3, /CPC-CLI-013/],
  [['physics/hpl', '--vo', 'bio'], 2, /--vo names bio/],
  [['a/b/c'], 2, /too many parts/],
] as const) {
  test(`${words.join(' ')} names no cluster: exit ${exit} and the reason`, async () => {
    const all = [aCluster('bio', 'fold'), aCluster('physics', 'fold')]
    told({ 'GET /v1/clusters': page(all) })
    const ran = await appliance.coppice(['cluster', 'show', ...words])
    assert.equal(ran.exit, exit)
    assert.match(ran.err, why)
  })
}

test('clusters are listed with their hosts folded, also of one VO only', async () => {
  const { out } = await appliance.coppice(['cluster', 'list', '--no-headers'])
  assert.match(out, /^physics +hpl +Running +4 of 4 +n\[001-002\] +voc-compute@1/)
  assert.match(out, /^bio +fold +Running +3 of 4/m)
  const bio = await appliance.coppice(['cluster', 'list', '--vo', 'bio', '-o', 'name'])
  assert.equal(bio.out, 'bio/fold')
})

test('a timeline tells phases for each node, then mean, min and max, then the boot time in a sentence', async () => {
  const phases = (ms: number) => [
    { phase: 'started', at: '2026-01-31T12:00:00.000Z', sinceMs: 0 },
    { phase: 'reachable', at: '2026-01-31T12:00:58.000Z', sinceMs: ms },
  ]
  const view = {
    vo: 'physics',
    cluster: 'hpl',
    vcns: [
      { vcn: 'compute1', host: 'n001', phases: phases(52_000) },
      { vcn: 'compute2', host: 'n002', phases: phases(63_000).slice(0, 1) },
    ],
    phases: [
      { phase: 'started', meanMs: 0, minMs: 0, maxMs: 0, vcns: 2 },
      { phase: 'reachable', meanMs: 52_000, minMs: 52_000, maxMs: 52_000, vcns: 1 },
    ],
    boot: { meanMs: 58_000, minMs: 52_000, maxMs: 63_040 },
  }
  told({ 'GET /v1/clusters/physics/hpl/timeline': { json: view } })
  const { out } = await appliance.coppice(['cluster', 'timeline', 'hpl'])
  assert.deepEqual(out.split('\n'), [
    'physics/hpl: seconds since the phase before',
    'VCN       HOST  STARTED  REACHABLE',
    'compute1  n001  0.0      52.0',
    'compute2  n002  0.0      -',
    '',
    'PHASE      MEAN  MIN   MAX   VCNS',
    'started    0.0   0.0   0.0   2',
    'reachable  52.0  52.0  52.0  1',
    'boot time of a VCN (started to reachable): mean 58.0 s, min 52.0 s, max 63.0 s',
  ])
  const json = await appliance.coppice(['cluster', 'timeline', 'hpl', '-o', 'json'])
  assert.deepEqual(JSON.parse(json.out), view)
})

test('a cluster file that cannot be read is told of before anybody is asked', async () => {
  const { exit, err } = await appliance.coppice(['cluster', 'plan', '/nonexistent/hpl.yaml'])
  assert.equal(exit, 1)
  assert.match(err, /CPC-CLI-007\]\nwhere: \/nonexistent\/hpl\.yaml/)
  assert.deepEqual(appliance.heard, [])
})

test('a cluster file may come by standard input', async () => {
  const { exit } = await appliance.coppice(['cluster', 'plan', '-'], { stdin: 'vo: x\n' })
  assert.equal(exit, 0)
  assert.deepEqual(appliance.heard[0]?.body, { file: { name: 'standard input', text: 'vo: x\n' } })
})

test('a node that libvirt holds is listed with the reason', async () => {
  const held = { state: 'Paused', trouble: 'its disk gave an error' }
  told({ 'GET /v1/vcns': page([{ ...aVcn('physics', 'hpl', 'compute1'), ...held }]) })
  const { out } = await appliance.coppice(['vcn', 'list'])
  assert.match(out, /compute1 .*Paused: its disk gave an error/)
})

test('nodes are listed of one cluster or of all, and shown by as much of a name as one answers to', async () => {
  const all = [aVcn('physics', 'hpl', 'compute1'), aVcn('bio', 'hpl', 'head')]
  told({
    'GET /v1/vcns': page(all),
    'GET /v1/vcns/physics/hpl/compute1': { json: all[0] },
    'GET /v1/vcns/physics/hpl/compute2': { json: aVcn('physics', 'hpl', 'compute2') },
  })
  const listed = await appliance.coppice(['vcn', 'list', 'physics/hpl', '--no-headers'])
  assert.match(
    listed.out,
    /^compute1 +physics\/hpl +Running +n001 +voc-compute@1 +10\.128\.0\.11$/m,
  )
  const { vo, cluster } = appliance.heard.at(-1)?.query ?? {}
  assert.deepEqual([vo, cluster], ['physics', 'hpl'])
  for (const name of [
    'compute1',
    'compute1.hpl',
    'physics/hpl/compute1',
    'compute1.hpl.physics.x',
  ]) {
    const { out } = await appliance.coppice(['vcn', 'show', name, '-o', 'name'])
    assert.equal(out, 'compute1.hpl.physics', name)
  }
  const both = await appliance.coppice(['vcn', 'show', 'compute[1-2].hpl.physics', '-o', 'name'])
  assert.equal(both.out, 'compute1.hpl.physics\ncompute2.hpl.physics')
})

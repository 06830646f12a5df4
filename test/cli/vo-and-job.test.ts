// Why this file exists: what an operator is promised of virtual organizations and of the jobs that work for them.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { VoView } from '#api'
import { aJob } from './cluster-views.ts'
import { type Answer, page, problem, scripted, type Scripted } from './scripted.ts'

let appliance: Scripted
before(async () => {
  appliance = await scripted()
})
after(() => appliance[Symbol.asyncDispose]())
beforeEach(() => {
  appliance.heard.length = 0
  appliance.answers = {}
})

const physics: VoView = {
  name: 'physics',
  quota: { vcns: 64, memoryBytes: 128 * 2 ** 30 },
  used: { vcns: 4, vcpus: 4, memoryBytes: 2 ** 31, imageBytes: 3 * 2 ** 20 },
  members: ['uid=ada,ou=people,dc=cluster,dc=test'],
  network: { name: 'vo-physics', subnet: '10.128.0.0/20', vni: 4096 },
  dn: 'cn=physics,ou=vos,dc=cluster,dc=test',
}
const gone: Answer = { byHand: (_, response) => void response.writeHead(204).end() }

test('a VO is added with what it may have, and told of', async () => {
  appliance.answers = { 'POST /v1/vos': { status: 201, json: physics } }
  const { exit, err, out } = await appliance.coppice(
    'vo add physics --quota vcns=64 --subnet 10.128.0.0/20 --member uid=ada,ou=people --member uid=bob,ou=people'.split(
      ' ',
    ),
  )
  assert.deepEqual([exit, err, out], [0, 'added physics', ''])
  assert.deepEqual(appliance.heard[0]?.body, {
    name: 'physics',
    quota: 'vcns=64',
    subnet: '10.128.0.0/20',
    members: ['uid=ada,ou=people', 'uid=bob,ou=people'],
  })
  const json = await appliance.coppice(['vo', 'add', 'physics', '-o', 'json'])
  assert.deepEqual(JSON.parse(json.out), physics)
})

test('several VOs are added in the order of their names, each with its own subnet', async () => {
  appliance.answers = { 'POST /v1/vos': { status: 201, json: physics } }
  await appliance.coppice(['vo', 'add', 'g[1-2]', '--subnet', '10.128.[0,16].0/20'])
  assert.deepEqual(
    appliance.heard.map(({ body }) => body),
    [
      { name: 'g1', subnet: '10.128.0.0/20' },
      { name: 'g2', subnet: '10.128.16.0/20' },
    ],
  )
  const odd = await appliance.coppice(['vo', 'add', 'g[1-2]', '--subnet', '10.128.0.0/20'])
  assert.equal(odd.exit, 2)
})

test('VOs are listed with what they use of what they may', async () => {
  appliance.answers = { 'GET /v1/vos': page([physics]), 'GET /v1/vos/physics': { json: physics } }
  const { out } = await appliance.coppice(['vo', 'list', '--no-headers'])
  assert.match(out, /^physics +4 of 64 +4 +2\.0 GiB of 128\.0 GiB +3\.0 MiB +10\.128\.0\.0\/20 +1$/)
  const shown = await appliance.coppice(['vo', 'show', 'physics', '-o', 'json'])
  assert.deepEqual(JSON.parse(shown.out), physics)
})

test('set changes what is named, and takes away what is unset', async () => {
  appliance.answers = { 'PATCH /v1/vos/physics': { json: physics } }
  const { exit } = await appliance.coppice([
    'vo',
    'set',
    'physics',
    '--quota',
    'vcns=8',
    '--unset',
    'member',
  ])
  assert.equal(exit, 0)
  assert.deepEqual(appliance.heard[0]?.body, { quota: 'vcns=8', members: null })
  assert.equal((await appliance.coppice(['vo', 'set', 'physics'])).exit, 2)
  assert.equal((await appliance.coppice(['vo', 'set', 'physics', '--unset', 'x'])).exit, 2)
})

test('removing asks a person; a VO that still has something is refused in the words of the appliance', async () => {
  appliance.answers = {
    'DELETE /v1/vos/bio': gone,
    'DELETE /v1/vos/physics': problem('CPC-CLU-999', 409),
  }
  assert.equal((await appliance.coppice(['vo', 'remove', 'bio'], { answer: 'n' })).exit, 4)
  assert.deepEqual(appliance.changes(), [])
  assert.equal((await appliance.coppice(['vo', 'remove', 'bio', '--yes'])).exit, 0)
  const refused = await appliance.coppice(['vo', 'remove', 'physics', '--yes'])
  assert.match(refused.err, /because \(CPC-CLU-999\)/)
})

for (const words of [
  ['add', 'x', '--quota', 'vcns=1'],
  ['set', 'x', '--quota', 'vcns=1'],
  ['remove', 'x'],
]) {
  test(`vo ${words[0]} --dry-run tells what it would do, and asks nobody`, async () => {
    const { exit, out, err } = await appliance.coppice(['vo', ...words, '--dry-run'])
    assert.equal(exit, 0)
    assert.match(out + err, /^would /)
    assert.deepEqual(appliance.heard, [])
  })
}

test('jobs are listed in the order of the appliance, with what they are at', async () => {
  const older = aJob({ id: 'j0', startedAt: '2026-01-30T12:00:00.000Z', state: 'done' })
  appliance.answers = { 'GET /v1/jobs': page([aJob(), older]) }
  const { out } = await appliance.coppice(['job', 'list', '-o', 'name'])
  assert.equal(out, 'j1\nj0')
  const table = await appliance.coppice(['job', 'list', '--no-headers'])
  assert.match(
    table.out,
    /^j1 +apply +physics\/hpl +running +3 of 12 +2026-01-31T12:00:00\.000Z +root$/m,
  )
})

test('a job is followed to its end, and its end is ours', async () => {
  let polls = 0
  appliance.answers = {
    'GET /v1/jobs/j1': () => ({ json: aJob((polls += 1) > 2 ? { state: 'done' } : {}) }),
  }
  const done = await appliance.coppice(['job', 'watch', 'j1'])
  assert.deepEqual([done.exit, done.out], [0, 'job j1 is done: apply physics/hpl, 4 changed'])
  appliance.answers = { 'GET /v1/jobs/j1': { json: aJob({ state: 'cancelled' }) } }
  assert.equal((await appliance.coppice(['job', 'watch', 'j1'])).exit, 1)
})

test('elsewhere than on a terminal progress is a line every ten seconds, not for each question', async () => {
  let polls = 0
  const doing = (): readonly string[] => [`step number ${polls}`]
  appliance.answers = {
    'GET /v1/jobs/j1': () => ({
      json: aJob((polls += 1) > 50 ? { state: 'done' } : { doing: doing() }),
    }),
  }
  const { err } = await appliance.coppice(['job', 'watch', 'j1'])
  const lines = err.split('\n').filter((line) => line.startsWith('apply'))
  assert.equal(lines.length, 3, '25 s: at once, after 10 s and after 20 s')
})

test('following ends when it is told to, and says that the job goes on', async () => {
  const stop = new AbortController()
  appliance.answers = { 'GET /v1/jobs/j1': { json: aJob() } }
  const { exit, err } = await appliance.coppice(['job', 'watch', 'j1'], {
    stop: stop.signal,
    onPause: () => stop.abort(),
  })
  assert.equal(exit, 7)
  assert.match(err, /coppice job watch j1/)
})

test('jobs are cancelled by their ids; one that is not there is exit 3', async () => {
  appliance.answers = { 'POST /v1/jobs/j1/cancel': gone, 'POST /v1/jobs/j2/cancel': gone }
  const { exit, err } = await appliance.coppice(['job', 'cancel', 'j[1-2]'])
  assert.deepEqual([exit, err], [0, 'cancelled j[1-2]'])
  assert.equal((await appliance.coppice(['job', 'cancel', 'j3'])).exit, 3)
})

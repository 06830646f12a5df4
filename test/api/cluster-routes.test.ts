// Why this file exists: what belongs to virtual organizations has the same promises as the rest of the API: the status, the
// order that core gets, and shapes that nothing else slips through.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import {
  clusterTimelineView,
  clusterView,
  hplComparisonView,
  hplRunView,
  imageView,
  jobView,
  pageOf,
  planView,
  pushedView,
  vcnView,
  verdictView,
  voView,
} from '#api'
import { type Asked, codeOf, member, openedApi, type OpenedForTest, viaSocket } from './ask.ts'
import { brokenServices, fakeCore, leakingSecret } from './fake-services.ts'

const core = fakeCore()
let api: OpenedForTest
let broken: OpenedForTest
before(async () => {
  api = await openedApi(core.services)
  broken = await openedApi(brokenServices())
})
after(async () => {
  await api[Symbol.asyncDispose]()
  await broken[Symbol.asyncDispose]()
})
beforeEach(() => void (core.orders.length = 0))

interface Shape {
  parse(value: unknown): unknown
}

interface Promised {
  readonly asked: Asked
  readonly status: number
  /** Absent: no body. */
  readonly shape?: Shape
  readonly order?: string
  readonly location?: string
}

const file = { name: 'hpl.yaml', text: 'cluster: hpl' }
const on = { kind: 'cluster', vo: 'physics', cluster: 'hpl' }
const raw = { headers: { 'content-type': 'application/octet-stream' }, raw: 'QFI...7' } as const
const hpl = '/v1/clusters/physics/hpl'
const voc = '/v1/images/physics/voc@3'

const promises: readonly Promised[] = [
  { asked: { path: '/v1/vos' }, status: 200, shape: pageOf(voView) },
  {
    asked: { method: 'POST', path: '/v1/vos', body: { name: 'arts', quota: 'vcns=4' } },
    status: 201,
    shape: voView,
    order: 'vo add arts',
    location: '/v1/vos/arts',
  },
  { asked: { path: '/v1/vos/physics' }, status: 200, shape: voView },
  {
    asked: { method: 'PATCH', path: '/v1/vos/physics', body: { quota: null } },
    status: 200,
    shape: voView,
    order: 'vo change physics',
  },
  {
    asked: { method: 'DELETE', path: '/v1/vos/physics' },
    status: 204,
    order: 'vo remove physics',
  },
  { asked: { path: '/v1/images' }, status: 200, shape: pageOf(imageView) },
  {
    asked: { method: 'POST', path: '/v1/images/physics/voc', ...raw },
    status: 201,
    shape: pushedView,
    order: 'image push physics/voc',
    location: '/v1/images/physics/voc%403',
  },
  {
    asked: { method: 'POST', path: '/v1/images/physics/voc?version=1', ...raw },
    status: 200,
    shape: pushedView,
    order: 'image push physics/voc',
    location: '/v1/images/physics/voc%401',
  },
  { asked: { path: voc }, status: 200, shape: imageView },
  {
    asked: { method: 'POST', path: `${voc}/verify` },
    status: 200,
    shape: verdictView,
    order: 'image verify physics/voc@3',
  },
  { asked: { method: 'DELETE', path: voc }, status: 204, order: 'image remove physics/voc@3' },
  {
    asked: { method: 'POST', path: '/v1/plans', body: { file } },
    status: 200,
    shape: planView,
  },
  { asked: { path: '/v1/clusters' }, status: 200, shape: pageOf(clusterView) },
  {
    asked: { method: 'POST', path: '/v1/clusters', body: { file, hash: 'abc' } },
    status: 202,
    shape: jobView,
    order: 'cluster apply hpl.yaml',
    location: '/v1/jobs/j4',
  },
  { asked: { path: hpl }, status: 200, shape: clusterView },
  { asked: { path: `${hpl}/plan-down` }, status: 200, shape: planView },
  { asked: { path: `${hpl}/timeline` }, status: 200, shape: clusterTimelineView },
  {
    asked: { method: 'DELETE', path: hpl },
    status: 202,
    shape: jobView,
    order: 'cluster down physics/hpl',
    location: '/v1/jobs/j4',
  },
  { asked: { path: '/v1/vcns' }, status: 200, shape: pageOf(vcnView) },
  { asked: { path: '/v1/vcns/physics/hpl/compute1' }, status: 200, shape: vcnView },
  { asked: { path: '/v1/jobs' }, status: 200, shape: pageOf(jobView) },
  { asked: { path: '/v1/jobs/j1' }, status: 200, shape: jobView },
  {
    asked: { method: 'POST', path: '/v1/jobs/j1/cancel' },
    status: 204,
    order: 'job cancel j1',
  },
  { asked: { path: '/v1/hpl-runs' }, status: 200, shape: pageOf(hplRunView) },
  {
    asked: { method: 'POST', path: '/v1/hpl-runs', body: { on, N: 1000 } },
    status: 202,
    shape: jobView,
    order: 'hpl run',
    location: '/v1/jobs/j4',
  },
  { asked: { path: '/v1/hpl-runs/r1' }, status: 200, shape: hplRunView },
  {
    asked: { path: '/v1/hpl-comparisons?virtual=r2&physical=r3' },
    status: 200,
    shape: hplComparisonView,
  },
]

for (const { asked, status, shape, order, location } of promises) {
  const { method = 'GET', path } = asked
  test(`${method} ${path} answers ${status}${order === undefined ? '' : ', and core does it'}`, async () => {
    const answer = await viaSocket(api, asked)
    assert.equal(answer.status, status, answer.text)
    if (shape === undefined) assert.equal(answer.text, '')
    else assert.deepEqual(shape.parse(answer.json), answer.json)
    assert.deepEqual(
      core.orders.map(({ what }) => what),
      order === undefined ? [] : [order],
    )
    assert.equal(answer.headers['location'], location)
  })

  test(`${method} ${path} over a broken core is a problem, and tells no secret`, async () => {
    const answer = await viaSocket(broken, asked)
    assert.deepEqual([answer.status, codeOf(answer)], [500, 'CPC-API-007'])
    assert.doesNotMatch(answer.text, new RegExp(leakingSecret))
  })
}

for (const [sentence, asked, status] of [
  ['a VO of no name', { method: 'POST', path: '/v1/vos', body: {} }, 400],
  [
    'a VO with a field that is not known',
    { method: 'POST', path: '/v1/vos', body: { name: 'a', gid: 7 } },
    400,
  ],
  [
    'a digest that is none',
    { method: 'POST', path: '/v1/images/physics/voc?digest=md5:1', ...raw },
    400,
  ],
  [
    'a version that is none',
    { method: 'POST', path: '/v1/images/physics/voc?version=0', ...raw },
    400,
  ],
  [
    'a length that is none',
    { method: 'POST', path: '/v1/images/physics/voc?bytes=-1', ...raw },
    400,
  ],
  ['an image in JSON', { method: 'POST', path: '/v1/images/physics/voc', body: {} }, 415],
  [
    'an image as a form',
    {
      method: 'POST',
      path: '/v1/images/physics/voc',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      raw: 'x',
    },
    415,
  ],
  ['raw bytes where JSON belongs', { method: 'POST', path: '/v1/plans', ...raw }, 415],
  ['a plan of no file', { method: 'POST', path: '/v1/plans', body: {} }, 400],
  [
    'a run on nothing',
    { method: 'POST', path: '/v1/hpl-runs', body: { on: { kind: 'hosts', hosts: [] } } },
    400,
  ],
  ['a run of no size', { method: 'POST', path: '/v1/hpl-runs', body: { on, N: 0 } }, 400],
  ['a comparison with nothing', { path: '/v1/hpl-comparisons?virtual=r2' }, 400],
] satisfies readonly (readonly [string, Asked, number])[]) {
  test(`${sentence} is answered with ${status} and never reaches core`, async () => {
    const answer = await viaSocket(api, asked)
    assert.deepEqual([answer.status, codeOf(answer)], [status, 'CPC-API-002'], answer.text)
    assert.deepEqual(core.orders, [])
  })
}

test('a cluster file may be as long as a cluster file may be, and no longer', async () => {
  const plan = (text: string) =>
    viaSocket(api, { method: 'POST', path: '/v1/plans', body: { file: { name: 'f', text } } })
  assert.equal((await plan('é'.repeat(1024 * 1024))).status, 200)
  assert.equal((await plan('x'.repeat(1024 * 1024 + 1))).status, 400)
  assert.equal((await plan('x'.repeat(5 * 1024 * 1024))).status, 413)
})

test('what is said of an image in the address and by its length reaches core', async () => {
  const digest = `sha256:${'0'.repeat(64)}`
  const path = `/v1/images/physics/voc?version=7&format=raw&digest=${digest}`
  await viaSocket(api, { method: 'POST', path, ...raw })
  const common = { version: 7, format: 'raw', digest, vo: 'physics', name: 'voc' }
  assert.deepEqual(core.orders[0]?.given, { ...common, bytes: 7 })
  await viaSocket(api, { method: 'POST', path: `${path}&bytes=9`, ...raw })
  assert.deepEqual(core.orders[1]?.given, { ...common, bytes: 9 })
})

test('pages of jobs go from the newest to the oldest and repeat nothing', async () => {
  const first = await viaSocket(api, { path: '/v1/jobs?limit=2' })
  const next = member(first.json, 'next')
  const second = await viaSocket(api, { path: `/v1/jobs?limit=2&after=${String(next)}` })
  const ids = [first, second].flatMap(({ json }) => {
    const items = member(json, 'items')
    assert.ok(Array.isArray(items))
    return items.map((one) => member(one, 'id'))
  })
  assert.deepEqual(ids, ['j3', 'j2', 'j1'])
  assert.equal(member(second.json, 'next'), undefined)
})

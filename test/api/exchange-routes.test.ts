// Why this file exists: files come in as one bounded request and go out as a stream; what is wrong with either is told
// before anything happens.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { Fault } from '#fault'
import { codeOf, openedApi, type OpenedForTest, viaSocket } from './ask.ts'
import { fakeCore } from './fake-services.ts'

const core = fakeCore()
let api: OpenedForTest
before(async () => {
  const file = core.services.exports.file.bind(core.services.exports)
  api = await openedApi({
    ...core.services,
    exports: {
      file(format, zone) {
        if (zone === 'nope') {
          throw new Fault('CPC-IMP-005', { what: 'w', where: 'wh', why: 'y', todo: 't' })
        }
        if (format === 'ldif') return halfFile()
        return format === 'csv' ? longFile() : file(format, zone)
      },
    },
  })
})
after(() => api[Symbol.asyncDispose]())

const piece = 'x'.repeat(32 * 1024)
const pieces = 400
let made = 0

function* longFile(): Generator<string> {
  for (made = 0; made < pieces; made += 1) yield piece
}

function* halfFile(): Generator<string> {
  yield 'dn: cn=n1\n'
  throw new Error('nobody foresaw this')
}

test('an import carries texts, a format, domains and a role, and is answered with its report', async () => {
  const body = { format: 'csv', files: [{ name: 'a.csv', text: 'name,mac\n' }], role: 'host' }
  const { status, text } = await viaSocket(api, { method: 'POST', path: '/v1/imports', body })
  assert.equal(status, 200)
  assert.match(text, /"format":"csv".*"machines":\["a\.csv"\],"done":\["a\.csv"\]/)
  assert.deepEqual(core.orders.at(-1)?.what, 'import a.csv')
})

for (const [sentence, body] of [
  ['no files', { files: [] }],
  ['too many files', { files: Array.from({ length: 257 }, () => ({ name: 'a', text: '' })) }],
  ['a file without a name', { files: [{ name: '', text: '' }] }],
  ['an unknown key', { files: [{ name: 'a', text: '' }], path: '/etc/passwd' }],
  ['a role that there is not', { files: [{ name: 'a', text: '' }], role: 'boss' }],
] as const) {
  test(`an import with ${sentence} is refused`, async () => {
    const answered = await viaSocket(api, { method: 'POST', path: '/v1/imports', body })
    assert.deepEqual([answered.status, codeOf(answered)], [400, 'CPC-API-002'])
  })
}

test('an import may be longer than other requests', async () => {
  const body = { files: [{ name: 'a', text: 'x'.repeat(4 * 1024 * 1024) }], dryRun: true }
  assert.equal((await viaSocket(api, { method: 'POST', path: '/v1/imports', body })).status, 200)
})

test('an export is plain text, whole, however long it is', async () => {
  const { status, text, headers } = await viaSocket(api, { path: '/v1/directory/export/csv' })
  assert.deepEqual([status, text.length, made], [200, pieces * piece.length, pieces])
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
})

test('an unknown format and an unknown zone are told as any failure', async () => {
  const format = await viaSocket(api, { path: '/v1/directory/export/leases' })
  assert.equal(format.status, 400)
  const zone = await viaSocket(api, { path: '/v1/directory/export/zone?zone=nope' })
  assert.deepEqual([zone.status, codeOf(zone)], [404, 'CPC-IMP-005'])
})

test('an export that fails half-way never looks whole', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const place = { socketPath: api.socketPath, path: '/v1/directory/export/ldif' }
  request(place, (response) => {
    response.toArray().then(resolve, reject)
  })
    .on('error', reject)
    .end()
  await assert.rejects(promise)
})

// Why this file exists: an image goes up whole or is refused in the appliance's own words, also when those come while we still
// send.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { truncateSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, beforeEach, test } from 'node:test'
import type { PushedView } from '#api'
import { type Answer, page, problem, scripted, type Scripted, send } from './scripted.ts'

let appliance: Scripted
let file: string
before(async () => {
  appliance = await scripted()
  file = join(appliance.folder, 'base.qcow2')
})
after(() => appliance[Symbol.asyncDispose]())
beforeEach(() => {
  appliance.heard.length = 0
  appliance.answers = {}
})

const mebibyte = 1024 * 1024
const bytes = Buffer.alloc(3 * mebibyte, 'coppice ')
const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const pushed: PushedView = {
  vo: 'physics',
  name: 'voc-compute',
  version: 1,
  id: 'voc-compute@1',
  format: 'qcow2',
  digest,
  bytes: bytes.length,
  virtualBytes: 2 ** 31,
  pushedBy: 'root',
  pushedAt: '2026-01-31T12:00:00.000Z',
  usedBy: [],
  isNew: true,
}
const { isNew: _isNew, ...shown } = pushed
const address = 'POST /v1/images/physics/voc-compute'
const words = ['--vo', 'physics', '--name', 'voc-compute']

/** What arrives is read to its end, then answered. */
function taking(answer: Answer, onBody: (body: Buffer, request: IncomingMessage) => void): Answer {
  return {
    byHand: (request, response) => {
      buffer(request).then(
        (body) => {
          onBody(body, request)
          send(response, answer)
        },
        () => response.destroy(),
      )
    },
  }
}

test('an image is sent byte for byte, with its length and digest said beforehand, and told of in a line', async () => {
  writeFileSync(file, bytes)
  let arrived: Buffer | undefined
  let length: string | undefined
  appliance.answers = {
    [address]: taking({ status: 201, json: pushed }, (body, { headers }) => {
      arrived = body
      length = headers['content-length']
    }),
  }
  const { exit, out, err } = await appliance.coppice(['image', 'push', file, ...words])
  assert.equal(exit, 0)
  assert.equal(out, `pushed physics/voc-compute@1 (${bytes.length} bytes, ${digest})`)
  assert.match(err, /^push +\[#*\.+\] \d+ %/)
  assert.ok(arrived?.equals(bytes))
  assert.equal(length, String(bytes.length))
  assert.deepEqual(appliance.heard[0]?.query, { bytes: String(bytes.length), digest })
})

test('--version, --format and --digest are handed over; bytes that were there are told as such', async () => {
  writeFileSync(file, bytes)
  appliance.answers = { [address]: taking({ json: { ...pushed, isNew: false } }, () => undefined) }
  const more = ['--version', '1', '--format', 'raw', '--digest', `sha256:${'0'.repeat(64)}`]
  const { exit, out } = await appliance.coppice(['image', 'push', file, ...words, ...more])
  assert.deepEqual([exit, out], [0, 'physics/voc-compute@1 was there already'])
  assert.deepEqual(appliance.heard[0]?.query, {
    version: '1',
    format: 'raw',
    bytes: String(bytes.length),
    digest: `sha256:${'0'.repeat(64)}`,
  })
  const json = await appliance.coppice(['image', 'push', file, ...words, '-o', 'json'])
  assert.deepEqual(JSON.parse(json.out), { ...pushed, isNew: false })
})

const refusal = problem('CPC-IMG-006', 403, 'the quota is full')

for (const [sentence, refuse] of [
  [
    'and closes the connection',
    (request: IncomingMessage, response: ServerResponse) => {
      request.once('data', () => {
        response.shouldKeepAlive = false
        send(response, refusal)
        response.once('finish', () => request.socket.destroy())
      })
    },
  ],
  [
    'and reads nothing more',
    (_request: IncomingMessage, response: ServerResponse) => send(response, refusal),
  ],
  [
    'and reads the rest',
    (request: IncomingMessage, response: ServerResponse) => {
      request.resume()
      send(response, refusal)
    },
  ],
] as const) {
  test(`an appliance that refuses while we still send ${sentence} is heard: exit 4 in its words`, async () => {
    writeFileSync(file, '')
    truncateSync(file, 64 * mebibyte)
    appliance.answers = { [address]: { byHand: refuse } }
    const digestGiven = ['--digest', digest]
    const ran = await appliance.coppice(['image', 'push', file, ...words, ...digestGiven])
    assert.equal(ran.exit, 4)
    assert.match(ran.err, /CPC-IMG-006\]\nwhere: there\nwhy: {3}the quota is full/)
  })
}

test('a connection that breaks without a word is exit 8', async () => {
  writeFileSync(file, '')
  truncateSync(file, 64 * mebibyte)
  appliance.answers = { [address]: { byHand: (request) => void request.socket.destroy() } }
  const ran = await appliance.coppice(['image', 'push', file, ...words, '--digest', digest])
  assert.equal(ran.exit, 8)
  assert.match(ran.err, /CPC-CLI-002/)
})

test('a large file is not read twice for a digest that the appliance computes anyhow', async () => {
  writeFileSync(file, '')
  truncateSync(file, 256 * mebibyte)
  appliance.answers = { [address]: { byHand: (_request, response) => send(response, refusal) } }
  await appliance.coppice(['image', 'push', file, ...words])
  assert.deepEqual(appliance.heard[0]?.query, { bytes: String(256 * mebibyte) })
})

test('a file that becomes shorter while it is sent is told of, and the request is broken off', async () => {
  writeFileSync(file, '')
  truncateSync(file, 64 * mebibyte)
  appliance.answers = {
    [address]: {
      byHand: (request) => {
        truncateSync(file, mebibyte)
        request.on('error', () => undefined).resume()
      },
    },
  }
  const ran = await appliance.coppice(['image', 'push', file, ...words, '--digest', digest])
  assert.equal(ran.exit, 1)
  assert.match(ran.err, /CPC-CLI-007.*\n.*\nwhy: {3}it became shorter/)
})

for (const [sentence, path, exit] of [
  ['that is not there', '/nonexistent/x.qcow2', 1],
  ['that is a folder', '/', 1],
  ['that has no length', '/dev/zero', 1],
] as const) {
  test(`a file ${sentence} is told of before anybody is asked`, async () => {
    const ran = await appliance.coppice(['image', 'push', path, ...words])
    assert.equal(ran.exit, exit)
    assert.match(ran.err, /CPC-CLI-007/)
    assert.deepEqual(appliance.heard, [])
  })
}

for (const flags of [[], ['--vo', 'physics'], [...words, '--version', 'two']]) {
  test(`image push ${flags.join(' ')} is a usage error`, async () => {
    assert.equal((await appliance.coppice(['image', 'push', file, ...flags])).exit, 2)
  })
}

test('images are listed with their use, and shown by one id or several', async () => {
  appliance.answers = {
    'GET /v1/images': page([{ ...shown, usedBy: ['physics/hpl'] }]),
    'GET /v1/images/physics/voc-compute%401': { json: shown },
    'GET /v1/images/physics/voc-compute%402': { json: { ...shown, id: 'voc-compute@2' } },
  }
  const { out } = await appliance.coppice(['image', 'list', '--vo', 'physics', '--no-headers'])
  assert.match(
    out,
    /^physics +voc-compute@1 +qcow2 +3\.0 MiB +2\.0 GiB +sha256:[0-9a-f]{12} .* physics\/hpl$/,
  )
  assert.equal(appliance.heard[0]?.query['vo'], 'physics')
  for (const id of [['voc-compute@1', '--vo', 'physics'], ['physics/voc-compute@1']]) {
    const one = await appliance.coppice(['image', 'show', ...id, '-o', 'json'])
    assert.deepEqual(JSON.parse(one.out), shown)
  }
  const both = ['image', 'show', 'voc-compute@[1-2]', '--vo', 'physics', '-o', 'name']
  assert.equal((await appliance.coppice(both)).out, 'voc-compute@1\nvoc-compute@2')
})

test('an image without a VO, or with two, is a usage error', async () => {
  assert.equal((await appliance.coppice(['image', 'show', 'x@1'])).exit, 2)
  assert.equal((await appliance.coppice(['image', 'show', 'a/x@1', '--vo', 'b'])).exit, 2)
})

test('verify is exit 1 for an image that is no longer whole, and 6 when others are', async () => {
  appliance.answers = {
    'POST /v1/images/physics/a%401/verify': { json: { whole: true } },
    'POST /v1/images/physics/a%402/verify': { json: { whole: false, reason: 'a byte differs' } },
  }
  const whole = await appliance.coppice(['image', 'verify', 'physics/a@1'])
  assert.deepEqual([whole.exit, whole.err], [0, 'whole: physics/a@1'])
  const broken = await appliance.coppice(['image', 'verify', 'physics/a@2'])
  assert.equal(broken.exit, 1)
  assert.match(broken.err, /CPC-IMG-011\]\nwhere: physics\/a@2\nwhy: {3}a byte differs/)
  assert.equal((await appliance.coppice(['image', 'verify', 'physics/a@[1-2]'])).exit, 6)
})

test('remove removes each, and an image in use is exit 5', async () => {
  appliance.answers = {
    'DELETE /v1/images/physics/a%401': { byHand: (_, response) => response.writeHead(204).end() },
    'DELETE /v1/images/physics/a%402': problem('CPC-IMG-010', 409),
  }
  const gone = await appliance.coppice(['image', 'remove', 'a@1', '--vo', 'physics'])
  assert.deepEqual([gone.exit, gone.err], [0, 'removed physics/a@1'])
  assert.equal((await appliance.coppice(['image', 'remove', 'physics/a@2'])).exit, 5)
  const dry = await appliance.coppice(['image', 'remove', 'physics/a@2', '--dry-run'])
  assert.equal(dry.err, 'would remove physics/a@2')
})

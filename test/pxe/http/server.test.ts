// Why this file exists: the promises of boot HTTP to loaders, first stages, and to those who mean harm, over loopback.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { TransferSighting } from '#feed'
import { BootHttpServer, type BootHttpLimits } from '../../../src/pxe/http/server.ts'
import type { Routes } from '../../../src/pxe/http/route.ts'
import { readFrames, tcpStreams } from '../../pcap.ts'
import { filesOf, pattern } from '../tftp/stage.ts'

const large = Buffer.alloc(40_000_000, 7)
const contents = {
  'snponly.efi': pattern(5_000),
  'kvm-host/initrd': large,
  empty: new Uint8Array(0),
}

const routes: Routes = {
  'GET /boot.ipxe': ({ query, address }) => ({
    contentType: 'text/plain',
    body: `#!ipxe\n# ${query.get('mac')} ${address}\n`,
  }),
  'GET /broken': () => {
    throw new Error('a bug in a route')
  },
}

async function serve(context: TestContext, limits: Partial<BootHttpLimits> = {}) {
  const sightings: TransferSighting[] = []
  const errors: unknown[] = []
  let heard = (_sighting: TransferSighting): void => undefined
  const server = new BootHttpServer({
    files: filesOf(contents),
    routes,
    onTransfer: (sighting) => {
      sightings.push(sighting)
      heard(sighting)
    },
    onError: (error) => errors.push(error),
    clock: { now: () => performance.now(), wall: () => 1_700_000_000_000 },
    limits,
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  context.after(() => server.close())
  const nextSighting = () =>
    sightings.length > 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          heard = () => resolve()
        })
  return { server, port, url: `http://127.0.0.1:${port}`, sightings, errors, nextSighting }
}

/** Writes bytes and gives everything that comes until the other side ends. */
async function rawly(port: number, bytes: Uint8Array | string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.on('error', () => undefined) // reset: the other side had enough
  socket.write(bytes)
  await once(socket, 'close')
  return Buffer.concat(parts).toString('latin1')
}

for (const path of ['/snponly.efi', '/files/snponly.efi', '/snponly.efi?x=1']) {
  test(`GET ${path} gives the file, its length, its tag and the date`, async (context) => {
    const { url, nextSighting, sightings } = await serve(context)
    const answer = await fetch(`${url}${path}`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-length'), '5000')
    assert.equal(answer.headers.get('accept-ranges'), 'bytes')
    assert.ok(answer.headers.get('etag'))
    assert.ok(Date.parse(answer.headers.get('date') ?? '') > 0)
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), contents['snponly.efi'])
    await nextSighting()
    const [{ outcome, file, bytes, address } = { outcome: '' }] = sightings
    assert.deepEqual([outcome, file, bytes, address], ['whole', 'snponly.efi', 5_000, 0x7f000001])
  })
}

test('HEAD, as UEFI HTTP Boot asks first, gives the length and is told as a probe', async (context) => {
  const { url, nextSighting, sightings } = await serve(context)
  const answer = await fetch(`${url}/snponly.efi`, { method: 'HEAD' })
  assert.equal(answer.headers.get('content-length'), '5000')
  assert.equal(answer.headers.get('content-type'), 'application/efi')
  assert.equal((await answer.arrayBuffer()).byteLength, 0)
  await nextSighting()
  assert.equal(sightings[0]?.outcome, 'probe')
})

test('RFC 9110 section 14: a range is 206 with just those bytes, one past the end is 416', async (context) => {
  const { url } = await serve(context)
  const part = await fetch(`${url}/snponly.efi`, { headers: { range: 'bytes=1000-1009' } })
  assert.equal(part.status, 206)
  assert.equal(part.headers.get('content-range'), 'bytes 1000-1009/5000')
  assert.deepEqual(
    new Uint8Array(await part.arrayBuffer()),
    contents['snponly.efi'].subarray(1_000, 1_010),
  )
  const past = await fetch(`${url}/snponly.efi`, { headers: { range: 'bytes=5000-' } })
  assert.equal(past.status, 416)
  assert.equal(past.headers.get('content-range'), 'bytes */5000')
})

test('an empty file is given as an empty body', async (context) => {
  const { url } = await serve(context)
  const answer = await fetch(`${url}/empty`)
  assert.deepEqual([answer.status, answer.headers.get('content-length')], [200, '0'])
})

test('a route is asked with the query and the client’s address, for HEAD too', async (context) => {
  const { url } = await serve(context)
  const answer = await fetch(`${url}/boot.ipxe?mac=52:54:00:77:00:11`)
  assert.equal(await answer.text(), '#!ipxe\n# 52:54:00:77:00:11 2130706433\n')
  const head = await fetch(`${url}/boot.ipxe`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
})

test('a route that throws is a 500, is reported, and the next request is served', async (context) => {
  const { url, errors } = await serve(context)
  assert.equal((await fetch(`${url}/broken`)).status, 500)
  assert.equal(errors.length, 1)
  assert.equal((await fetch(`${url}/boot.ipxe`)).status, 200)
})

for (const [path, status] of [
  ['/../../etc/passwd', 404],
  ['/%2e%2e/%2e%2e/etc/passwd', 404],
  ['/..%5c..%5cetc', 404],
  ['//etc/passwd', 404],
  ['/files/../../../etc/passwd', 404],
  ['/toString', 404],
  ['/%', 400],
  ['/a\0b', 400],
] as const) {
  test(`HOSTILE 17: GET ${JSON.stringify(path)} is ${status}`, async (context) => {
    const { port } = await serve(context)
    const answer = await rawly(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
    assert.match(answer, /^date: /im)
  })
}

for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
  test(`${method} is 405 and says what is allowed`, async (context) => {
    const { url } = await serve(context)
    const answer = await fetch(`${url}/snponly.efi`, { method })
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'])
  })
}

const host = 'Host: x\r\n'
for (const [what, request] of [
  [
    'both lengths',
    `GET / HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `GET / HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`],
  ['a body where none belongs', `GET /snponly.efi HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`],
  ['a bad chunk', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['a folded header', `GET / HTTP/1.1\r\n${host}A: b\r\n c: d\r\n\r\n`],
  ['a space before the colon', `GET / HTTP/1.1\r\n${host}Content-Length : 5\r\n\r\n`],
  ['no Host', `GET /snponly.efi HTTP/1.1\r\n\r\n`],
  ['no HTTP at all', `\x16\x03\x01\x02\x00\x01\r\n\r\n`],
] as const) {
  test(`HOSTILE 20: ${what}: 400, and the connection ends`, async (context) => {
    const { port } = await serve(context)
    const answer = await rawly(port, request)
    assert.match(answer, /^HTTP\/1.1 400 /)
    assert.equal(answer.match(/HTTP\/1.1/g)?.length, 1, 'nothing after it is answered')
  })
}

test('HOSTILE 20: what is no HTTP behind a request is never answered into the middle of its file', async (context) => {
  const { port } = await serve(context)
  const answer = await rawly(
    port,
    `GET /kvm-host/initrd HTTP/1.1\r\n${host}\r\n\x16\x03\x01garbage\r\n\r\n`,
  )
  assert.doesNotMatch(answer, /HTTP\/1.1 400/)
})

test('HOSTILE 20: headers past the limit: 431, and the connection ends', async (context) => {
  const { port } = await serve(context)
  const answer = await rawly(port, `GET / HTTP/1.1\r\n${host}A: ${'a'.repeat(20_000)}\r\n\r\n`)
  assert.match(answer, /^HTTP\/1.1 431 /)
})

for (const said of ['', 'GET /snponly.efi HTTP/1.1\r\nHost: x\r\nA']) {
  test(`HOSTILE 28: a client that ${said === '' ? 'says nothing' : 'never ends its headers'} is dropped`, async (context) => {
    const { port, url } = await serve(context, { headersMillisMax: 200, requestMillisMax: 300 })
    const answer = await rawly(port, said)
    assert.match(answer, /^(HTTP\/1.1 408 |$)/)
    assert.equal((await fetch(`${url}/empty`)).status, 200)
  })
}

test('HOSTILE 28: a client that takes nothing is dropped, and what it left is told as cut off', async (context) => {
  const { port, nextSighting, sightings } = await serve(context, { idleMillisMax: 300 })
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => undefined)
  socket.write('GET /kvm-host/initrd HTTP/1.1\r\nHost: x\r\n\r\n')
  await nextSighting()
  socket.destroy()
  assert.equal(sightings[0]?.outcome, 'cut-off')
  assert.ok((sightings[0]?.bytes ?? Infinity) < large.length)
})

test('HOSTILE 28: a transfer that never ends has an end', async (context) => {
  const { port, nextSighting, sightings } = await serve(context, { transferMillisMax: 200 })
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => undefined)
  socket.write('GET /kvm-host/initrd HTTP/1.1\r\nHost: x\r\n\r\n')
  await nextSighting()
  socket.destroy()
  assert.equal(sightings[0]?.outcome, 'cut-off')
})

test('a client that goes away in the middle is told as cut off', async (context) => {
  const { port, nextSighting, sightings } = await serve(context)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /kvm-host/initrd HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await nextSighting()
  assert.equal(sightings[0]?.outcome, 'cut-off')
})

test('HOSTILE 28: one address cannot have all connections', async (context) => {
  const { port } = await serve(context, { connectionsPerAddressMax: 2 })
  const open = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  await Promise.all(open.map((socket) => once(socket, 'connect')))
  assert.equal(await rawly(port, ''), '')
  for (const socket of open) socket.destroy()
})

const folder = join(import.meta.dirname, '../../vectors/http')
for (const name of readdirSync(folder).filter((file) => file.endsWith('.pcap'))) {
  test(`replaying ${name} gets answers, and the next good request is served`, async (context) => {
    const { port, url } = await serve(context)
    const requests = tcpStreams(readFrames(readFileSync(join(folder, name)))).filter(
      ({ sourcePort, targetPort, payload }) => sourcePort > targetPort && payload.length > 0,
    )
    assert.ok(requests.length > 0)
    for (const { payload } of requests) {
      const end = Buffer.from('\r\nGET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      const answer = await rawly(port, Buffer.concat([payload, end]))
      if (name !== 'concurrent-range-requests.pcap') assert.match(answer, /^HTTP\/1.1 4\d\d /)
      assert.doesNotMatch(answer, /HTTP\/1.1 5\d\d/)
    }
    assert.equal((await fetch(`${url}/snponly.efi`)).status, 200)
  })
}

// Why this file exists: the promises of boot HTTP to loaders and first stages, over loopback.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { contents, onDisk, rawly, serve, slow } from './stage.ts'

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

for (const [sentence, method, headers, status, length] of [
  ['a range of HEAD is not looked at', 'HEAD', { range: 'bytes=0-9' }, 200, '5000'],
  ['several ranges are answered by the whole', 'GET', { range: 'bytes=0-1,5-6' }, 200, '5000'],
  [
    'a range of another version is answered by the whole',
    'GET',
    { range: 'bytes=0-9', 'if-range': '"other"' },
    200,
    '5000',
  ],
  [
    'a range of this version is given',
    'GET',
    { range: 'bytes=0-9', 'if-range': '"tag of snponly.efi"' },
    206,
    '10',
  ],
  ['what the client has already is 304', 'GET', { 'if-none-match': '"tag of snponly.efi"' }, 304],
  [
    'what the client has already is 304, a range or not',
    'GET',
    { 'if-none-match': 'W/"tag of snponly.efi"', range: 'bytes=0-9' },
    304,
  ],
  ['another version is given', 'GET', { 'if-none-match': '"other"' }, 200, '5000'],
] as const) {
  test(`RFC 9110: ${sentence}`, async (context) => {
    const { port } = await serve(context)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const answer = await rawly(
      port,
      `${method} /snponly.efi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('')}\r\n`,
    )
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
    assert.match(answer, /^etag: "tag of snponly.efi"\r$/im)
    assert.equal(/^content-length: (\d+)/im.exec(answer)?.[1], length)
  })
}

test('several requests on one connection are answered in their order, 404 and 304 among them', async (context) => {
  const { port } = await serve(context)
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  const answer = await rawly(
    port,
    get('/none') +
      get('/snponly.efi', 'If-None-Match: *\r\n') +
      get('/empty') +
      get('/snponly.efi', 'Range: bytes=9999-\r\n') +
      get('/snponly.efi', 'Range: bytes=0-3\r\nConnection: close\r\n'),
  )
  const statuses = [...answer.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)
  assert.deepEqual(statuses, ['404', '304', '200', '416', '206'])
})

test('many requests on one connection are answered without a warning', async (context) => {
  const { port } = await serve(context)
  const warnings: Error[] = []
  const heard = (warning: Error) => warnings.push(warning)
  process.on('warning', heard)
  const request = 'GET /snponly.efi HTTP/1.1\r\nHost: x\r\n\r\n'
  const last = 'GET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const answer = await rawly(port, request.repeat(40) + last)
  assert.equal(answer.match(/HTTP\/1.1 200/g)?.length, 41)
  await turn()
  process.off('warning', heard)
  assert.deepEqual(warnings, [])
})

test('a file that lies on the disk is given whole and in parts, and its reader is closed', async (context) => {
  const { url, readers, nextSighting } = await serve(context)
  const whole = await fetch(`${url}/disk.img`)
  assert.ok(Buffer.from(await whole.arrayBuffer()).equals(onDisk))
  const part = await fetch(`${url}/disk.img`, { headers: { range: 'bytes=299990-700009' } })
  assert.equal(part.headers.get('content-range'), `bytes 299990-700009/${onDisk.length}`)
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(onDisk.subarray(299_990, 700_010)))
  await nextSighting()
  assert.deepEqual(readers, { opened: 2, closed: 2 })
})

test('a file that changes on the disk under a transfer ends it, and is never given in two versions', async (context) => {
  const { port, readers, sightings } = await serve(context)
  readers.failAt = 300_000
  const answer = await rawly(port, 'GET /disk.img HTTP/1.1\r\nHost: x\r\n\r\n')
  assert.ok(answer.length < onDisk.length)
  assert.equal(sightings[0]?.outcome, 'cut-off')
  assert.equal(readers.closed, 1)
})

test('a file of the disk that is being replaced is 503, and so is one that too many ask for', async (context) => {
  const { url, readers, errors } = await serve(context)
  readers.failAt = -1
  const answer = await fetch(`${url}/disk.img`)
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2'])
  assert.equal(errors.length, 1)
  const { url: busy } = await serve(context, { diskTransfersMax: 0 })
  assert.equal((await fetch(`${busy}/disk.img`)).status, 503)
})

test('a client that has gone before its route has an answer is no trouble', async (context) => {
  const { port, url, errors } = await serve(context)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await slow.asked.promise
  socket.destroy()
  await once(socket, 'close')
  assert.equal((await fetch(`${url}/empty`)).status, 200) // the server has seen the end by now
  slow.answer.resolve()
  assert.equal((await fetch(`${url}/empty`)).status, 200)
  assert.deepEqual(errors, [])
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

for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
  test(`${method} is 405 and says what is allowed`, async (context) => {
    const { url } = await serve(context)
    const answer = await fetch(`${url}/snponly.efi`, { method })
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'])
  })
}

test('a client that goes away in the middle is told as cut off', async (context) => {
  const { port, nextSighting, sightings } = await serve(context)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /kvm-host/initrd HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await nextSighting()
  assert.equal(sightings[0]?.outcome, 'cut-off')
})

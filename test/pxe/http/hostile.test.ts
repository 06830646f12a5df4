// Why this file exists: what boot HTTP promises when somebody means harm, or is slow beyond reason: the next machine boots.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { readFrames, tcpStreams } from '../../pcap.ts'
import { large, rawly, serve } from './stage.ts'

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

const host = 'Host: x\r\n'

for (const [what, request] of [
  [
    'both lengths',
    `GET / HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `GET / HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`],
  ['a body where none belongs', `GET /snponly.efi HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`],
  ['a length with a sign', `GET /empty HTTP/1.1\r\n${host}Content-Length: +0\r\n\r\n`],
  ['a list of lengths', `GET /empty HTTP/1.1\r\n${host}Content-Length: 0, 0\r\n\r\n`],
  ['two hosts', `GET /empty HTTP/1.1\r\n${host}Host: y\r\n\r\n`],
  ['a NUL in a header', `GET /empty HTTP/1.1\r\n${host}A: \0\r\n\r\n`],
  ['lines that end with LF alone', 'GET /empty HTTP/1.1\nHost: x\n\n'],
  ['a CR inside a line', `GET /empty HTTP/1.1\r\n${host}A: b\rC: d\r\n\r\n`],
  [
    'a coding that is not the last',
    `GET /empty HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a chunked body in HTTP/1.0',
    `GET /empty HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['no version', 'GET /empty\r\n\r\n'],
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
    assert.match(answer, /^content-length: \d+\r$/im)
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

test('RFC 9110 §10.1.1: nothing is said between the head and the body of an answer', async (context) => {
  const { port } = await serve(context)
  const request = (more: string) => `GET /boot.ipxe HTTP/1.1\r\n${host}${more}\r\n`
  const expecting = request('Expect: 100-continue\r\n')
  const answer = await rawly(port, request('') + expecting)
  assert.doesNotMatch(answer, /100 Continue/)
  assert.equal(answer.match(/\r\n\r\n#!ipxe\n/g)?.length, 2)
})

test('RFC 9110 §10.1.1: an expectation that is none of ours is refused, with a length', async (context) => {
  const { port } = await serve(context)
  const answer = await rawly(port, `GET /empty HTTP/1.1\r\n${host}Expect: the-best\r\n\r\n`)
  assert.match(answer, /^HTTP\/1.1 417 /)
  assert.match(answer, /^content-length: \d+\r$/im)
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

// After CONNECT the server's own watching of the connection ends, and answers that wait are not told.
for (const [how, request] of [
  ['hangs up', ''],
  ['asks for a tunnel', `CONNECT x HTTP/1.1\r\n${host}\r\n`],
] as const) {
  const title = `HOSTILE 28: who ${how} while a file waits behind another one holds nothing of ours`
  test(title, { timeout: 10_000 }, async (context) => {
    const { port, readers, sightings } = await serve(context)
    const socket = connect(port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    const ask = (path: string) => `GET ${path} HTTP/1.1\r\n${host}\r\n`
    socket.write(`${ask('/kvm-host/initrd')}${ask('/disk.img')}${request}`)
    while (readers.opened === 0) await turn()
    socket.destroy()
    while (sightings.length < 2) await turn()
    assert.deepEqual(
      sightings.map(({ outcome }) => outcome),
      ['cut-off', 'cut-off'],
    )
    assert.deepEqual(readers, { opened: 1, closed: 1 })
  })
}

test('HOSTILE 28: a transfer that never ends has an end', async (context) => {
  const { port, nextSighting, sightings } = await serve(context, { transferMillisMax: 200 })
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => undefined)
  socket.write('GET /kvm-host/initrd HTTP/1.1\r\nHost: x\r\n\r\n')
  await nextSighting()
  socket.destroy()
  assert.equal(sightings[0]?.outcome, 'cut-off')
})

test('HOSTILE 28: when all connections are taken, the address that holds most gives way', async (context) => {
  const { port } = await serve(context, { connectionsMax: 3 })
  const greedy = [1, 2, 3].map(() =>
    connect({ port, host: '127.0.0.1', localAddress: '127.0.0.66' }),
  )
  await Promise.all(greedy.map((socket) => once(socket, 'connect')))
  const ended = Promise.race(greedy.map((socket) => once(socket, 'close')))
  const answer = await rawly(port, 'GET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  assert.match(answer, /^HTTP\/1.1 200 /)
  await ended
  for (const socket of greedy) socket.destroy()
})

test('HOSTILE 20: behind several requests, too, garbage is never answered into the middle of a file', async (context) => {
  const { port } = await serve(context)
  const request = `GET /empty HTTP/1.1\r\n${host}\r\nGET /kvm-host/initrd HTTP/1.1\r\n${host}\r\n`
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('error', () => undefined)
  socket.write(request)
  socket.on('data', (part: Buffer) => {
    if (text.length < 5_000_000) text += part.toString('latin1')
    if (text.length > 1_000_000 && !socket.writableEnded) socket.end('\x16\x03\x01garbage\r\n\r\n')
  })
  await once(socket, 'close')
  assert.doesNotMatch(text, /HTTP\/1.1 400/)
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

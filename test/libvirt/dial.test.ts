// Why this file exists: the three ways in which a TLS connection to a host fails look alike on the wire and need
// different hands: nobody there, a wrong host, or a host that does not want us.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { dialTls, dialUnix } from '../../src/libvirt/index.ts'
import { needs } from '../needs.ts'
import { type KeyPair, TestAuthority } from './test-authority.ts'

const withOpenssl = needs('openssl', '/usr/bin/openssl')
const name = 'b9e3c0de-0000-4000-8000-000000000001'
const made: string[] = []
let host: KeyPair = { cert: '', key: '' }
let client: KeyPair = host
let expired: KeyPair = host
let ca = ''
let strangersCa = ''

before(() => {
  if (withOpenssl.skip !== undefined) return
  const [folder, otherFolder] = [newFolder(), newFolder()]
  const authority = new TestAuthority(folder)
  ca = authority.ca
  strangersCa = new TestAuthority(otherFolder).ca
  const names = `DNS:${name}`
  host = authority.issue('host', { subject: '/CN=host', usage: 'serverAuth', names })
  expired = authority.issue('expired', { subject: '/CN=h', usage: 'serverAuth', names, days: 0 })
  client = authority.issue('client', { subject: '/O=lab/CN=appliance', usage: 'clientAuth' })
})

after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-dial-'))
  made.push(folder)
  return folder
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

interface Stage {
  readonly certificate?: KeyPair
  readonly greet: (socket: TLSSocket) => void
}

/** A host that behaves like libvirtd up to its first byte. */
async function dialHost(
  stage: Stage,
  change: Partial<Parameters<typeof dialTls>[0]> = {},
): Promise<Socket> {
  const { cert, key } = stage.certificate ?? host
  const server = createTlsServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false })
  server.on('tlsClientError', () => undefined)
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined)
    stage.greet(socket)
  })
  const port = await listening(server)
  try {
    return await dialTls({ address: '127.0.0.1', port, serverName: name, ca, ...client, ...change })
  } finally {
    server.close()
  }
}

const confirm = (socket: TLSSocket): void => void socket.write(Uint8Array.of(1))

test(
  'a host that confirms our certificate is connected, with nothing read too far',
  withOpenssl,
  async () => {
    const socket = await dialHost({ greet: (peer) => void peer.write(Uint8Array.of(1, 7, 8)) })
    const heard = Promise.withResolvers<Buffer>()
    socket.on('data', (bytes: Buffer) => heard.resolve(bytes))
    assert.deepEqual(await heard.promise, Buffer.of(7, 8))
    socket.destroy()
  },
)

for (const [sentence, greet] of [
  ['a host that closes instead of confirming', (socket) => void socket.end()],
  ['a host that breaks off instead of confirming', (socket) => void socket.destroy()],
  ['a host that answers with a zero', (socket) => void socket.write(Uint8Array.of(0))],
] as const satisfies readonly (readonly [string, Stage['greet']])[]) {
  test(`${sentence} has refused our certificate`, withOpenssl, async () => {
    await assert.rejects(dialHost({ greet }), { code: 'CPC-LV-003' })
  })
}

test('a host with the certificate of another is not trusted', withOpenssl, async () => {
  await assert.rejects(dialHost({ greet: confirm }, { serverName: 'n002' }), { code: 'CPC-LV-002' })
})

test('a host with a certificate of another CA is not trusted', withOpenssl, async () => {
  await assert.rejects(dialHost({ greet: confirm }, { ca: strangersCa }), { code: 'CPC-LV-002' })
})

test('a host whose certificate has run out is not trusted', withOpenssl, async () => {
  await assert.rejects(dialHost({ greet: confirm, certificate: expired }), { code: 'CPC-LV-002' })
})

test('a host that says nothing is given up at the deadline', withOpenssl, async () => {
  const late = { deadlineMs: 300 }
  await assert.rejects(dialHost({ greet: () => undefined }, late), { code: 'CPC-LV-001' })
})

test('a port that speaks no TLS is given up at the deadline', withOpenssl, async () => {
  const server = createServer()
  const port = await listening(server)
  const target = { address: '127.0.0.1', port, serverName: name, ca, ...client, deadlineMs: 200 }
  await assert.rejects(dialTls(target), { code: 'CPC-LV-001' })
  server.close()
})

test('a host where nobody listens is unreachable', withOpenssl, async () => {
  const server = createServer()
  const port = await listening(server)
  server.close()
  await once(server, 'close')
  const target = { address: '127.0.0.1', port, serverName: name, ca, ...client }
  await assert.rejects(dialTls(target), { code: 'CPC-LV-001' })
})

test('a local socket that is not there is unreachable', async () => {
  await assert.rejects(dialUnix('/nonexistent/libvirt-sock'), { code: 'CPC-LV-001' })
})

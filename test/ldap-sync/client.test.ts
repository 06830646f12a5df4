// Why this file exists: the client's bounds, and the sockets below it: no password in the open, no endless wait, TLS
// that checks.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createServer, type Server } from 'node:tls'
import {
  type Connection,
  connectorOf,
  LdapClient,
  ldapFilter,
  parseLdapUrl,
  systemClock,
} from '#ldap-sync'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import type { LdapMessage, Operation } from '../../src/ldap-sync/message/message.ts'
import { needs } from '../needs.ts'
import { result } from '../ldap-server/answers.ts'
import { ManualClock } from './manual-clock.ts'

/** A connection in the test's hand: what was written, and a way to answer. */
class Hand implements Connection {
  readonly peer = 'ldap://hand'
  readonly private: boolean
  readonly written: LdapMessage[] = []
  closed = false
  #take: (bytes: Uint8Array) => void = () => undefined
  #tell: (reason: string) => void = () => undefined

  constructor(options: { readonly private: boolean }) {
    this.private = options.private
  }

  write(bytes: Uint8Array): void {
    const read = decodeMessage(bytes)
    assert.ok(read.ok)
    this.written.push(read.value)
  }

  close(): void {
    this.closed = true
  }

  onBytes(take: (bytes: Uint8Array) => void): void {
    this.#take = take
  }

  onClosed(tell: (reason: string) => void): void {
    this.#tell = tell
  }

  answer(id: number, operation: Operation): void {
    this.bytes(encodeMessage({ id, operation, controls: [] }))
  }

  /** As a socket does it: what was taken is written over. */
  bytes(bytes: Uint8Array): void {
    const lent = Buffer.from(bytes)
    this.#take(lent)
    lent.fill(0xff)
  }

  lose(): void {
    this.#tell('gone')
  }
}

const search = { base: '', filter: ldapFilter`(objectClass=*)` }
const limits = { requestsMax: 2, answerMillisMax: 1000, entriesMax: 2 }

function pair(options = { private: true }) {
  const hand = new Hand(options)
  const clock = new ManualClock()
  return { hand, clock, client: new LdapClient(hand, clock, limits) }
}

test('what a search has found is not written over by what comes after it', async () => {
  const { hand, client } = pair()
  const found = client.search(search)
  const attributes = [{ name: 'cn', values: [Buffer.from('n1')] }]
  hand.answer(1, { kind: 'searchEntry', dn: 'cn=n1', attributes })
  hand.answer(1, { kind: 'searchDone', result: result(0) })
  const [entry] = await found
  assert.deepEqual(
    entry?.attributes.map(({ values }) => values.map((value) => Buffer.from(value).toString())),
    [['n1']],
  )
})

test('what a server says before anybody listens waits, and so does what it says then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-early-'))
  const path = join(folder, 'socket')
  const server = createPlainServer((socket) => {
    socket.write('early ')
    socket.once('data', () => socket.end('late'))
  })
  server.listen(path)
  await once(server, 'listening')
  try {
    const url = parseLdapUrl(`ldapi://${encodeURIComponent(path)}`)
    const connection = await connectorOf(systemClock)(url)
    // By now it has come, and nobody has asked for it.
    for (let turns = 0; turns < 20; turns += 1) await nextTurn()
    let heard = ''
    connection.onBytes((bytes) => {
      heard += Buffer.from(bytes).toString()
      connection.write(Buffer.from('go on'))
    })
    const closed = Promise.withResolvers<void>()
    connection.onClosed(() => closed.resolve())
    await closed.promise
    assert.equal(heard, 'early late')
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
})

test('no password leaves on a connection that strangers can read', async () => {
  const { hand, client } = pair({ private: false })
  await assert.rejects(client.bind('cn=admin', 'secret'), { code: 'CPC-LDAP-006' })
  assert.equal(hand.written.length, 0)
})

test('a question without an answer ends at its deadline; a late answer finds nobody', async () => {
  const { hand, clock, client } = pair()
  const asked = client.delete('cn=x')
  clock.advance(1000)
  await assert.rejects(asked, { code: 'CPC-LDAP-004' })
  hand.answer(1, { kind: 'deleteResponse', result: result(0) })
  assert.equal(client.isOpen, true)
})

test('only so many questions are under way at once', async () => {
  const { hand, client } = pair()
  const first = [client.delete('cn=a'), client.delete('cn=b')]
  await assert.rejects(client.delete('cn=c'), { code: 'CPC-LDAP-007' })
  hand.answer(1, { kind: 'deleteResponse', result: result(0) })
  hand.answer(2, { kind: 'deleteResponse', result: result(0) })
  await Promise.all(first)
})

test('an answer with too many entries is dropped whole', async () => {
  const { hand, client } = pair()
  const asked = client.search(search)
  for (let count = 0; count < 3; count += 1) {
    hand.answer(1, { kind: 'searchEntry', dn: `cn=${count}`, attributes: [] })
  }
  await assert.rejects(asked, { code: 'CPC-LDAP-007' })
})

for (const [sentence, happen, code] of [
  ['a lost connection', (hand: Hand) => hand.lose(), 'CPC-LDAP-003'],
  ['bytes that are no LDAP', (hand: Hand) => hand.bytes(Uint8Array.of(0x30, 0x80)), 'CPC-LDAP-008'],
  [
    'an unknown operation',
    (hand: Hand) => hand.bytes(Uint8Array.fromHex('30050201017600')),
    'CPC-LDAP-008',
  ],
  [
    "RFC 4511 4.4.1: the server's notice of disconnection",
    (hand: Hand) => hand.answer(0, { kind: 'extendedResponse', result: result(52) }),
    'CPC-LDAP-003',
  ],
] as const) {
  test(`${sentence} ends every question, and those asked later`, async () => {
    const { hand, client } = pair()
    const asked = [client.delete('cn=a'), client.search(search)]
    happen(hand)
    for (const each of asked) await assert.rejects(each, { code })
    await assert.rejects(client.delete('cn=b'), { code })
    assert.equal(hand.closed, true)
  })
}

for (const [text, expected] of [
  ['ldap://127.0.0.1', { kind: 'tcp', host: '127.0.0.1', port: 389 }],
  ['ldap://dir.example:3890/', { kind: 'tcp', host: 'dir.example', port: 3890 }],
  ['LDAPS://dir.example', { kind: 'tls', host: 'dir.example', port: 636 }],
  ['ldaps://[2001:db8::1]:6360', { kind: 'tls', host: '2001:db8::1', port: 6360 }],
  ['ldapi://%2Frun%2Fldapi/', { kind: 'unix', path: '/run/ldapi' }],
] as const) {
  test(`${text} is understood`, () => {
    assert.deepEqual(parseLdapUrl(text), { ...expected, text })
  })
}

for (const text of [
  '',
  'http://x',
  'ldap://',
  'ldap://x:0',
  'ldap://x:65536',
  'ldap://u@x',
  'ldapi://run',
  'ldapi://%zz',
  'ldap://a b',
  'ldap://x/dc=y',
]) {
  test(`${JSON.stringify(text)} is no address of a directory`, () => {
    assert.throws(() => parseLdapUrl(text), { code: 'CPC-LDAP-001' })
  })
}

test('nobody listening is a fault with the address', async () => {
  const url = parseLdapUrl('ldapi://%2Fnonexistent%2Fsocket')
  await assert.rejects(connectorOf(systemClock)(url), { code: 'CPC-LDAP-002' })
})

test('a caFile that is not there is a fault, not a crash', async () => {
  const connect = connectorOf(systemClock, { caFile: '/nonexistent.pem' })
  await assert.rejects(connect(parseLdapUrl('ldaps://localhost')), { code: 'CPC-LDAP-002' })
})

describe('ldaps', needs('openssl', '/usr/bin/openssl'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-tls-'))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  let server: Server
  let port = 0

  before(async () => {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      keyFile,
    ]
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const args = ['req', '-x509', ...key, ...name, '-days', '2', '-out', certFile]
    execFileSync('/usr/bin/openssl', args, { stdio: 'ignore' })
    server = createServer(
      { cert: readFileSync(certFile), key: readFileSync(keyFile) },
      (socket) => {
        socket.on('error', () => undefined)
        socket.on('data', (bytes: Uint8Array) => {
          const read = decodeMessage(bytes)
          if (!read.ok || read.value.operation.kind !== 'bindRequest') return
          const operation = { kind: 'bindResponse', result: result(0) } as const
          socket.write(encodeMessage({ id: read.value.id, operation, controls: [] }))
        })
      },
    )
    server.on('tlsClientError', () => undefined)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address ? address.port : 0
  })
  after(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  test('a server whose authority is in caFile is believed, and a password may go to it', async () => {
    const connect = connectorOf(systemClock, { caFile: certFile })
    const connection = await connect(parseLdapUrl(`ldaps://localhost:${port}`))
    using client = new LdapClient(connection, systemClock)
    await client.bind('cn=admin', 'secret')
  })

  test('a server of unknown authority is not believed', async () => {
    const url = parseLdapUrl(`ldaps://localhost:${port}`)
    await assert.rejects(connectorOf(systemClock)(url), { code: 'CPC-LDAP-002' })
  })

  test('a server with the certificate of another name is not believed', async () => {
    const url = parseLdapUrl(`ldaps://127.0.0.1:${port}`)
    await assert.rejects(connectorOf(systemClock, { caFile: certFile })(url), {
      code: 'CPC-LDAP-002',
    })
  })
})

// Why this file exists: a connection that begins in clear must be encrypted before anything is said, or end; and only a
// server that proves who it is hears a password. Tried on slapd, and on those who cheat.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectorOf, LdapClient, ldapFilter, parseLdapUrl, systemClock } from '#ldap-sync'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import { result } from '../ldap-server/answers.ts'
import { OpenLdap } from '../ldap-server/open-ldap.ts'
import { needs } from '../needs.ts'
import { Bench } from './bench.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpc-starttls-'))
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
after(() => rmSync(folder, { recursive: true }))

function makeCertificate(): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const args = [
    'req',
    '-x509',
    ...curve,
    '-keyout',
    keyFile,
    ...name,
    '-days',
    '2',
    '-out',
    certFile,
  ]
  execFileSync('/usr/bin/openssl', args, { stdio: 'ignore' })
}

describe(
  'StartTLS with slapd',
  needs('slapd openssl', '/usr/sbin/slapd', '/usr/bin/openssl'),
  () => {
    let server: OpenLdap
    before(async () => {
      makeCertificate()
      server = new OpenLdap({
        general: [`TLSCertificateFile ${certFile}`, `TLSCertificateKeyFile ${keyFile}`],
        // A password in clear is refused, so that a bind shows that it was not.
        database: ['security simple_bind=128'],
      })
      await server.start()
    })
    after(() => server.stop())

    const url = (host: string): string => server.tcpUrl.replace('127.0.0.1', host)

    test('RFC 4511 4.14: a bind and a search go through it', async () => {
      const connect = connectorOf(systemClock, { caFile: certFile, startTls: true })
      using client = new LdapClient(await connect(parseLdapUrl(url('localhost'))), systemClock)
      await client.bind(server.bindDn, server.secret)
      const found = await client.search({ base: server.base, filter: ldapFilter`(o=Firma)` })
      assert.equal(found.length, 1)
    })

    test('a directory is followed through it', async () => {
      const connect = connectorOf(systemClock, { caFile: certFile, startTls: true })
      const { base, bindDn, secret, secretFile } = server
      const none = (): Promise<void> => Promise.resolve()
      const source = { base, bindDn, secret, secretFile, connect, interrupt: none, stop: none }
      const bench = new Bench({ ...source, url: url('localhost') }, 'site')
      await bench.prepare()
      const watched = await bench.live()
      await bench.machine('n1', 1)
      await watched.until('it is there', () => watched.machines.length === 1)
      await bench.close()
    })

    for (const [sentence, host, tls, code] of [
      ['a server of unknown authority', 'localhost', {}, 'CPC-LDAP-002'],
      ['the certificate of another name', '127.0.0.1', { caFile: certFile }, 'CPC-LDAP-002'],
      ['a caFile that is not there', 'localhost', { caFile: '/none.pem' }, 'CPC-LDAP-002'],
    ] as const) {
      test(`${sentence} ends the connection before a password`, async () => {
        const connect = connectorOf(systemClock, { ...tls, startTls: true })
        await assert.rejects(connect(parseLdapUrl(url(host))), { code })
      })
    }
  },
)

describe('StartTLS with those who cheat', () => {
  let server: Server
  let port = 0
  let answer: (socket: Socket) => void = () => undefined
  const heard: Buffer[] = []
  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes: Buffer) => {
        heard.push(bytes)
        answer(socket)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address ? address.port : 0
  })
  after(() => server.close())

  const reply = (code: number, id = 1): Uint8Array => {
    const operation = { kind: 'extendedResponse', result: result(code) } as const
    return encodeMessage({ id, operation, controls: [] })
  }
  const bound = encodeMessage({
    id: 2,
    operation: { kind: 'bindResponse', result: result(0) },
    controls: [],
  })

  for (const [sentence, act, why] of [
    ['a refusal', (socket: Socket) => socket.write(reply(52)), /refused StartTLS: unavailable/],
    ['a closed door', (socket: Socket) => socket.end(), /closed the connection/],
    [
      'an answer that was slipped in behind it',
      (socket: Socket) => socket.write(Buffer.concat([reply(0), bound])),
      /more than an answer/,
    ],
    [
      'the beginning of one',
      (socket: Socket) => socket.write(Buffer.concat([reply(0), bound.subarray(0, 3)])),
      /more than an answer/,
    ],
    [
      'an answer to another question',
      (socket: Socket) => socket.write(reply(0, 7)),
      /as an answer/,
    ],
    ['bytes that are no LDAP', (socket: Socket) => socket.write('220 hello\r\n'), /./],
  ] as const) {
    test(`${sentence} ends the connection; nothing more is sent in clear`, async () => {
      heard.length = 0
      answer = act
      const connect = connectorOf(systemClock, { startTls: true })
      await assert.rejects(connect(parseLdapUrl(`ldap://127.0.0.1:${port}`)), (error) => {
        assert.ok(error instanceof Error && 'code' in error)
        assert.equal(error.code, 'CPC-LDAP-056')
        assert.match(error.message, why)
        return true
      })
      assert.equal(heard.length, 1)
    })
  }
})

// Why this file exists: a certificate request comes from anybody on the wire; only a proven RSA key gets through.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyName, parseRequest, requestBytesMax, requestedKey } from '#trust'
import { needs } from '../needs.ts'
import { openssl, run, scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const made = new Map<string, Buffer>()

/** A request as a first stage makes it, once per kind of key. */
function request(key: string, ...more: readonly string[]): Buffer {
  const name = [key, ...more].join(' ')
  const known = made.get(name)
  if (known) return known
  const out = join(folder, `${made.size}.der`)
  const keyArgs = key.startsWith('ec')
    ? ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${key.slice(3)}`]
    : ['-newkey', key]
  const to = ['-keyout', `${out}.key`, '-outform', 'DER', '-out', out]
  run(openssl, 'req', '-new', '-nodes', ...keyArgs, '-subj', '/CN=anything', ...to, ...more)
  const bytes = readFileSync(out)
  made.set(name, bytes)
  return bytes
}

function pem(der: Buffer, label = 'CERTIFICATE REQUEST'): string {
  const lines = der.toString('base64').replaceAll(/(.{64})/g, '$1\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}

function refusalOf(input: string | Uint8Array): string {
  const parsed = parseRequest(input)
  return parsed.ok ? 'accepted' : parsed.refusal.kind
}

test(
  'RFC 2986: a request that OpenSSL made gives its key, as DER and as PEM',
  { ...needs('openssl', openssl) },
  () => {
    const der = request('rsa:2048')
    const fromDer = parseRequest(der)
    assert.ok(fromDer.ok)
    const file = join(folder, 'request.der')
    writeFileSync(file, der)
    const spki = run(openssl, 'req', '-in', file, '-inform', 'DER', '-noout', '-pubkey')
    assert.equal(fromDer.publicKey.export({ type: 'spki', format: 'pem' }), spki)
    for (const label of ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']) {
      assert.equal(keyName(requestedKey(pem(der, label), 'n001')), keyName(fromDer.publicKey))
    }
  },
)

test(
  'a request with wishes of its own (extensions, another hash) is read, and the wishes are not',
  { ...needs('openssl', openssl) },
  () => {
    const wishes = ['-addext', 'subjectAltName=DNS:appliance', '-sha512']
    assert.equal(refusalOf(request('rsa:2048', ...wishes)), 'accepted')
  },
)

for (const [sentence, kind, make] of [
  ['a key of 1024 bits is refused', 'wrong-key', () => request('rsa:1024')],
  ['a request with an elliptic key is refused', 'wrong-algorithm', () => request('ec:P-256')],
  ['a signature with SHA-1 is refused', 'wrong-algorithm', () => request('rsa:2048', '-sha1')],
  [
    'a request that is too long is refused before it is read',
    'too-long',
    () => Buffer.alloc(requestBytesMax + 1),
  ],
  ['a certificate is no request', 'not-pem', () => pem(request('rsa:2048'), 'CERTIFICATE')],
  ['an empty body is no request', 'not-pem', () => ''],
  [
    'a request that is cut short is refused',
    'not-a-request',
    () => request('rsa:2048').subarray(0, 300),
  ],
  [
    'a request with bytes behind it is refused',
    'not-a-request',
    () => Buffer.concat([request('rsa:2048'), Buffer.of(0)]),
  ],
] as const) {
  test(sentence, { ...needs('openssl', openssl) }, () => {
    const input = make()
    assert.equal(refusalOf(input), kind)
    assert.throws(() => requestedKey(input, 'n001'), { code: 'CPC-TLS-002' })
  })
}

test('one changed bit anywhere in a request is refused', { ...needs('openssl', openssl) }, () => {
  const der = request('rsa:2048')
  const whole = parseRequest(der)
  assert.ok(whole.ok)
  for (let at = 0; at < der.length; at += 3) {
    const changed = Buffer.from(der)
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at)
    assert.notEqual(refusalOf(changed), 'accepted', `byte ${at}`)
  }
})

test('random bytes and random text are refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => refusalOf(bytes) !== 'accepted'),
  )
  fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => refusalOf(text) !== 'accepted'))
})

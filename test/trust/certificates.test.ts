// Why this file exists: certificates that only we believe in are worth nothing: OpenSSL's strict mode, GnuTLS,
// libvirt's own tool and a real handshake are asked.
import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import tls from 'node:tls'
import { ip4, parseUuid } from '#directory'
import {
  fingerprintOf,
  type IssueRequest,
  issueOwn,
  judgePeer,
  libvirtName,
  openAuthority,
  organization,
  type OwnCertificate,
} from '#trust'
import { needs } from '../needs.ts'
import { openssl, run, scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const now = Date.now()
const dayMs = 86_400_000
const authority = await openAuthority({
  dir: join(folder, 'ca'),
  name: 'site lab',
  now,
  modulusBits: 2048,
})
const machine = parseUuid('01234567-89ab-4def-8123-456789abcdef')
assert.ok(machine)

const form: Omit<IssueRequest, 'publicKey'> = {
  subject: { commonName: machine },
  dns: ['n001.cluster.test', 'localhost'],
  ip: [ip4(0x7f00_0001), ip4(0x0a4d_00ff)],
  usages: ['server', 'client'],
  days: 30,
  now,
}
const host = await issueOwn(authority, form)
const appliance = await issueOwn(authority, { ...form, subject: { commonName: 'appliance' } })

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const caFile = write('ca.pem', authority.certificate.pem)
const hostFile = write('host.pem', host.certificate.pem)

test(
  "OpenSSL's strict mode believes the authority and what it signs, for servers and clients",
  {
    ...needs('openssl', openssl),
  },
  () => {
    for (const purpose of ['sslserver', 'sslclient']) {
      const verdict = run(
        openssl,
        'verify',
        '-x509_strict',
        '-purpose',
        purpose,
        '-CAfile',
        caFile,
        hostFile,
      )
      assert.match(verdict, /: OK$/m)
    }
    const names = ['-verify_hostname', 'n001.cluster.test', '-verify_ip', '10.77.0.255']
    assert.match(
      run(openssl, 'verify', '-x509_strict', '-CAfile', caFile, ...names, hostFile),
      /OK$/m,
    )
    assert.throws(() =>
      run(openssl, 'verify', '-CAfile', caFile, '-verify_hostname', 'n002.cluster.test', hostFile),
    )
  },
)

test(
  'GnuTLS believes them too, and sees the key encipherment that libvirt 9 demands',
  {
    ...needs('gnutls-bin', '/usr/bin/certtool'),
  },
  () => {
    const chain = ['--verify', '--load-ca-certificate', caFile, '--infile', hostFile]
    assert.match(run('/usr/bin/certtool', ...chain), /Verified\. The certificate is trusted/)
    const info = run('/usr/bin/certtool', '--certificate-info', '--infile', hostFile)
    for (const line of [
      /Key encipherment/,
      /Digital signature/,
      /TLS WWW Server/,
      /TLS WWW Client/,
      /DNSname: n001\.cluster\.test/,
      /IPAddress: 10\.77\.0\.255/,
    ])
      assert.match(info, line)
  },
)

test(
  "libvirt's tool prints the name that we put into its allow-list",
  {
    ...needs('libvirt-clients', '/usr/bin/virt-pki-query-dn'),
  },
  () => {
    const file = write('appliance.pem', appliance.certificate.pem)
    const name = libvirtName({ commonName: 'appliance' })
    assert.equal(name, 'O=coppice,CN=appliance')
    assert.match(run('/usr/bin/virt-pki-query-dn', file), new RegExp(`^(DN: )?${name}$`, 'm'))
  },
)

test('a certificate is good since yesterday, for its days, and never longer than its authority', () => {
  const parsed = new X509Certificate(host.certificate.pem)
  const second = Math.floor(now / 1000) * 1000
  assert.equal(parsed.validFromDate.getTime(), second - dayMs)
  assert.equal(parsed.validToDate.getTime(), second + 30 * dayMs)
  const { publicKey } = parsed
  const long = authority.issue({ ...form, publicKey, days: 99_999 })
  assert.equal(long.notAfter.getTime(), authority.certificate.notAfter.getTime())
  assert.notEqual(long.serial, authority.issue({ ...form, publicKey }).serial)
})

test('the fingerprint is what sha256sum says of the DER', () => {
  const { der, fingerprint } = authority.certificate
  assert.equal(fingerprint, fingerprintOf(der))
  const node = new X509Certificate(der).fingerprint256.replaceAll(':', '').toLowerCase()
  assert.equal(fingerprint, node)
})

test('a subject that would need escaping is never signed', () => {
  const { publicKey } = new X509Certificate(host.certificate.pem)
  for (const commonName of ['', 'a,CN=appliance', '*', 'a\nb', 'a/b', 'é', 'x'.repeat(65), ' a']) {
    assert.throws(
      () => authority.issue({ ...form, publicKey, subject: { commonName } }),
      commonName,
    )
  }
})

/** Both ends' view of one handshake, or the error that ended it. */
async function handshake(server: OwnCertificate, client: OwnCertificate) {
  const listener = tls.createServer({
    key: server.key.reveal(),
    cert: server.certificate.pem,
    ca: authority.certificate.pem,
    requestCert: true,
    rejectUnauthorized: true,
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  assert.ok(typeof address === 'object' && address)
  const accepted = Promise.race([
    once(listener, 'secureConnection'),
    once(listener, 'tlsClientError'),
  ])
  const socket = tls.connect({
    host: '127.0.0.1',
    port: address.port,
    key: client.key.reveal(),
    cert: client.certificate.pem,
    ca: authority.certificate.pem,
  })
  try {
    // TLS 1.3: the client is content before the server has looked.
    const seen: readonly unknown[] = await accepted
    return seen[0]
  } finally {
    socket.on('error', () => undefined).destroy()
    listener.close()
  }
}

test('two ends with our certificates shake hands, and the server learns which machine it is', async () => {
  const seen = await handshake(appliance, host)
  assert.ok(seen instanceof tls.TLSSocket)
  const certificate = seen.getPeerX509Certificate()
  assert.ok(certificate)
  const revoked = new Set<string>()
  const question = {
    authority,
    revocations: { isRevoked: (serial: string) => revoked.has(serial) },
  }
  assert.deepEqual(judgePeer(certificate, { ...question, now }), {
    ok: true,
    machine,
    serial: host.certificate.serial,
  })
  revoked.add(host.certificate.serial)
  const judged = judgePeer(certificate, { ...question, now })
  assert.equal(!judged.ok && judged.refusal.kind, 'revoked')
  for (const at of [now - 2 * dayMs, now + 31 * dayMs]) {
    const late = judgePeer(certificate, { ...question, now: at })
    assert.equal(!late.ok && late.refusal.kind, 'out-of-time')
  }
})

test('a client whose certificate another authority signed does not get in', async () => {
  const stranger = await openAuthority({
    dir: join(folder, 'stranger'),
    name: 'site lab',
    now,
    modulusBits: 2048,
  })
  const forged = await issueOwn(stranger, form)
  assert.ok((await handshake(appliance, forged)) instanceof Error)
  const question = { authority, revocations: { isRevoked: () => false }, now }
  const judged = judgePeer(new X509Certificate(forged.certificate.pem), question)
  assert.equal(!judged.ok && judged.refusal.kind, 'not-ours')
})

test("the appliance's own certificate speaks for no machine", () => {
  const question = { authority, revocations: { isRevoked: () => false }, now }
  const judged = judgePeer(new X509Certificate(appliance.certificate.pem), question)
  assert.equal(!judged.ok && judged.refusal.kind, 'no-machine')
  assert.match(
    new X509Certificate(appliance.certificate.pem).subject,
    new RegExp(`O=${organization}`),
  )
})

test(
  'what was made for a client only is refused as a server',
  { ...needs('openssl', openssl) },
  () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = authority.issue({ ...form, publicKey, usages: ['client'], dns: [], ip: [] }).pem
    const file = write('client-only.pem', pem)
    const verify = ['verify', '-x509_strict', '-CAfile', caFile, '-purpose']
    assert.match(run(openssl, ...verify, 'sslclient', file), /OK$/m)
    assert.throws(() => run(openssl, ...verify, 'sslserver', file))
  },
)

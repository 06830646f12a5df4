// Why this file exists: the embedded directory speaks StartTLS and LDAPS with a certificate of the appliance's authority,
// and takes a new one into service while people are connected.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import { parseIp4 } from '#directory'
import { LdapClient, ldapFilter, parseLdapUrl, SlapdDoor, systemClock } from '#ldap-sync'
import { type Authority, issueOwn, openAuthority } from '#trust'
import { signedIn, slapdAndTools, tool } from './ldap-tools.ts'
import { freePort } from '../child-process.ts'
import { RealSlapd } from './real-slapd.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpc-slapd-tls-'))
const modulusBits = 2048

async function certificateBy(authority: Authority) {
  const loopback = parseIp4('127.0.0.1') ?? assert.fail()
  const names = { dns: ['localhost'], ip: [loopback], usages: ['server'] as const }
  const subject = { commonName: 'directory' }
  const own = await issueOwn(authority, { subject, ...names, days: 1, now: Date.now() }, 'ec')
  return { pem: own.key.reveal() + own.certificate.pem, serial: own.certificate.serial }
}

describe('the embedded directory over TLS', slapdAndTools, () => {
  let authority: Authority
  let first: Awaited<ReturnType<typeof certificateBy>>
  let server: RealSlapd
  let secure: SlapdDoor
  let port = 0
  const trusting = { LDAPTLS_CACERT: join(folder, 'ca.pem') }

  before(async () => {
    authority = await openAuthority({ dir: folder, name: 'test', now: Date.now(), modulusBits })
    first = await certificateBy(authority)
    server = new RealSlapd({ tlsPem: first.pem })
    await server.start()
    port = await freePort()
    const { socketPath } = server.prepared
    const at = { host: '127.0.0.1', port, socketPath, tlsPem: first.pem }
    secure = await SlapdDoor.open({ ...at, log: () => undefined })
  })
  after(async () => {
    await secure[Symbol.asyncDispose]()
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  const base = () => ['-LLL', '-b', server.base, '-s', 'base', 'dn']
  const overLdaps = () => {
    const [, , , ...asReader] = signedIn(server, 'reader')
    return ['-x', '-H', `ldaps://127.0.0.1:${port}`, ...asReader]
  }

  test('a stock ldapsearch -ZZ that trusts the authority reads', async () => {
    const argv = ['ldapsearch', '-ZZ', ...signedIn(server, 'reader'), ...base()]
    assert.match((await tool(argv, '', trusting)).out, /^dn: /)
  })

  test('an ldapsearch -ZZ that trusts others ends before it says who it is', async () => {
    const argv = ['ldapsearch', '-ZZ', ...signedIn(server, 'reader'), ...base()]
    const said = await tool(argv, '', { LDAPTLS_CACERT: '/dev/null' })
    assert.notEqual(said.status, 0)
    assert.match(said.words, /ldap_start_tls/)
  })

  test('a stock ldapsearch over ldaps:// reads, and nothing older than TLS 1.2 gets in', async () => {
    const said = await tool(['ldapsearch', ...overLdaps(), ...base()], '', trusting)
    assert.match(said.out, /^dn: /, said.words)
    const old = {
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.1',
    } as const
    const socket = connect({ ...old, minVersion: 'TLSv1' })
    await assert.rejects(once(socket, 'secureConnect'))
  })

  test('a new certificate is taken into service, and who is connected stays so', async () => {
    const connection = await server.connect(parseLdapUrl(server.prepared.urls[1]))
    const client = new LdapClient(connection, systemClock)
    await client.bind(server.prepared.adminDn, server.secret)
    const next = await certificateBy(authority)
    secure.changeCertificate(next.pem)
    await server.prepared.changeCertificate(next.pem)
    for (const shown of [await serialOf(port), await serialByStartTls(server)]) {
      assert.equal(shown, next.serial)
    }
    const filter = ldapFilter`(objectClass=*)`
    const found = await client.search({ base: server.base, scope: 'base', filter })
    assert.equal(found.length, 1)
    client.close()
    await server.killAndRestart()
    assert.equal(await serialByStartTls(server), next.serial)
  })
})

async function serialOf(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const serial = socket.getPeerX509Certificate()?.serialNumber.toLowerCase() ?? ''
  socket.destroy()
  return serial
}

async function serialByStartTls(server: RealSlapd): Promise<string> {
  const { host } = new URL(server.prepared.urls[1])
  const said = await tool(['openssl', 's_client', '-starttls', 'ldap', '-connect', host])
  const shown = await tool(['openssl', 'x509', '-noout', '-serial'], said.out)
  return shown.out.trim().replace('serial=', '').toLowerCase()
}

// Why this file exists: the certificate of the embedded directory is renewed a month before it ends, by slapd and its
// doors while they run, and nobody who asks a person's tools notices more than another serial number.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSettings } from '#config'
import { probeSlapd } from '#ldap-sync'
import { openDirectoryServer } from '../../src/serve/directory-server.ts'
import { eventually } from '../eventually.ts'
import { slapdAndTools, tool } from '../ldap-sync/ldap-tools.ts'
import { freePort } from '../child-process.ts'

const dayMs = 86_400_000

test(
  'the certificate is renewed a month before it ends, on every door, without a restart',
  slapdAndTools,
  async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cpc-directory-'))
    const [plain, secure] = [await freePort(), await freePort()]
    const text = `version: 1
domain: cluster.test
interfaces: [lo]
directory: { embedded: { listen: "127.0.0.1:${plain}", ldaps: "127.0.0.1:${secure}" } }`
    const settings = readSettings(text, 'coppice.yaml', dataDir)
    assert.ok(settings.ok && settings.value.directory.kind === 'embedded')
    const { directory: embedded } = settings.value
    const place = { settings: settings.value, embedded, dataDir, log: () => undefined }
    const server = await openDirectoryServer(place)
    const [program, ...argv] = server.slapd.argv
    const slapd = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...argv], { stdio: 'ignore' })
    t.after(async () => {
      const gone = once(slapd, 'exit')
      slapd.kill('SIGTERM')
      await gone
      await server[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true })
    })
    await eventually('slapd answers', () => probeSlapd(server.slapd))
    const ca = join(dataDir, 'ca/ca.pem')
    const shown = async (port: number, ...how: readonly string[]): Promise<string> => {
      const connect = ['-connect', `127.0.0.1:${port}`, '-CAfile', ca, '-no_check_time']
      const said = await tool(['openssl', 's_client', ...how, ...connect])
      assert.match(said.out, /Verify return code: 0/, said.words)
      return (
        await tool(['openssl', 'x509', '-noout', '-serial', '-ext', 'subjectAltName'], said.out)
      ).out
    }
    const both = async () => [await shown(plain, '-starttls', 'ldap'), await shown(secure)]
    const [before, beforeSecure] = await both()
    assert.equal(before, beforeSecure)
    assert.match(before ?? '', /DNS:ldap\.cluster\.test.*IP Address:127\.0\.0\.1/)
    assert.equal(await server.renew(Date.now() + 59 * dayMs), false)
    assert.deepEqual(await both(), [before, before])
    assert.equal(await server.renew(Date.now() + 61 * dayMs), true)
    const [after, afterSecure] = await both()
    assert.equal(after, afterSecure)
    assert.notEqual(after, before)
  },
)

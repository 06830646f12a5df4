// Why this file exists: whoever runs a slapd of their own can follow the embedded directory with it, as its manual says:
// what is deleted goes away there too, even when one of the two was down at that moment.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseIp4 } from '#directory'
import { bulkPlaceAt, type DirectorySyncSettings, type OrderOutcome } from '#ldap-sync'
import { issueOwn, openAuthority } from '#trust'
import { entryOrder } from '../../src/ldap-sync/write/order.ts'
import { asked } from './bulk-scene.ts'
import { machineLdif, modify, signedIn, slapdAndTools, tool } from './ldap-tools.ts'
import { RealSlapd } from './real-slapd.ts'
import { StockReplica } from './stock-replica.ts'
import { WatchedSync } from './watched-sync.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpc-replica-ca-'))

function syncSettings({ base, prepared }: RealSlapd): Omit<DirectorySyncSettings, 'domain'> {
  const { urls, adminDn, secretFile, bulkSocket } = prepared
  const access = { url: urls[0], bindDn: adminDn, secretFile }
  return { ...access, base, copyFile: join(folder, 'copy'), bulk: bulkPlaceAt(bulkSocket) }
}

async function tlsPem(): Promise<string> {
  const now = Date.now()
  const authority = await openAuthority({ dir: folder, name: 'test', now, modulusBits: 2048 })
  const ip = [parseIp4('127.0.0.1') ?? assert.fail()]
  const names = { subject: { commonName: 'directory' }, dns: [], ip, usages: ['server'] as const }
  const own = await issueOwn(authority, { ...names, days: 1, now }, 'ec')
  return own.key.reveal() + own.certificate.pem
}

test(
  'a stock replica follows, deletes included, whoever was down meanwhile',
  slapdAndTools,
  async (t) => {
    const server = new RealSlapd({ tlsPem: await tlsPem() })
    await server.start()
    const replica = new StockReplica(server, join(folder, 'ca.pem'))
    t.after(async () => {
      await replica.stop()
      replica.remove()
      await server.stop()
      rmSync(folder, { recursive: true })
    })
    let added = 0
    const add = async (...names: readonly string[]): Promise<void> => {
      const entries = names.map((name) => {
        added += 1
        const mac = `52:54:00:00:01:${String(added).padStart(2, '0')}`
        return machineLdif(server, name, `macAddress: ${mac}\nipHostNumber: 10.9.0.${added}\n`)
      })
      assert.equal((await modify(server, 'admin', entries.join('\n'))).words, '')
    }
    const remove = async (name: string): Promise<void> => {
      const dn = `cn=${name},ou=machines,${server.base}`
      assert.equal((await tool(['ldapdelete', ...signedIn(server, 'admin'), dn])).words, '')
    }
    await add('a', 'b', 'c', 'd', 'e', 'f', 'g')
    await replica.start()
    await replica.has('a b c d e f g')

    await t.test('while both run', async () => {
      await remove('a')
      await add('h')
      await replica.has('b c d e f g h')
      const dn = `cn=b,ou=machines,${server.base}`
      const rename = ['ldapmodrdn', ...signedIn(server, 'admin'), '-r', dn, 'cn=z']
      assert.equal((await tool(rename)).words, '')
      await replica.has('c d e f g h z')
    })
    await t.test('while the replica was down', async () => {
      await replica.stop('SIGKILL')
      await remove('c')
      await add('i')
      await replica.start()
      await replica.has('d e f g h i z')
    })
    await t.test('while the replica was down and the directory was killed', async () => {
      await replica.stop()
      await remove('d')
      await server.killAndRestart()
      await remove('e')
      await add('j')
      await replica.start()
      await replica.has('f g h i j z')
    })
    await t.test('right before the directory was killed', async () => {
      await remove('f')
      await replica.has('g h i j z')
      await server.killAndRestart()
      await add('k')
      await remove('g')
      await replica.has('h i j k z')
    })
    await t.test('while large orders take the place of the directory', async () => {
      const watched = new WatchedSync({ settings: syncSettings(server), connect: server.connect })
      t.after(() => watched.sync.close())
      await watched.sync.start()
      const { writer } = watched.sync
      const machines = `ou=machines,${server.base}`
      const names = Array.from({ length: 600 }, (_, at) => `x${at}`)
      const adds = names.map((name) =>
        entryOrder(`cn=${name},${machines}`, ['device'], new Map([['cn', [name]]])),
      )
      const away = { kind: 'delete', dn: `cn=h,${machines}` } as const
      const isDone = ({ kind }: OrderOutcome): boolean => kind === 'done'
      assert.ok((await writer.carryOut([away, ...adds], asked)).every(isDone))
      await replica.has(['i', 'j', 'k', 'z', ...names].toSorted().join(' '))
      await replica.stop('SIGKILL')
      const removals = adds.map(({ dn }) => ({ kind: 'delete', dn }) as const)
      assert.ok((await writer.carryOut(removals, asked)).every(isDone))
      await replica.start()
      await replica.has('i j k z')
      assert.equal(server.lines.filter((line) => line.includes('large order is in')).length, 2)
    })
    await t.test('without ever seeing a password', async () => {
      const person = `dn: uid=ada,ou=people,${server.base}\nobjectClass: account\n`
      const secret = 'objectClass: simpleSecurityObject\nuid: ada\nuserPassword: open sesame\n'
      await modify(server, 'admin', person + secret)
      await add('l')
      await replica.has('i j k l z')
      assert.match(await replica.everything(), /^uid: ada$/m)
      assert.doesNotMatch(await replica.everything(), /userPassword/)
    })
  },
)

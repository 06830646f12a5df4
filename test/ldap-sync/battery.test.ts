// Why this file exists: one battery of promises, kept by a server in memory in three manners, by the slapd that we set
// up, and by an OpenLDAP of others.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { parseMac } from '#directory'
import { prepareSlapd } from '#ldap-sync'
import { needs } from '../needs.ts'
import { battery } from './battery/battery.ts'
import { Bench, known } from './bench.ts'
import { embedded, type EmbeddedProvider, inMemory, openLdap } from './providers.ts'

const slapd = needs('slapd', '/usr/sbin/slapd')

battery('a server with a session log', async () => inMemory({ sessionLog: 1_000 }))
battery('a server that names what is left', async () => inMemory())
battery('a server whose bytes come one by one', async () =>
  inMemory({ sessionLog: 1_000, pieceBytes: 1 }),
)
// The battery's tests use the same MACs again, each below a base of its own.
battery('the embedded slapd', () => embedded({ foreign: true }), slapd)
battery('an OpenLDAP without a session log', () => openLdap(), slapd)

describe(
  'the embedded slapd',
  needs('slapd ldap-utils', '/usr/sbin/slapd', '/usr/bin/ldapadd'),
  () => {
    let provider: EmbeddedProvider
    before(async () => {
      provider = await embedded()
    })
    after(() => provider.stop())

    const tool = (program: string, ldif: string): Promise<unknown> => {
      const { urls, adminDn, secretFile } = provider.server.prepared
      const access = ['-x', '-H', urls[1], '-D', adminDn, '-y', secretFile]
      const running = promisify(execFile)(program, access)
      running.child.stdin?.end(ldif)
      return running
    }

    test('ldapadd and ldapmodify write into it, and it is told at once', async () => {
      const bench = new Bench(provider, 'unused')
      const watched = await bench.live({ base: provider.base })
      await tool(
        '/usr/bin/ldapadd',
        `dn: cn=n001,ou=machines,${provider.base}
objectClass: device
objectClass: ieee802Device
objectClass: coppiceMachine
cn: n001
cn: mail.cluster.test
macAddress: 52:54:00:00:00:01
coppiceRole: host

dn: uid=ada,ou=people,${provider.base}
objectClass: account
objectClass: posixAccount
objectClass: ldapPublicKey
objectClass: coppicePerson
uid: ada
cn: Ada
uidNumber: 2001
gidNumber: 2001
homeDirectory: /home/ada
coppiceSudo: TRUE
sshPublicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx ada@desk

dn: cn=physics,ou=vos,${provider.base}
objectClass: coppiceVo
cn: physics
coppiceQuota: vcpus=64
member: uid=ada,ou=people,${provider.base}

dn: cn=hpl,cn=physics,ou=vos,${provider.base}
objectClass: coppiceCluster
cn: hpl

dn: cn=compute3,cn=hpl,cn=physics,ou=vos,${provider.base}
objectClass: device
objectClass: ieee802Device
objectClass: coppiceVcn
cn: compute3
macAddress: 02:00:00:00:00:03
coppiceImage: voc-compute@3
`,
      )
      await watched.until('all five are there', () => watched.entries.size === 5)
      const byKind = new Map([...watched.entries.values()].map((entry) => [entry.kind, entry]))
      const vcn = byKind.get('vcn')
      assert.equal(vcn?.kind === 'vcn' && vcn.name, 'compute3.hpl.physics')
      const vo = byKind.get('vo')
      assert.deepEqual(vo?.kind === 'vo' && [vo.members, { ...vo.quota }], [
        ['ada'],
        { vcpus: '64' },
      ])
      const person = byKind.get('person')
      assert.ok(person?.kind === 'person' && person.sudo && person.sshKeys.length === 1)
      assert.deepEqual(watched.machine('n001')?.aliases, ['mail'])
      await tool(
        '/usr/bin/ldapmodify',
        `dn: cn=n001,ou=machines,${provider.base}
changetype: modify
add: macAddress
macAddress: 52:54:00:00:00:02
-
add: objectClass
objectClass: ipHost
-
add: ipHostNumber
ipHostNumber: 10.77.0.1
`,
      )
      const second = known(parseMac('52:54:00:00:00:02'))
      await watched.until('the change is there', () => {
        return watched.machine('n001')?.nics[0]?.macs.includes(second) === true
      })
      await bench.close()
    })

    test('a second preparation keeps the secret and the entries', async () => {
      const { server, secret } = provider
      const bench = new Bench(provider, 'unused')
      const first = await bench.live({ base: provider.base })
      const listen = new URL(server.prepared.urls[1]).host
      await prepareSlapd({ dataDir: server.dataDir, base: provider.base, listen })
      assert.equal(server.secret, secret)
      await server.killAndRestart()
      const second = await bench.live({ base: provider.base })
      assert.ok(known(first.state).rawEntries >= 5)
      assert.equal(second.state?.rawEntries, first.state?.rawEntries)
      assert.deepEqual([...second.entries.keys()], [...first.entries.keys()])
      await bench.close()
    })

    test('another base on the same data is refused, and the data stays', async () => {
      const { dataDir } = provider.server
      const other = { dataDir, base: 'dc=other,dc=test', listen: '127.0.0.1:1' }
      await assert.rejects(prepareSlapd(other), { code: 'CPC-LDAP-012' })
    })

    test('its secret, database and configuration are for its owner only', () => {
      const { dataDir } = provider.server
      const modes = ['ldap-admin.secret', 'ldap', 'ldap/slapd.conf', 'ldap/db'].map((path) =>
        (statSync(join(dataDir, path)).mode & 0o777).toString(8),
      )
      assert.deepEqual(modes, ['600', '700', '600', '700'])
    })
  },
)

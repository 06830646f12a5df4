// Why this file exists: who may do what in the embedded directory, and what it refuses at the door, is tried with the
// programs that people have.
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RealSlapd } from './real-slapd.ts'
import { machineLdif, modify, search, signedIn, slapdAndTools, tool } from './ldap-tools.ts'

describe('the embedded directory', slapdAndTools, () => {
  const server = new RealSlapd()
  const ada = `uid=ada,ou=people,${server.base}`

  before(async () => {
    await server.start()
    const person = `dn: ${ada}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: ada\n`
    const entries = [
      machineLdif(
        server,
        'n1',
        'cn: mail\nmacAddress: 52:54:00:00:00:01\nipHostNumber: 10.0.0.1\n',
      ),
      `${person}userPassword: open sesame\n`,
    ]
    assert.deepEqual((await modify(server, 'admin', entries.join('\n'))).words, '')
  })
  after(() => server.stop())

  test('who has not signed in reads the root entry and nothing of the tree', async () => {
    assert.equal((await search(server, 'nobody')).status, 32)
    assert.equal((await search(server, 'nobody', '-s', 'base')).status, 32)
    const root = await tool(['ldapsearch', ...signedIn(server, 'nobody'), '-b', '', '-s', 'base'])
    assert.equal(root.status, 0)
  })

  test('the reader reads everything but passwords, and writes nothing', async () => {
    const seen = await search(server, 'reader', '*', '+')
    assert.match(seen.out, /^macAddress: 52:54:00:00:00:01$/m)
    assert.match(seen.out, /^uid: ada$/m)
    assert.doesNotMatch(seen.out, /userPassword/)
    const own = `dn: cn=reader,${server.base}\nobjectClass: organizationalRole\ncn: reader\n`
    const named = machineLdif(server, 'n9', 'ipHostNumber: 10.0.0.9\n')
    assert.equal((await modify(server, 'reader', named)).status, 50)
    assert.equal((await modify(server, 'reader', own)).status, 53)
    assert.equal((await modify(server, 'admin', own)).status, 53)
  })

  test('a password that was written in the clear is stored as Argon2, and lets its owner in', async () => {
    const stored = await search(server, 'admin', '(uid=ada)', 'userPassword')
    const [, hash = ''] = /^userPassword:: (.*)$/m.exec(stored.out) ?? []
    assert.match(
      Buffer.from(hash, 'base64').toString(),
      /^\{ARGON2\}\$argon2id?\$v=19\$m=12288,t=3/,
    )
    const whoami = (password: string) =>
      tool(['ldapwhoami', ...signedIn(server, { dn: ada, password })])
    assert.equal((await whoami('open sesame')).out.trim(), `dn:${ada}`)
    assert.equal((await whoami('wrong')).status, 49)
  })

  test('people change their own password and nothing else; nobody reads one', async () => {
    const self = { dn: ada, password: 'open sesame' }
    const seen = await search(server, self, '-s', 'sub', '-b', ada)
    assert.doesNotMatch(seen.out, /userPassword/)
    const sudo = `dn: ${ada}\nchangetype: modify\nadd: objectClass\nobjectClass: coppicePerson\n`
    assert.equal((await modify(server, self, sudo)).status, 50)
    const passwd = ['ldappasswd', ...signedIn(server, self), '-s', 'another', ada]
    assert.equal((await tool(passwd)).status, 0)
    const again = { dn: ada, password: 'another' }
    assert.equal((await tool(['ldapwhoami', ...signedIn(server, again)])).status, 0)
    const back = [`dn: ${ada}`, 'changetype: modify', 'replace: userPassword']
    await modify(server, 'admin', `${back.join('\n')}\nuserPassword: open sesame\n`)
  })

  test('secrets, key and database are for their owner only', () => {
    const modes = [
      'ldap-admin.secret',
      'ldap-reader.secret',
      'ldap',
      'ldap/slapd.conf',
      'ldap/db',
    ].map((path) => (statSync(join(server.dataDir, path)).mode & 0o777).toString(8))
    assert.deepEqual(modes, ['600', '600', '700', '600', '700'])
  })

  for (const [sentence, name, more, words] of [
    ['a MAC with dashes', 'n2', 'macAddress: 52-54-00-00-00-02\n', /breaks constraint on macAddr/],
    ['a MAC in capitals', 'n2', 'macAddress: 52:54:00:00:00:AA\n', /breaks constraint on macAddr/],
    ['the MAC of another', 'n2', 'macAddress: 52:54:00:00:00:01\n', /non-unique.*macAddress=52:54/],
    ['the address of another', 'n2', 'ipHostNumber: 10.0.0.1\n', /non-unique.*ipHostNumber=10\.0/],
    ['the other name of another', 'mail', '', /non-unique.*cn=mail/],
    ['the name of another as its second', 'n2', 'cn: N1\n', /non-unique.*cn=N1/],
  ] as const) {
    test(`${sentence} is refused at the door, and ldapadd says so`, async () => {
      const address = more.includes('ipHostNumber') ? '' : 'ipHostNumber: 10.0.0.2\n'
      const said = await modify(server, 'admin', machineLdif(server, name, more + address))
      assert.equal(said.status, 19)
      assert.match(said.words, words)
    })
  }

  test('of many who write one MAC at the same moment, one does', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `twin${index}`)
    const mac = 'macAddress: 52:54:00:00:00:77\n'
    const said = await Promise.all(
      names.map((name, index) => {
        const address = `ipHostNumber: 10.0.7.${index}\n`
        return modify(server, 'admin', machineLdif(server, name, mac + address))
      }),
    )
    assert.equal(said.filter(({ status }) => status === 0).length, 1)
  })

  test('a machine keeps its own MAC and address when others of its values change', async () => {
    const dn = `dn: cn=n1,ou=machines,${server.base}\nchangetype: modify\n`
    const same =
      'replace: macAddress\nmacAddress: 52:54:00:00:00:01\nmacAddress: 52:54:00:00:00:09\n'
    assert.equal((await modify(server, 'admin', dn + same)).words, '')
  })
})

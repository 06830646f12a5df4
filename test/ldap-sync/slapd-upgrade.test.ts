// Why this file exists: data of an earlier release are brought up to date at the start, whatever interrupts it, and
// those who follow the directory hear of what was changed.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { prepareSlapd } from '#ldap-sync'
import { type Renewal, renewedEntry } from '../../src/ldap-sync/slapd/renewed-entry.ts'
import { needs } from '../needs.ts'
import { type EarlierData, earlierRelease } from './earlier-release.ts'
import { eventually } from '../eventually.ts'

const listen = '127.0.0.1:1'

function prepare({ dataDir, base }: EarlierData, lines: string[] = []): Promise<unknown> {
  return prepareSlapd({ dataDir, base, listen, log: (line) => lines.push(line) })
}

/** What the database holds, by what it is told to be. */
function contentOf({ dataDir }: EarlierData): string {
  const config = join(dataDir, 'ldap/slapd.conf')
  const argv = ['-f', config, '-n', '2', '-o', 'ldif-wrap=no']
  return execFileSync('/usr/sbin/slapcat', argv, {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 2 ** 26,
  })
}

function entryOf(content: string, name: string): string {
  return content.split('\n\n').find((entry) => entry.toLowerCase().startsWith(`dn: ${name}`)) ?? ''
}

function earlier(t: TestContext, machines = 0): EarlierData {
  const data = earlierRelease(machines)
  t.after(() => rmSync(data.dataDir, { recursive: true, force: true }))
  return data
}

describe('data of an earlier release', needs('slapd', '/usr/sbin/slapd'), () => {
  test('what a release adds to the schema can be used in them', async (t) => {
    const data = earlier(t)
    const config = join(data.dataDir, 'ldap/slapd.conf')
    const routed = join(data.dataDir, 'routed.ldif')
    const dn = `cn=prov,ou=networks,${data.base}`
    const lines = ['ipNetworkNumber: 10.77.0.0', 'coppiceRoute: 192.0.2.0/24 10.77.0.9']
    const classes = ['objectClass: ipNetwork', 'objectClass: coppiceNetwork']
    writeFileSync(routed, `${[`dn: ${dn}`, 'cn: prov', ...classes, ...lines].join('\n')}\n`)
    const add = (database: string): string =>
      execFileSync('/usr/sbin/slapadd', ['-f', config, '-n', database, '-l', routed], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
    assert.throws(() => add('1'), /coppiceRoute/)
    await prepare(data)
    add('2')
    assert.match(contentOf(data), /^coppiceRoute: 192\.0\.2\.0\/24 10\.77\.0\.9$/m)
  })

  test('MACs get the one spelling, passwords are hashed, and only what changed is stamped', async (t) => {
    const data = earlier(t)
    const before = execFileSync('/usr/sbin/slapcat', ['-f', join(data.dataDir, 'ldap/slapd.conf')])
    const lines: string[] = []
    await prepare(data, lines)
    const content = contentOf(data)
    const macsOf = (name: string) => entryOf(content, name).match(/^macAddress: .*$/gm)
    assert.deepEqual(macsOf('cn=dashes'), [
      'macAddress: 52:54:00:aa:00:02',
      'macAddress: 52:54:00:aa:00:03',
    ])
    assert.deepEqual(macsOf('cn=twice'), ['macAddress: 52:54:00:aa:00:04'])
    assert.deepEqual(macsOf('cn=odd'), ['macAddress: on the back'])
    assert.deepEqual(macsOf('cn=named'), ['macAddress: 52-54-00-AA-00-05'])
    const passwordOf = (name: string) => {
      const [, text = ''] = /^userPassword:: (.*)$/m.exec(entryOf(content, name)) ?? []
      return Buffer.from(text, 'base64').toString()
    }
    assert.match(passwordOf('uid=ada'), /^\{SSHA\}bm8g/)
    assert.match(passwordOf('uid=bob'), /^\{ARGON2\}/)
    const stampIn = (text: string, name: string) =>
      /^entryCSN: (.*)$/m.exec(entryOf(text, name))?.[1] ?? assert.fail(name)
    assert.equal(stampIn(content, 'cn=plain'), stampIn(before.toString(), 'cn=plain'))
    assert.notEqual(stampIn(content, 'cn=dashes'), stampIn(before.toString(), 'cn=dashes'))
    assert.match(
      entryOf(content, data.base),
      new RegExp(`^contextCSN: ${stampIn(content, 'cn=twice')}`, 'm'),
    )
    assert.equal(readFileSync(join(data.dataDir, 'ldap-admin.secret'), 'utf8'), data.secret)
    assert.ok(existsSync(join(data.dataDir, 'ldap-reader.secret')))
    assert.deepEqual(
      lines.map((line) => line.replace(/\d+/, 'N')),
      [
        'the directory is of another release: it is brought up to date',
        'the directory is up to date: N entries',
      ],
    )
  })

  test('a second start has nothing to do', async (t) => {
    const data = earlier(t)
    await prepare(data)
    const content = contentOf(data)
    const lines: string[] = []
    await prepare(data, lines)
    assert.deepEqual(lines, [])
    assert.equal(contentOf(data), content)
  })

  test('a release with another list of indexes builds them anew', async (t) => {
    const data = earlier(t)
    await prepare(data)
    writeFileSync(join(data.dataDir, 'ldap/db/coppice-version'), '2\nindex cn eq\n')
    const lines: string[] = []
    await prepare(data, lines)
    assert.equal(lines.length, 2)
  })

  for (const [sentence, leave] of [
    [
      'while the copy was written',
      (folder) => {
        mkdirSync(join(folder, 'db.new'))
        writeFileSync(join(folder, 'db.new/data.mdb'), 'half a database')
      },
    ],
    [
      'between the two renamings',
      (folder, done) => {
        cpSync(done, join(folder, 'db.new'), { recursive: true })
        renameSync(join(folder, 'db'), join(folder, 'db.old'))
      },
    ],
    [
      'between the two renamings, and the copy is of another release',
      (folder) => {
        renameSync(join(folder, 'db'), join(folder, 'db.old'))
        mkdirSync(join(folder, 'db.new'))
        writeFileSync(join(folder, 'db.new/coppice-version'), '1\n')
      },
    ],
    [
      'before the old one was removed',
      (folder, done) => {
        renameSync(join(folder, 'db'), join(folder, 'db.old'))
        cpSync(done, join(folder, 'db'), { recursive: true })
      },
    ],
  ] as const satisfies readonly (readonly [string, (folder: string, done: string) => void])[]) {
    test(`a kill ${sentence} loses nothing`, async (t) => {
      const [data, finished] = [earlier(t), earlier(t)]
      await prepare(finished)
      leave(join(data.dataDir, 'ldap'), join(finished.dataDir, 'ldap/db'))
      await prepare(data)
      const content = contentOf(data)
      assert.equal(content.match(/^dn: /gm)?.length, 12)
      assert.match(entryOf(content, 'cn=dashes'), /^macAddress: 52:54:00:aa:00:02$/m)
      const left = readdirSync(join(data.dataDir, 'ldap')).filter((name) => name.startsWith('db.'))
      assert.deepEqual(left, [])
    })
  }

  test('kill -9 in the middle of it: the next start does it from the beginning', async (t) => {
    const data = earlier(t, 8_000)
    const script = `import { prepareSlapd } from '#ldap-sync'
      await prepareSlapd(${JSON.stringify({ ...data, listen })})`
    const argv = ['--input-type=module-typescript', '--disable-warning=ExperimentalWarning']
    const root = join(import.meta.dirname, '../..')
    const options = { cwd: root, stdio: 'ignore' } as const
    const first = spawn(process.execPath, [...argv, '--eval', script], options)
    const copy = join(data.dataDir, 'ldap/db.new/data.mdb')
    await eventually('the copy has begun', () => Promise.resolve(existsSync(copy)))
    const gone = once(first, 'exit')
    first.kill('SIGKILL')
    await gone
    await prepare(data)
    assert.equal(contentOf(data).match(/^macAddress: 52:54:00:/gm)?.length, 8_004)
  })

  test('what cannot be read is left as it was, and said', async (t) => {
    const data = earlier(t)
    const database = join(data.dataDir, 'ldap/db/data.mdb')
    writeFileSync(database, 'no database')
    await assert.rejects(prepare(data), { code: 'CPC-LDAP-030', message: /slapcat/ })
    assert.equal(readFileSync(database, 'utf8'), 'no database')
    assert.ok(!existsSync(join(data.dataDir, 'ldap/db.new')))
  })
})

const renewal: Renewal = {
  stamp: 'now',
  isHashed: (stored) => stored.startsWith('{'),
  hash: (password) => `{${password.length}}`,
}

for (const [sentence, entry, renewed] of [
  ['is left alone when it is right', ['dn: cn=a', 'macAddress: 52:54:00:00:00:01'], undefined],
  [
    'has its MAC read from base64 as well',
    ['dn: cn=a', 'macAddress:: NTI1NDAwMDAwMDAx', 'entryCSN: then'],
    ['dn: cn=a', 'macAddress: 52:54:00:00:00:01', 'entryCSN: now'],
  ],
  [
    'has its password hashed, whatever its letters are',
    ['dn: cn=a', 'USERPASSWORD:: w6Q=', 'entryCSN: then'],
    ['dn: cn=a', 'userPassword: {1}', 'entryCSN: now'],
  ],
  [
    'keeps a MAC that is part of its name, which may stand in base64',
    ['dn:: bWFjQWRkcmVzcz01Mi01NCxkYz14', 'macAddress: 52-54-00-00-00-01'],
    undefined,
  ],
] as const) {
  test(`an entry ${sentence}`, () => {
    assert.deepEqual(renewedEntry(entry, renewal), renewed ?? entry)
  })
}

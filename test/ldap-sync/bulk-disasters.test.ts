// Why this file exists: slapd, its copy, the keeper and whoever ordered may die at any moment of a large order, and the
// disk may fill up. Either all of it is in the directory or nothing, and what was answered stays.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { bulkPlaceAt, prepareSlapd } from '#ldap-sync'
import { eventually } from '../eventually.ts'
import { needsRoot } from '../needs.ts'
import {
  asked,
  copiesOf,
  failuresOf,
  leftIn,
  many,
  type Moments,
  numbered,
  plain,
  promisesOf,
  scene,
  shows,
} from './bulk-scene.ts'
import { modify, type Said, search, slapdAndTools } from './ldap-tools.ts'
import { embedded, type EmbeddedProvider } from './providers.ts'

describe('a large order', slapdAndTools, () => {
  const { promise, provider } = promisesOf()

  for (const [sentence, momentsOf, isCopied] of [
    [
      'when slapd is killed before the writes',
      (): Moments => ({ opened: () => provider().server.killAndRestart() }),
      true,
    ],
    [
      'when slapd is killed after the writes',
      (): Moments => ({ written: () => provider().server.killAndRestart() }),
      true,
    ],
    [
      'when the slapd of the copy is killed before the writes',
      (): Moments => ({ opened: () => killCopy(provider()) }),
      false,
    ],
    [
      'when the slapd of the copy is killed after the writes',
      (): Moments => ({ written: () => killCopy(provider()) }),
      false,
    ],
  ] as const) {
    promise(`is done ${sentence}`, async (here) => {
      const { watched, order, moments } = here
      const copies = copiesOf(provider())
      moments.push({ ...momentsOf() })
      const outcomes = await watched.sync.writer.carryOut(
        numbered(many, (number) => order(number)),
        asked,
      )
      assert.deepEqual(failuresOf(outcomes), [])
      assert.equal(copiesOf(provider()), copies + (isCopied ? 1 : 0))
      await shows(here, many)
    })
  }

  promise('of somebody who died meanwhile has changed nothing', async () => {
    const { bulkSocket } = provider().server.prepared
    const keeper = createConnection(bulkSocket)
    keeper.write('publish\ncopy 1x\n')
    const lines = createInterface({ input: keeper })[Symbol.asyncIterator]()
    const nextLine = async (): Promise<string> => String((await lines.next()).value)
    assert.match(await nextLine(), /^no /)
    assert.match(await nextLine(), /^no /)
    keeper.write(`copy ${many}\n`)
    assert.match(await nextLine(), /^at ldapi:/)
    assert.equal(await bulkPlaceAt(bulkSocket).open(many), undefined)
    keeper.destroy()
    const write = (): Promise<Said> =>
      modify(provider().server, 'admin', plain(provider(), 'afterwards'))
    await eventually('writes are taken again', async () => (await write()).status === 0)
  })

  for (const moment of ['opened', 'written'] as const) {
    promise(`during which everything is killed is as if never given (${moment})`, async (here) => {
      const { watched, order, moments, bench } = here
      const remains = mkdtempSync(join(tmpdir(), 'cpc-remains-'))
      const { dataDir, base } = provider().server
      const keep = (): void => {
        // Sockets are no part of what a disk holds.
        cpSync(join(dataDir, 'ldap'), join(remains, 'ldap'), { recursive: true })
      }
      moments.push({ [moment]: keep })
      await watched.sync.writer.carryOut(
        numbered(many, (number) => order(number)),
        asked,
      )
      assert.ok(existsSync(join(remains, 'ldap/db.new')))
      await prepareSlapd({ dataDir: remains, base, listen: '127.0.0.1:1' })
      assert.deepEqual(leftIn(remains), [])
      const config = join(remains, 'ldap/slapd.conf')
      // The reader's own is never written to.
      assert.equal(readFileSync(config, 'utf8').split('\nreadonly on\n').length, 2)
      const argv = ['-f', config, '-n', '2', '-o', 'ldif-wrap=no']
      const content = execFileSync('/usr/sbin/slapcat', argv, {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      })
      const names = [...content.matchAll(/^dn: (.*)$/gm)].map(([, dn = '']) => dn)
      // Its container, and what every test begins with.
      assert.equal(names.filter((dn) => dn.endsWith(bench.base)).length, 5)
      rmSync(remains, { recursive: true })
    })
  }
})

test(
  'a disk that fills up during a large order takes nothing of what was answered',
  { ...slapdAndTools, ...needsRoot() },
  async (t) => {
    const disk = mkdtempSync(join(tmpdir(), 'cpc-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk])
    const provider = await embedded({ within: disk })
    t.after(async () => {
      await provider.stop()
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true })
    })
    const here = await scene(t, provider)
    const { watched, order, moments, bench } = here
    const filling = join(disk, 'filling')
    moments.push({
      opened() {
        assert.ok(existsSync(join(provider.server.dataDir, 'ldap/db.new/data.mdb')))
        fill(filling, disk)
      },
    })
    const outcomes = await watched.sync.writer.carryOut(
      numbered(many, (number) => order(number)),
      asked,
    )
    assert.deepEqual(
      provider.server.lines.filter((line) => line.includes('large order is in')),
      [],
    )
    const done = new Set(
      outcomes.filter(({ kind }) => kind === 'done').map((each) => each.order.dn),
    )
    assert.ok(done.size < many, 'it was full')
    rmSync(filling)
    await provider.server.killAndRestart()
    const machines = await search(
      provider.server,
      'admin',
      '-b',
      `ou=machines,${bench.base}`,
      '1.1',
    )
    const kept = new Set([...machines.out.matchAll(/^dn: (cn=.*)$/gm)].map(([, dn]) => dn))
    assert.deepEqual(
      [...done].filter((dn) => !kept.has(dn)),
      [],
    )
    assert.equal(kept.size, done.size)
    const rest = numbered(many, (number) => order(number)).filter(({ dn }) => !done.has(dn))
    assert.deepEqual(failuresOf(await watched.sync.writer.carryOut(rest, asked)), [])
    await shows(here, many)
  },
)

function fill(path: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk)
  const leftBytes = 64 * 1024
  writeFileSync(path, Buffer.alloc(bavail * bsize - leftBytes))
}

async function killCopy({ server }: EmbeddedProvider): Promise<void> {
  const pid = Number(readFileSync(join(server.dataDir, 'ldap/copy.pid'), 'utf8'))
  process.kill(pid, 'SIGKILL')
  await eventually('it is dead', () => !existsSync(`/proc/${pid}/fd/0`))
}

// Why this file exists: a large order is written into a copy that takes the place of the directory. Nobody may lose by
// that: not the one who ordered, not those who write meanwhile, not those who follow, whoever dies at whatever moment.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { ip4, type Mac, parseDnsName, parseMac } from '#directory'
import {
  type BulkPlace,
  bulkPlaceAt,
  machineOrder,
  type OrderOutcome,
  prepareSlapd,
} from '#ldap-sync'
import { eventually } from '../eventually.ts'
import { needsRoot } from '../needs.ts'
import { Bench, known } from './bench.ts'
import { modify, search, slapdAndTools } from './ldap-tools.ts'
import { embedded, type EmbeddedProvider } from './providers.ts'
import type { WatchedSync } from './watched-sync.ts'

/** Enough for a copy. */
const many = 600

interface Moments {
  readonly opened?: () => void | Promise<void>
  readonly written?: () => void | Promise<void>
}

interface Scene {
  readonly provider: EmbeddedProvider
  readonly bench: Bench
  readonly watched: WatchedSync
  readonly order: (number: number, mac?: Mac) => ReturnType<typeof machineOrder>
  readonly moments: Moments[]
}

let tests = 0

async function scene(t: TestContext, provider: EmbeddedProvider): Promise<Scene> {
  tests += 1
  const bench = new Bench(provider, `t${tests}`)
  t.after(() => bench.close())
  await bench.prepare()
  const moments: Moments[] = []
  const watched = await bench.live({ bulk: placeWith(provider, moments) })
  const first = tests * 0x1_0000
  const order: Scene['order'] = (number, mac = macOf(first + number)) =>
    machineOrder(bench.base, known(parseDnsName(`n${number}`)), {
      macs: [mac],
      address: ip4(0x0a_00_00_00 + first + number),
    })
  return { provider, bench, watched, order, moments }
}

/** The keeper's, with a word to us at some moments. */
function placeWith({ server }: EmbeddedProvider, moments: readonly Moments[]): BulkPlace {
  const place = bulkPlaceAt(server.prepared.bulkSocket)
  return {
    async open(orders) {
      const copy = await place.open(orders)
      for (const { opened } of moments) await opened?.()
      if (copy === undefined) return undefined
      return {
        url: copy.url,
        async publish() {
          for (const { written } of moments) await written?.()
          return copy.publish()
        },
        [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
      }
    },
  }
}

function macOf(number: number): Mac {
  return known(parseMac(`0200${number.toString(16).padStart(8, '0')}`))
}

function numbered<T>(count: number, make: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at + 1))
}

function failuresOf(outcomes: readonly OrderOutcome[]): readonly OrderOutcome[] {
  return outcomes.filter(({ kind }) => kind !== 'done')
}

async function shows({ watched }: Scene, count: number): Promise<void> {
  await watched.until(`${count} machines`, () => watched.machines.length === count)
  assert.deepEqual(watched.state?.held, [])
}

function copiesOf({ server }: EmbeddedProvider): number {
  return server.lines.filter((line) => line.includes('a large order is in')).length
}

function leftIn(dataDir: string): readonly string[] {
  return readdirSync(join(dataDir, 'ldap')).filter((name) => name.startsWith('db.'))
}

describe('a large order', slapdAndTools, () => {
  let provider: EmbeddedProvider
  before(async () => {
    provider = await embedded()
  })
  after(() => provider.stop())

  const promise = (sentence: string, run: (here: Scene) => Promise<void>): void => {
    test(sentence, async (t) => {
      const here = await scene(t, provider)
      await run(here)
      assert.equal((await modify(provider.server, 'admin', anyone(provider))).words, '')
      assert.deepEqual(leftIn(provider.server.dataDir), [])
    })
  }

  promise('is done as a whole, shown, and taken back as a whole', async (here) => {
    const { watched, order } = here
    const copies = copiesOf(provider)
    const progress: number[] = []
    const orders = numbered(many, (number) => order(number))
    const outcomes = await watched.sync.writer.carryOut(orders, { onDone: (n) => progress.push(n) })
    assert.deepEqual(failuresOf(outcomes), [])
    assert.equal(progress.at(-1), many)
    assert.equal(copiesOf(provider), copies + 1)
    await shows(here, many)
    const removals = orders.map(({ dn }) => ({ kind: 'delete', dn }) as const)
    assert.deepEqual(failuresOf(await watched.sync.writer.carryOut(removals)), [])
    await shows(here, 0)
    assert.equal(copiesOf(provider), copies + 2)
  })

  promise('names those that are refused, doubles among them, and does the others', async (here) => {
    const { watched, order, bench } = here
    await bench.machine('there', 1, { macAddress: '02:00:00:00:00:ff' })
    const double = order(1, macOf(0xff))
    const twice = [order(2, macOf(0xee)), order(3, macOf(0xee))]
    const wrong = { kind: 'add', dn: `cn=x,${bench.base}`, attributes: [] } as const
    const orders = [double, ...twice, wrong, ...numbered(many, (number) => order(number + 3))]
    const outcomes = await watched.sync.writer.carryOut(orders)
    const refused = failuresOf(outcomes)
    assert.equal(refused.length, 3)
    assert.ok(refused.some((each) => each.order === double))
    assert.ok(refused.some((each) => each.order === wrong))
    assert.ok(refused.some(({ order: each }) => twice.some((one) => one === each)))
    const names = await search(provider.server, 'admin', '(macAddress=02:00:00:00:00:ee)', '1.1')
    assert.equal(names.out.match(/^dn:/gm)?.length, 1)
    await shows(here, many + 2)
  })

  promise(
    'that is refused altogether leaves slapd running as it was',
    async ({ watched, order }) => {
      const copies = copiesOf(provider)
      await watched.sync.writer.carryOut([order(1)])
      const outcomes = await watched.sync.writer.carryOut(numbered(many, () => order(1)))
      assert.equal(failuresOf(outcomes).length, many)
      assert.equal(copiesOf(provider), copies)
    },
  )

  promise('loses nothing that somebody else was answered meanwhile', async (here) => {
    const { watched, order } = here
    let over = false
    const answered: string[] = []
    const refusals = new Set<number>()
    const foreigner = (async () => {
      for (let count = 0; !over; count += 1) {
        const name = `t${tests}f${count}`
        const { status } = await modify(provider.server, 'admin', plain(provider, name))
        if (status === 0) answered.push(name)
        else refusals.add(status)
      }
    })()
    await eventually('somebody writes', () => answered.length > 2)
    const orders = numbered(many, (number) => order(number))
    assert.deepEqual(failuresOf(await watched.sync.writer.carryOut(orders)), [])
    const writtenBefore = answered.length
    await eventually('somebody writes again', () => answered.length > writtenBefore)
    over = true
    await foreigner
    const found = await search(provider.server, 'admin', `(cn=t${tests}f*)`, 'cn')
    const kept = new Set([...found.out.matchAll(/^cn: (\w+)$/gm)].map(([, name]) => name))
    assert.deepEqual(
      answered.filter((name) => !kept.has(name)),
      [],
    )
    // 53: unwilling to perform; 254 and 255: the connection was lost, or nobody listens for a moment.
    assert.deepEqual(
      [...refusals].filter((status) => ![53, 254, 255].includes(status)),
      [],
    )
    await shows(here, many)
  })

  promise(
    'lets others read, refuses their writes in words, and makes our own wait',
    async (here) => {
      const { watched, order, moments } = here
      const waiting: Promise<unknown>[] = []
      moments.push({
        async opened() {
          const refused = await modify(provider.server, 'admin', plain(provider, 'nobody'))
          assert.equal(refused.status, 53)
          assert.match(refused.words, /operation restricted/)
          const read = await search(provider.server, 'reader', '-s', 'base')
          assert.match(read.out, /^dn: /)
          const name = known(parseDnsName('waited'))
          waiting.push(watched.sync.writer.addMachine(name, { macs: [macOf(0x77_0000 + tests)] }))
        },
      })
      const outcomes = await watched.sync.writer.carryOut(numbered(many, (number) => order(number)))
      assert.deepEqual(failuresOf(outcomes), [])
      await Promise.all(waiting)
      await shows(here, many + 1)
    },
  )

  for (const [sentence, momentsOf, isCopied] of [
    [
      'when slapd is killed before the writes',
      (): Moments => ({ opened: () => provider.server.killAndRestart() }),
      true,
    ],
    [
      'when slapd is killed after the writes',
      (): Moments => ({ written: () => provider.server.killAndRestart() }),
      true,
    ],
    [
      'when the slapd of the copy is killed before the writes',
      (): Moments => ({ opened: () => killCopy(provider) }),
      false,
    ],
    [
      'when the slapd of the copy is killed after the writes',
      (): Moments => ({ written: () => killCopy(provider) }),
      false,
    ],
  ] as const) {
    promise(`is done ${sentence}`, async (here) => {
      const { watched, order, moments } = here
      const copies = copiesOf(provider)
      moments.push({ ...momentsOf() })
      const outcomes = await watched.sync.writer.carryOut(numbered(many, (number) => order(number)))
      assert.deepEqual(failuresOf(outcomes), [])
      assert.equal(copiesOf(provider), copies + (isCopied ? 1 : 0))
      await shows(here, many)
    })
  }

  promise('of somebody who died meanwhile has changed nothing', async ({ bench }) => {
    const copy = known(await bulkPlaceAt(provider.server.prepared.bulkSocket).open(many))
    await copy[Symbol.asyncDispose]()
    const machines = await search(
      provider.server,
      'admin',
      '-b',
      `ou=machines,${bench.base}`,
      '1.1',
    )
    assert.equal(machines.out.match(/^dn:/gm)?.length, 1)
  })

  for (const moment of ['opened', 'written'] as const) {
    promise(`during which everything is killed is as if never given (${moment})`, async (here) => {
      const { watched, order, moments, bench } = here
      const remains = mkdtempSync(join(tmpdir(), 'cpc-remains-'))
      const { dataDir, base } = provider.server
      const keep = (): void => {
        // Sockets are no part of what a disk holds.
        cpSync(join(dataDir, 'ldap'), join(remains, 'ldap'), { recursive: true })
      }
      moments.push({ [moment]: keep })
      await watched.sync.writer.carryOut(numbered(many, (number) => order(number)))
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
    const outcomes = await watched.sync.writer.carryOut(numbered(many, (number) => order(number)))
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
    assert.deepEqual(failuresOf(await watched.sync.writer.carryOut(rest)), [])
    await shows(here, many)
  },
)

function fill(path: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk)
  const leftBytes = 64 * 1024
  writeFileSync(path, Buffer.alloc(bavail * bsize - leftBytes))
}

function plain({ server }: EmbeddedProvider, name: string): string {
  return `dn: cn=${name},ou=machines,${server.base}\nobjectClass: device\ncn: ${name}\n`
}

function anyone(provider: EmbeddedProvider): string {
  return plain(provider, `after${tests}`)
}

async function killCopy({ server }: EmbeddedProvider): Promise<void> {
  const pid = Number(readFileSync(join(server.dataDir, 'ldap/copy.pid'), 'utf8'))
  process.kill(pid, 'SIGKILL')
  await eventually('it is dead', () => !existsSync(`/proc/${pid}/fd/0`))
}

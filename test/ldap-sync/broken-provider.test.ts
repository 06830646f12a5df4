// Why this file exists: a directory server that fails in every way we know of must cost nothing but time.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { der } from '#asn1'
import { type Clock, type Connect, LdapRefusal, systemClock } from '#ldap-sync'
import type { Faults } from '../ldap-server/faults.ts'
import type { LdapServer } from '../ldap-server/server.ts'
import { Bench, known } from './bench.ts'
import { inMemory } from './providers.ts'
import { ManualClock } from './manual-clock.ts'
import { Scissors } from './scissors.ts'
import { WatchedSync } from './watched-sync.ts'

interface Scene {
  readonly server: LdapServer
  readonly bench: Bench
  readonly copyFile: string
  readonly secretFile: string
  readonly watch: (clock?: Clock) => Promise<WatchedSync>
  /** To whom each message comes by itself. */
  readonly watchEach: () => Promise<WatchedSync>
}

/** A broken server with machines n1…n6, and consumers of it. */
async function scene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const provider = inMemory({ sessionLog: 100 })
  const { server, connect, secretFile, bindDn, url } = provider
  const bench = new Bench(provider, 'site')
  const copyFile = join(bench.folder, 'copy')
  const open: WatchedSync[] = []
  const watchBy = async (by: Connect, clock: Clock): Promise<WatchedSync> => {
    const settings = { url, base: bench.base, bindDn, secretFile, copyFile }
    const watched = new WatchedSync({ settings, connect: by, clock })
    open.push(watched)
    await watched.sync.start()
    return watched
  }
  const watch = (clock: Clock = systemClock): Promise<WatchedSync> => watchBy(connect, clock)
  const watchEach = (): Promise<WatchedSync> => watchBy(new Scissors(connect).connect, systemClock)
  try {
    await bench.prepare()
    for (let at = 1; at <= 6; at += 1) await bench.machine(`n${at}`, at)
    await run({ server, bench, copyFile, secretFile, watch, watchEach })
  } finally {
    for (const watched of open) await watched.sync.close()
    await bench.close()
    await provider.stop()
  }
}

const hasFault = (watched: WatchedSync): boolean => watched.state?.fault !== undefined

/** A sequence in a sequence in a sequence. */
function nested(levels: number): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(0)
  for (let level = 0; level < levels; level += 1) bytes = der.sequence([bytes])
  return bytes
}

for (const [sentence, fault, code] of [
  ['HOSTILE 39: a refresh that is cut in the middle', { cutAfterEntries: 3 }, 'CPC-LDAP-003'],
  [
    'HOSTILE 30: a refresh that ends at a size limit',
    { endsAfterEntries: { entries: 3, code: 4 } },
    'CPC-LDAP-053',
  ],
  [
    'HOSTILE 21: a length of 4 GiB',
    { garbage: Uint8Array.fromHex('3084ffffffff') },
    'CPC-LDAP-008',
  ],
  [
    'HOSTILE 21: a message that is none',
    { garbage: Uint8Array.fromHex('30030201ff') },
    'CPC-LDAP-008',
  ],
  [
    'HOSTILE 21: an operation that nobody knows',
    { garbage: Uint8Array.fromHex('30050201027f00') },
    'CPC-LDAP-008',
  ],
  ['HOSTILE 21: 10,000 levels', { garbage: nested(10_000) }, 'CPC-LDAP-008'],
  ['an entryUUID that is too short', { uuids: 'short' }, 'CPC-LDAP-008'],
  ['an entry without its sync state', { uuids: 'none' }, 'CPC-LDAP-008'],
] as const satisfies readonly (readonly [string, Faults, string])[]) {
  test(`${sentence} changes nothing, and the next good one is taken whole`, async () => {
    await scene(async ({ server, watch }) => {
      server.faults = fault
      const watched = await watch()
      await watched.until('the fault is told', hasFault)
      assert.equal(watched.state?.fault?.code, code)
      assert.deepEqual([watched.state?.kind, watched.batches.length], ['starting', 0])
      server.faults = {}
      await watched.untilLive()
      assert.equal(watched.machines.length, 6)
      assert.equal(watched.batches.length, 1)
      assert.equal(watched.state?.fault, undefined)
    })
  })
}

test('HOSTILE 21: entries without end are left at a bound, in a refresh and after it', async () => {
  await scene(async ({ server, bench }) => {
    const limits = { namedMax: 20, charactersMax: 1_000_000 }
    server.faults = { endless: true }
    const watched = bench.watch({ limits })
    await watched.sync.start()
    await watched.until('the fault is told', hasFault)
    assert.equal(watched.state?.fault?.code, 'CPC-LDAP-007')
    assert.equal(watched.batches.length, 0)
    server.faults = {}
    await watched.untilLive()
    for (let at = 7; at < 20; at += 1) await bench.machine(`n${at}`, at)
    await watched.until('the fault is told', hasFault)
    assert.equal(watched.state?.fault?.code, 'CPC-LDAP-007')
    assert.ok(watched.sync.state.rawEntries <= 20)
  })
})

test('HOSTILE 30: what a first refresh told in parts before it broke off was never said', async () => {
  await scene(async ({ server, watchEach }) => {
    server.faults = { endsAfterEntries: { entries: 3, code: 4 } }
    const watched = await watchEach()
    await watched.until('the fault is told', hasFault)
    assert.equal(watched.partsTold, 3)
    assert.deepEqual([watched.brokenOff, watched.batches.length], [1, 0])
    assert.equal(watched.sync.state.rawEntries, 0)
    server.faults = {}
    await watched.untilLive()
    assert.deepEqual([watched.machines.length, watched.batches.length], [6, 1])
    // From here on there is something that it could be at odds with.
    const { partsTold } = watched
    server.faults = { refusesCookies: 4096 }
    await server.cutAll()
    await watched.until('it was read anew', ({ sync }) => sync.state.counts.refreshes === 2)
    assert.equal(watched.partsTold, partsTold)
  })
})

test('HOSTILE 30: the code of a size limit is kept', async () => {
  await scene(async ({ server, watch }) => {
    server.faults = { endsAfterEntries: { entries: 2, code: 4 } }
    const watched = await watch()
    await watched.until('the fault is told', hasFault)
    const fault = watched.state?.fault
    assert.equal(fault instanceof LdapRefusal && fault.resultCode, 4)
  })
})

test('HOSTILE 39: a server that lost its tree is not believed; refused, it is asked again', async () => {
  await scene(async ({ server, watch }) => {
    const watched = await watch()
    await watched.untilLive()
    server.faults = { refusesCookies: 4096, deliversOnly: 0 }
    await server.cutAll()
    await watched.until('all is held', () => watched.state?.held.length === 11)
    assert.equal(watched.machines.length, 6)
    server.faults = {}
    assert.equal(watched.sync.rejectHeld(), 11)
    await watched.until('nothing is held', () => watched.state?.held.length === 0)
    assert.equal(watched.machines.length, 6)
    assert.equal(watched.batches.length, 1)
  })
})

for (const [sentence, faults, left] of [
  [
    'a refresh that delivers half and claims to be whole',
    { refusesCookies: 53, deliversOnly: 5 },
    6,
  ],
  ['a present list that was stripped', { namesOnly: 4 }, 7],
  ['one entryUUID for all', { refusesCookies: 4096, uuids: 'same' }, 10],
] as const) {
  test(`HOSTILE 39: ${sentence} removes nothing; what is right again is released`, async () => {
    await scene(async ({ server, watch }) => {
      const watched = await watch()
      await watched.untilLive()
      const before = watched.machines.length
      server.faults = faults
      await server.cutAll()
      await watched.until('some are held', () => (watched.state?.held.length ?? 0) >= left)
      assert.ok(watched.machines.length >= before)
      server.faults = { refusesCookies: 4096 }
      await server.cutAll()
      await watched.until('nothing is held', () => {
        return watched.state?.held.length === 0 && watched.state.kind === 'live'
      })
      assert.equal(watched.machines.length, before)
    })
  })
}

test('HOSTILE 39: a server that never gives a cookie is read in full each time, and only news is told', async () => {
  await scene(async ({ server, bench, watch }) => {
    server.faults = { losesCookies: true }
    const watched = await watch()
    await watched.untilLive()
    await server.cutAll()
    await bench.machine('n7', 7)
    await watched.until('the new one is there', () => watched.machines.length === 7)
    assert.equal(watched.batches.flat().length, 7)
    assert.equal(watched.sync.state.counts.cookiesRefused, 0)
  })
})

test('a server that refuses even a search without a cookie is a fault, not a loop', async () => {
  await scene(async ({ server, watch }) => {
    server.faults = { endsAfterEntries: { entries: 0, code: 4096 } }
    const watched = await watch()
    await watched.until('it is told', hasFault)
    assert.match(known(watched.state?.fault).text.why, /syncRefreshRequired \(4096\)/)
  })
})

test('a server that does not persist is polled: its refreshes are taken, and its fault is told', async () => {
  await scene(async ({ server, bench, watch }) => {
    server.faults = { doesNotPersist: 'with-done' }
    const watched = await watch()
    await watched.until('it is told', () => watched.state?.fault?.code === 'CPC-LDAP-055')
    assert.equal(watched.machines.length, 6)
    await bench.machine('n7', 7)
    await watched.until('the new one is there', () => watched.machines.length === 7)
  })
})

test('RFC 4533: a server that cannot go on from a cookie is asked for everything, and only news is told', async () => {
  await scene(async ({ server, bench, watch }) => {
    const watched = await watch()
    await watched.untilLive()
    server.faults = { refusesCookies: 4096 }
    await server.cutAll()
    await bench.machine('n7', 7)
    await watched.until('the new one is there', () => watched.machines.length === 7)
    const told = watched.batches.slice(1).flat()
    assert.equal(told.length, 1)
  })
})

test('HOSTILE 38: with the server down from the start, the last good copy is served with its age', async () => {
  await scene(async ({ server, watch }) => {
    const clock = new ManualClock()
    const first = await watch(clock)
    await first.untilLive()
    const { heardAt } = known(first.state)
    await first.sync.close()
    server.faults = { refusesConnections: true }
    clock.advance(3_600_000)
    const second = await watch(clock)
    assert.equal(second.machines.length, 6)
    await second.until('the fault is told', hasFault)
    assert.deepEqual([second.state?.kind, second.state?.fault?.code], ['away', 'CPC-LDAP-002'])
    assert.equal(second.state?.heardAt, heardAt)
  })
})

test('a copy that was damaged is set aside, said so, and made again', async () => {
  await scene(async ({ copyFile, watch }) => {
    await watch().then(async (watched) => {
      await watched.untilLive()
      await watched.sync.close()
    })
    const text = readFileSync(copyFile, 'utf8')
    writeFileSync(copyFile, text.replace('10.77.0.1', '10.77.0.2'))
    const watched = await watch()
    assert.equal(watched.batches.length, 0)
    await watched.untilLive()
    assert.match(known(watched.state?.copyTrouble), /checksum/)
    assert.equal(watched.machines.length, 6)
    assert.match(readFileSync(`${copyFile}.damaged`, 'utf8'), /10\.77\.0\.2/)
  })
})

test('pauses between attempts grow, stay below their limit, and start anew after success', async () => {
  await scene(async ({ server, watch }) => {
    const clock = new ManualClock()
    server.faults = { refusesConnections: true }
    const before = server.attempts
    const watched = await watch(clock)
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const failed = (): boolean => server.attempts - before === attempt
      await watched.until('it has failed', () => failed() && clock.untilNext !== undefined)
      pauses.push(known(clock.untilNext))
      if (attempt < 10) clock.advance(known(clock.untilNext))
    }
    assert.deepEqual(pauses, [125, 250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000])
    server.faults = {}
    clock.advance(15_000)
    await watched.untilLive()
    server.faults = { refusesConnections: true }
    await server.cutAll()
    await watched.until('it is away', () => watched.state?.kind === 'away')
    assert.equal(clock.untilNext, 125)
  })
})

test('a server that falls silent during a refresh is left after a minute', async () => {
  await scene(async ({ server, watch }) => {
    const clock = new ManualClock()
    server.faults = { silentAfterEntries: 3 }
    const watched = await watch(clock)
    await watched.until('it was heard', () => watched.sync.state.heardAt !== undefined)
    clock.advance(61_000)
    await watched.until('it is told', hasFault)
    assert.equal(watched.state?.fault?.code, 'CPC-LDAP-004')
    assert.equal(watched.batches.length, 0)
  })
})

test('a quiet server is asked for a sign of life, and left when it gives none', async () => {
  await scene(async ({ server, watch }) => {
    const clock = new ManualClock()
    const watched = await watch(clock)
    await watched.untilLive()
    server.faults = { mute: true }
    clock.advance(30_000)
    clock.advance(15_000)
    await watched.until('it is told', () => watched.state?.kind === 'away')
    assert.equal(watched.state?.fault?.code, 'CPC-LDAP-004')
    assert.equal(watched.machines.length, 6)
  })
})

for (const [sentence, spoil] of [
  ['is empty', (path: string) => writeFileSync(path, '\n')],
  ['is not there', (path: string) => rmSync(path)],
] as const) {
  test(`RFC 4513 5.1.2: a secret that ${sentence} is a fault, and never an anonymous bind`, async () => {
    await scene(async ({ secretFile, watch }) => {
      spoil(secretFile)
      const watched = await watch()
      await watched.until('it is told', hasFault)
      assert.equal(watched.state?.fault?.code, 'CPC-LDAP-009')
    })
  })
}

// Why this file exists: nothing is lost to a bad day. A directory that is emptied, misconfigured, limited or closed to us
// empties nothing that is served, says what it is in words, and is followed again once it is right: real ones too.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseIp4 } from '#directory'
import type { DirectorySyncSettings } from '#ldap-sync'
import type { Faults } from '../ldap-server/faults.ts'
import type { OpenLdapOptions } from '../ldap-server/open-ldap.ts'
import { needs } from '../needs.ts'
import { Bench, known } from './bench.ts'
import {
  type FallibleProvider,
  inMemory,
  type MemoryProvider,
  openLdap,
  type OpenLdapProvider,
} from './providers.ts'
import type { WatchedSync } from './watched-sync.ts'

const slapd = needs('slapd ldap-utils', '/usr/sbin/slapd', '/usr/bin/ldapdelete')
const machines = 12

interface Scene<P> {
  readonly provider: P
  readonly bench: Bench
  readonly settings: Partial<DirectorySyncSettings>
}

/** Machines n1…n12, each with its own place, in a tree of their own. */
async function scene<P extends FallibleProvider>(
  provider: P,
  run: (scene: Scene<P>) => Promise<void>,
): Promise<void> {
  const bench = new Bench(provider, 'site')
  try {
    await bench.prepare()
    for (let at = 1; at <= machines; at += 1) await bench.machine(`n${at}`, at)
    await run({ provider, bench, settings: {} })
  } finally {
    await bench.close()
    await provider.stop()
  }
}

function lives(watched: WatchedSync): boolean {
  return watched.state?.kind === 'live' && watched.state.fault === undefined
}

/** Removals that were told; on a bad day there are none. */
function lost(watched: WatchedSync): number {
  return watched.batches.flat().filter(({ kind }) => kind !== 'put').length
}

for (const [label, options, make] of [
  ['in memory', {}, async (): Promise<FallibleProvider> => inMemory({ sessionLog: 100 })],
  ['slapd', slapd, (): Promise<FallibleProvider> => openLdap({ sessionLog: 100 })],
] as const) {
  describe(`disasters (${label})`, options, () => {
    test(`HOSTILE 39: a server that is emptied and restarted empties nothing that is served (${label})`, async () => {
      await scene(await make(), async ({ provider, bench, settings }) => {
        const watched = await bench.live({ ...settings, base: provider.base })
        const { rawEntries } = watched.sync.state
        await provider.empty({ withBase: true })
        await watched.until('all is held', () => (watched.state?.held.length ?? 0) > machines)
        // The base was made again: under its DN stands another entry, which is served.
        assert.equal(watched.sync.state.rawEntries, rawEntries)
        assert.deepEqual([watched.machines.length, lost(watched)], [machines, 0])
        assert.equal(watched.sync.rejectHeld(), rawEntries - 1)
        await watched.until('it was asked again', () => watched.sync.state.counts.refreshes >= 3)
        assert.equal(watched.state?.held.length, rawEntries - 1)
        assert.equal(watched.machines.length, machines)
        assert.equal(watched.sync.acceptHeld(), rawEntries - 1)
        assert.equal(watched.machines.length, 0)
      })
    })

    test(`HOSTILE 39: a server that lost even its base is named, and nothing is lost (${label})`, async () => {
      await scene(await make(), async ({ provider, bench }) => {
        const watched = await bench.live()
        await provider.empty({ withBase: false })
        await watched.until('it is told', () => watched.state?.fault?.code === 'CPC-LDAP-052')
        const { what, where, todo } = known(watched.state?.fault).text
        assert.match(what, /base .* is not there/)
        assert.equal(where, bench.base)
        assert.match(todo, /load its backup/)
        assert.deepEqual([watched.state?.kind, watched.machines.length], ['away', machines])
        assert.equal(watched.state?.held.length, 0)
      })
    })

    test(`HOSTILE 38: down at the start: served from the copy, with its age; then followed on (${label})`, async () => {
      await scene(await make(), async ({ provider, bench }) => {
        const first = await bench.live()
        const { heardAt } = known(first.state)
        await first.sync.close()
        await bench.machine('n13', 13)
        const up = await provider.down()
        const second = bench.watch()
        await second.sync.start()
        assert.deepEqual([second.machines.length, second.state?.kind], [machines, 'away'])
        await second.until('it is told', () => second.state?.fault?.code === 'CPC-LDAP-002')
        assert.equal(second.state?.heardAt, heardAt)
        assert.equal(second.state?.copiedAt, heardAt)
        await up()
        await second.until('it is live', () => lives(second))
        assert.deepEqual([second.machines.length, lost(second)], [machines + 1, 0])
      })
    })
  })
}

const reader = 'cn=reader,dc=firma,dc=test'
const policy =
  'dn: cn=policy,dc=firma,dc=test\nobjectClass: device\nobjectClass: pwdPolicy\ncn: policy\n'
const readerLdif = `dn: ${reader}\nobjectClass: device\nobjectClass: simpleSecurityObject\ncn: reader\n`
const open = 'access to * by * read'
const ppolicy = {
  general: ['moduleload ppolicy'],
  database: [open, 'overlay ppolicy', 'ppolicy_default cn=policy,dc=firma,dc=test'],
}

interface BadDay {
  readonly name: string
  readonly faults?: Faults
  /** How a real one is made so; what is left out here cannot be had from slapd. */
  readonly openLdap?: OpenLdapOptions
  /** What is there from the start of the real one, and hurts once it is configured so. */
  readonly readerHas?: string
  readonly code: string
  readonly what: RegExp
  readonly why: RegExp
  readonly todo: RegExp
}

const badDays: readonly BadDay[] = [
  {
    name: 'HOSTILE 30: a size limit',
    faults: { endsAfterEntries: { entries: 5, code: 4 } },
    openLdap: { database: [open, `limits dn.exact="${reader}" size=5`] },
    code: 'CPC-LDAP-053',
    what: /a part of its entries only/,
    why: /^sizeLimitExceeded \(4\)/,
    todo: /size=unlimited/,
  },
  {
    name: 'HOSTILE 30: an administrative limit',
    faults: { endsAfterEntries: { entries: 5, code: 11 } },
    openLdap: { database: [open, `limits dn.exact="${reader}" size.unchecked=1`] },
    code: 'CPC-LDAP-053',
    what: /a part of its entries only/,
    why: /^adminLimitExceeded \(11\)/,
    todo: /size=unlimited/,
  },
  {
    name: 'HOSTILE 30: a time limit',
    faults: { endsAfterEntries: { entries: 5, code: 3 } },
    code: 'CPC-LDAP-053',
    what: /a part of its entries only/,
    why: /^timeLimitExceeded \(3\)/,
    todo: /time=unlimited/,
  },
  {
    name: 'a referral, which takes no password along,',
    faults: { endsAfterEntries: { entries: 0, code: 10, referrals: ['ldap://elsewhere.test'] } },
    code: 'CPC-LDAP-054',
    what: /sends us to another server/,
    why: /^referral \(10\) to ldap:\/\/elsewhere\.test/,
    todo: /never followed/,
  },
  {
    name: 'a base that may not be read any more',
    openLdap: { database: [`access to * by dn.exact="${reader}" auth by * auth`] },
    code: 'CPC-LDAP-052',
    what: /base .* is not there/,
    why: /^noSuchObject \(32\)/,
    todo: /bindDn may read it/,
  },
  {
    name: 'a password that was changed',
    faults: { signIn: 'wrong' },
    readerHas: 'changed',
    code: 'CPC-LDAP-050',
    what: /did not let us in/,
    why: /^invalidCredentials \(49\)/,
    todo: /secret/,
  },
  {
    name: 'a password that has expired',
    faults: { signIn: 'expired' },
    openLdap: ppolicy,
    readerHas: 'pwdChangedTime: 20200101000000Z\n',
    code: 'CPC-LDAP-051',
    what: /not good any more/,
    why: /^the password has expired; invalidCredentials \(49\)/,
    todo: /change the password/,
  },
  {
    name: 'a password that must be changed first',
    faults: { signIn: 'mustChange' },
    openLdap: ppolicy,
    readerHas: 'pwdReset: TRUE\n',
    code: 'CPC-LDAP-051',
    what: /not good any more/,
    why: /must be changed/,
    todo: /change the password/,
  },
  {
    name: 'a server that does not follow',
    faults: { doesNotPersist: 'without-done' },
    code: 'CPC-LDAP-055',
    what: /does not tell changes/,
    why: /ended a search/,
    todo: /syncprov/,
  },
]

/** Live, then the bad day, then as it was. */
async function endure<P extends FallibleProvider>(
  { bench, settings }: Scene<P>,
  day: BadDay,
  hands: { readonly spoil: () => Promise<void>; readonly heal: () => Promise<void> },
): Promise<void> {
  const watched = await bench.live(settings)
  await hands.spoil()
  await watched.until('it has noticed', () => watched.state?.kind === 'away')
  // A limit shows only when everything is asked for.
  watched.sync.rejectHeld()
  await watched.until('it is told', () => watched.state?.fault?.code === day.code)
  const { what, why, todo } = known(watched.state?.fault).text
  assert.match(what, day.what)
  assert.match(why, day.why)
  assert.match(todo, day.todo)
  assert.deepEqual([watched.machines.length, watched.state?.held], [machines, []])
  await hands.heal()
  await watched.until('it is live again', () => lives(watched))
  assert.deepEqual(
    [watched.machines.length, watched.batches.length, lost(watched)],
    [machines, 1, 0],
  )
}

for (const day of badDays) {
  const { faults, openLdap: real, readerHas } = day
  if (faults) {
    test(`${day.name} empties nothing, and has its own words (in memory)`, async () => {
      await scene(inMemory({ sessionLog: 100 }), async (all: Scene<MemoryProvider>) => {
        const { server } = all.provider
        const set = (next: Faults) => async (): Promise<void> => {
          server.faults = next
          await server.cutAll()
        }
        await endure(all, day, { spoil: set(faults), heal: set({}) })
      })
    })
  }
  if (real || readerHas !== undefined) {
    test(`${day.name} empties nothing, and has its own words (slapd)`, slapd, async () => {
      const isChanged = readerHas === 'changed'
      const has = isChanged ? '' : (readerHas ?? '')
      const rules = 'pwdAttribute: userPassword\npwdMaxAge: 60\npwdMustChange: TRUE\n'
      const ldif = `${policy}${rules}\n${readerLdif}userPassword: open sesame\n${has}`
      const general = ['moduleload ppolicy']
      const good = { general, database: [open], sessionLog: 100, ldif }
      await scene(await openLdap(good), async (all: Scene<OpenLdapProvider>) => {
        const { server } = all.provider
        const set = (next: OpenLdapOptions) => () => server.reconfigure(next)
        const secret = (next: string) => async (): Promise<void> => {
          writeFileSync(server.secretFile, next)
          await server.reconfigure(good)
        }
        const hands = isChanged
          ? { spoil: secret('shut sesame'), heal: secret('open sesame') }
          : { spoil: set({ general, ...real }), heal: set(good) }
        await endure({ ...all, settings: { bindDn: reader } }, day, hands)
      })
    })
  }
}

test(
  'HOSTILE 39: ldapdelete -r of half the tree is held, and accepted at a word (slapd)',
  slapd,
  async () => {
    await scene(await openLdap({ sessionLog: 100 }), async ({ provider, bench }) => {
      const watched = await bench.live({ base: provider.base })
      const before = watched.sync.state.rawEntries
      provider.server.tool('/usr/bin/ldapdelete', ['-r', `ou=machines,${bench.base}`])
      const all = (): number => watched.machines.length
      await watched.until('it is held', () => {
        return watched.state?.held.some(({ dn }) => dn === `ou=machines,${bench.base}`) === true
      })
      // At most 5, or a tenth of what there was, had gone before it was too much.
      assert.ok(all() >= machines - Math.max(5, Math.floor(before / 10)), `${all()} are left`)
      await watched.sync.close()
      const after = await bench.live({ base: provider.base })
      assert.equal(after.machines.length, all())
      assert.equal(after.sync.acceptHeld(), all() + 1)
      assert.equal(after.machines.length, 0)
    })
  },
)

test(
  'a backup that is played back, older than our cookie, is read in full (slapd)',
  slapd,
  async () => {
    await scene(await openLdap({ sessionLog: 100 }), async ({ provider, bench }) => {
      const restore = await provider.server.backUp()
      const watched = await bench.live()
      await bench.machine('n13', 13)
      await bench.change(`cn=n1,ou=machines,${bench.base}`, 'replace', {
        ipHostNumber: '10.77.0.99',
      })
      await watched.until('the new one is there', () => watched.machine('n13') !== undefined)
      await restore()
      await watched.until(
        'it is as it was',
        () => watched.machines.length === machines && lives(watched),
      )
      assert.equal(watched.sync.state.counts.cookiesRefused, 1)
      assert.equal(watched.machine('n1')?.nics[0]?.address, parseIp4('10.77.0.1'))
      const gone = watched.batches.flat().filter(({ kind }) => kind === 'gone')
      assert.equal(gone.length, 1)
    })
  },
)

test(
  'a referral is told with its address, and not followed: the other server hears nothing (slapd)',
  slapd,
  async () => {
    const other = inMemory()
    const { url, close } = await other.server.listen()
    await scene(await openLdap({ general: [`referral ${url}`] }), async ({ bench }) => {
      const watched = await bench.live()
      const elsewhere = bench.watch({ base: 'dc=elsewhere,dc=test' })
      await elsewhere.sync.start()
      await elsewhere.until('it is told', () => elsewhere.state?.fault?.code === 'CPC-LDAP-054')
      assert.ok(known(elsewhere.state?.fault).text.why.includes(url))
      assert.deepEqual([other.server.attempts, watched.machines.length], [0, machines])
    })
    close()
    await other.stop()
  },
)

test('HOSTILE 38: the copy is written while it is followed, not only at the end', async () => {
  await scene(inMemory(), async ({ bench }) => {
    const watched = await bench.live()
    const { copiedAt } = watched.sync.state
    assert.equal(copiedAt, undefined)
    await watched.until('it is written', () => watched.sync.state.copiedAt !== undefined)
    assert.ok(existsSync(join(bench.folder, 'copy')))
  })
})

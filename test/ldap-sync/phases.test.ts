// Why this file exists: a server goes on from a cookie in one of two ways, by naming what is gone or what is left
// (RFC 4533 3.3.2), and its cookie comes in three places. What it really said is listened to, from real servers too.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LdapClient, parseLdapUrl, systemClock } from '#ldap-sync'
import { ldapFilter } from '../../src/ldap-sync/message/filter.ts'
import { SyncConsumer } from '../../src/ldap-sync/sync/consumer.ts'
import type { Step } from '../../src/ldap-sync/sync/staging.ts'
import { syncRequest } from '../../src/ldap-sync/sync/sync-control.ts'
import { Wiretap } from '../ldap-server/wiretap.ts'
import { needs } from '../needs.ts'
import { Bench } from './bench.ts'
import { type FallibleProvider, inMemory, openLdap } from './providers.ts'

interface Maker {
  readonly label: string
  readonly options: { readonly skip?: string }
  readonly make: (sessionLog: number | undefined) => Promise<FallibleProvider>
}

const makers: readonly Maker[] = [
  {
    label: 'in memory',
    options: {},
    make: async (sessionLog) => inMemory(sessionLog === undefined ? {} : { sessionLog }),
  },
  {
    label: 'slapd',
    options: needs('slapd', '/usr/sbin/slapd'),
    make: (sessionLog) => openLdap(sessionLog === undefined ? {} : { sessionLog }),
  },
]

interface Scene {
  readonly bench: Bench
  readonly tap: Wiretap
  readonly provider: FallibleProvider
}

/** Machines n1…n12 in a tree of its own. */
async function scene(
  make: () => Promise<FallibleProvider>,
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const provider = await make()
  const tap = new Wiretap(provider.connect)
  const bench = new Bench({ ...provider, connect: tap.connect }, 'site')
  try {
    await bench.prepare()
    for (let at = 1; at <= 12; at += 1) await bench.machine(`n${at}`, at)
    await run({ bench, tap, provider })
  } finally {
    await bench.close()
    await provider.stop()
  }
}

const nameOf = (bench: Bench, at: number): string => `cn=n${at},ou=machines,${bench.base}`

for (const { label, options, make } of makers) {
  describe(`refresh phases (${label})`, options, () => {
    for (const [sentence, sessionLog, phase, named] of [
      ['with a session log it names what is gone', 100, 'refreshDelete', /^idSet of \d gone$/],
      ['without one it names what is left', undefined, 'refreshPresent', /^idSet of \d+ present$/],
      [
        'with one that is too short it names what is left',
        2,
        'refreshPresent',
        /^idSet of \d+ present$/,
      ],
    ] as const) {
      test(`RFC 4533 3.3.2: ${sentence} (${label})`, async () => {
        await scene(
          () => make(sessionLog),
          async ({ bench, tap }) => {
            const first = await bench.live()
            await first.sync.close()
            const client = await bench.client()
            for (const at of [1, 2, 3, 4]) await client.delete(nameOf(bench, at))
            await bench.change(nameOf(bench, 5), 'replace', { ipHostNumber: '10.77.0.99' })
            await bench.machine('n13', 13)
            tap.heard.length = 0
            const second = await bench.live()
            assert.ok(tap.heard.includes(phase), tap.heard.join())
            assert.ok(
              tap.heard.some((word) => named.test(word)),
              tap.heard.join(),
            )
            assert.equal(tap.heard.filter((word) => word === 'entry add').length, 2)
            const names = second.machines.map((machine) => machine.name).toSorted()
            const expected = ['n10', 'n11', 'n12', 'n13', 'n5', 'n6', 'n7', 'n8', 'n9']
            assert.deepEqual([names, second.state?.held], [expected, []])
          },
        )
      })
    }

    test(`RFC 4533: the cookie is taken from an entry's state and from information (${label})`, async () => {
      await scene(
        () => make(100),
        async ({ bench, tap }) => {
          const watched = await bench.live()
          assert.ok(tap.heard.includes('cookie by info'))
          await bench.machine('n13', 13)
          await watched.until('it is there', () => watched.machine('n13') !== undefined)
          assert.ok(tap.heard.includes('cookie by state'))
          await watched.sync.close()
          tap.heard.length = 0
          const second = await bench.live()
          // A cookie of before would have brought the thirteenth again.
          assert.ok(!tap.heard.some((word) => word.startsWith('entry')), tap.heard.join())
          assert.equal(second.machines.length, 13)
        },
      )
    })

    test(`RFC 4533 2.4: the cookie is taken from the end of a search that does not persist (${label})`, async () => {
      await scene(
        () => make(100),
        async ({ bench, tap, provider }) => {
          const first = await refreshOnce(bench, provider, tap)
          assert.ok(tap.heard.includes('cookie by done'), tap.heard.join())
          assert.equal(first.puts.length, 12 + 5)
          await bench.change(nameOf(bench, 5), 'replace', { ipHostNumber: '10.77.0.99' })
          const second = await refreshOnce(bench, provider, tap, first)
          assert.deepEqual(
            [second.puts.map(({ dn }) => dn), second.gone.size],
            [[nameOf(bench, 5)], 0],
          )
        },
      )
    })
  })
}

/** One search that ends (RFC 4533 1.3.1), from the cookie of an earlier one if there is one. */
async function refreshOnce(
  bench: Bench,
  provider: FallibleProvider,
  tap: Wiretap,
  before?: Step,
): Promise<Step> {
  using client = new LdapClient(await tap.connect(parseLdapUrl(provider.url)), systemClock)
  await client.bind(provider.bindDn, provider.secret)
  const known = new Map(before?.puts.map((entry) => [entry.id, entry.key]))
  const consumer = new SyncConsumer({
    known: { size: known.size, ids: () => known.keys(), keyOf: (id) => known.get(id) },
    resumed: before !== undefined,
    attributes: ['cn'],
  })
  const cookie = before?.cookie === undefined ? {} : { cookie: Uint8Array.fromHex(before.cookie) }
  const { promise, resolve, reject } = Promise.withResolvers<Step>()
  const search = { base: bench.base, filter: ldapFilter`(objectClass=*)`, attributes: ['cn'] }
  client.follow(search, [syncRequest({ mode: 'refreshOnly', ...cookie })], {
    take: (operation, controls) => {
      const heard = consumer.take(operation, controls)
      if (heard.kind === 'ended' && heard.step) resolve(heard.step)
      else if (heard.kind !== 'nothing') reject(new Error(JSON.stringify(heard)))
    },
  })
  return await promise
}

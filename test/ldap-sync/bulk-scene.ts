// Why this file exists: tests of large orders need a slapd with its keeper, a tree of their own, and a hand at the moments
// in between.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { ip4, type Mac, parseDnsName, parseMac } from '#directory'
import { type BulkPlace, bulkPlaceAt, machineOrder, type OrderOutcome } from '#ldap-sync'
import { Bench, known } from './bench.ts'
import { modify } from './ldap-tools.ts'
import { embedded, type EmbeddedProvider } from './providers.ts'
import type { WatchedSync } from './watched-sync.ts'

/** Enough for a copy. */
export const many = 600

/** By a person. */
export const asked = { mayHoldOthers: true } as const

export interface Moments {
  readonly opened?: () => void | Promise<void>
  readonly written?: () => void | Promise<void>
}

export interface Scene {
  /** Of its test; no other has it. */
  readonly label: string
  readonly provider: EmbeddedProvider
  readonly bench: Bench
  readonly watched: WatchedSync
  readonly order: (number: number, mac?: Mac) => ReturnType<typeof machineOrder>
  readonly moments: Moments[]
}

let tests = 0

export type Promising = (sentence: string, run: (here: Scene) => Promise<void>) => void

export async function scene(t: TestContext, provider: EmbeddedProvider): Promise<Scene> {
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
  return { label: `t${tests}`, provider, bench, watched, order, moments }
}

/** The keeper's, with a word to us at some moments. */
export function placeWith({ server }: EmbeddedProvider, moments: readonly Moments[]): BulkPlace {
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

export function macOf(number: number): Mac {
  return known(parseMac(`0200${number.toString(16).padStart(8, '0')}`))
}

export function numbered<T>(count: number, make: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at + 1))
}

export function failuresOf(outcomes: readonly OrderOutcome[]): readonly OrderOutcome[] {
  return outcomes.filter(({ kind }) => kind !== 'done')
}

export async function shows({ watched }: Scene, count: number): Promise<void> {
  await watched.until(`${count} machines`, () => watched.machines.length === count)
  assert.deepEqual(watched.state?.held, [])
}

export function copiesOf({ server }: EmbeddedProvider): number {
  return server.lines.filter((line) => line.includes('a large order is in')).length
}

export function leftIn(dataDir: string): readonly string[] {
  return readdirSync(join(dataDir, 'ldap')).filter((name) => name.startsWith('db.'))
}

export function plain({ server }: EmbeddedProvider, name: string): string {
  return `dn: cn=${name},ou=machines,${server.base}\nobjectClass: device\ncn: ${name}\n`
}

function anyone(provider: EmbeddedProvider): string {
  return plain(provider, `after${tests}`)
}

/** Promises about one slapd; it takes writes after each, and nothing is left lying about. */
export function promisesOf(): {
  readonly promise: Promising
  readonly provider: () => EmbeddedProvider
} {
  let provider: EmbeddedProvider | undefined
  before(async () => {
    provider = await embedded()
  })
  after(() => provider?.stop())
  const promise: Promising = (sentence, run) => {
    test(sentence, async (t) => {
      const here = await scene(t, known(provider))
      await run(here)
      const { server } = here.provider
      assert.equal((await modify(server, 'admin', anyone(here.provider))).words, '')
      assert.deepEqual(leftIn(server.dataDir), [])
    })
  }
  return { promise, provider: () => known(provider) }
}

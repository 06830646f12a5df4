// Why this file exists: 20,000 modifications at full speed must all arrive, in order, in bounded memory, and as far fewer
// steps than changes: what arrives together is one step for whoever has to act on it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LdapClient, parseLdapUrl, systemClock } from '#ldap-sync'
import { needs } from '../needs.ts'
import { Bench, known, type Provider } from './bench.ts'
import { inMemory, openLdap } from './providers.ts'

const machines = 200
const modifications = 20_000
const atOnce = 100
const bytesGrownMax = 150 * 1024 * 1024

for (const [label, options, make] of [
  ['in memory', {}, async (): Promise<Provider> => inMemory({ sessionLog: 100 })],
  [
    'slapd',
    needs('slapd', '/usr/sbin/slapd'),
    // A writer is as fast as a disk is not in its way.
    (): Promise<Provider> => openLdap({ database: ['envflags nosync'] }),
  ],
] as const) {
  test(
    `20,000 modifications at full speed: none is lost, few steps, bounded memory (${label})`,
    options,
    async (context) => {
      const provider = await make()
      const bench = new Bench(provider, 'site')
      try {
        await bench.prepare()
        for (let at = 0; at < machines; at += 1) await bench.machine(`n${at}`, at)
        const watched = await bench.live()
        const before = watched.sync.state.counts
        const { rss } = process.memoryUsage()
        const began = performance.now()
        const last = await writeAll(bench, provider)
        await watched.until('the last of each is there', () => {
          return watched.machines.every(({ name, tags }) => tags[0] === last.get(name))
        })
        const millis = performance.now() - began
        const { steps, changes } = watched.sync.state.counts
        const grown = process.memoryUsage().rss - rss
        context.diagnostic(
          `${modifications} in ${millis.toFixed(0)} ms, ${steps - before.steps} steps, ${(grown / 1024 ** 2).toFixed(0)} MiB more`,
        )
        assert.equal(watched.machines.length, machines)
        assert.equal(watched.state?.held.length, 0)
        // What was overtaken within a step needs not be told; all else was.
        assert.ok(changes - before.changes <= modifications)
        assert.ok(steps - before.steps < modifications / 2, `${steps - before.steps} steps`)
        assert.ok(grown < bytesGrownMax, `${grown} bytes more`)
      } finally {
        await bench.close()
        await provider.stop()
      }
    },
  )
}

/** Pipelined over one connection; what each machine was given last. */
async function writeAll(bench: Bench, provider: Provider): Promise<ReadonlyMap<string, string>> {
  using client = new LdapClient(await provider.connect(parseLdapUrl(provider.url)), systemClock)
  await client.bind(provider.bindDn, provider.secret)
  const last = new Map<string, string>()
  const numbers = Array.from({ length: modifications }, (_, number) => number).values()
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      const name = `n${number % machines}`
      const tag = `t${number}`
      last.set(name, tag)
      const attribute = { name: 'coppiceTag', values: [Buffer.from(tag)] }
      await client.modify(`cn=${name},ou=machines,${bench.base}`, [{ kind: 'replace', attribute }])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  assert.equal(last.size, machines)
  assert.ok(known(last.get('n0')).startsWith('t'))
  return last
}

// Why this file exists: `npm run soak -- fuzz [dhcp|dns|tftp|http|feed|ldap] [--count N] [--seed N]` bends a million packets
// of each protocol, or of one, by hand, and says at which rate.
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { fuzzLdap } from './ldap-fuzz.ts'
import { targets } from './targets.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' } },
})
const count = Number(values.count ?? 1_000_000)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))
const tellEvery = 100_000

type Run = (progress: (done: number) => void) => Promise<unknown>

const runs: readonly (readonly [name: string, run: Run])[] = [
  ...targets.map(
    (target) =>
      [target.name, (progress: Parameters<Run>[0]) => fuzz(target, seed, count, progress)] as const,
  ),
  ['ldap', (progress) => fuzzLdap(seed, count, progress)],
]
const named = runs.filter(([name]) => positionals.includes(name))

for (const [name, run] of named.length > 0 ? named : runs) {
  process.stdout.write(`${name}: seed ${seed}, ${count} packets\n`)
  const began = performance.now()
  let told = 0
  const figures = await run((done) => {
    if (done - told < tellEvery) return
    told = done
    process.stdout.write(`${name}: ${done} of ${count}\n`)
  })
  const seconds = (performance.now() - began) / 1_000
  const rate = `${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} packets/s`
  process.stdout.write(`${name}: ${JSON.stringify(figures)}, ${rate}\n`)
}

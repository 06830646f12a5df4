// Why this file exists: `npm run soak -- fuzz [--count N] [--seed N]` bends a million LDAP messages, by hand.
import { parseArgs } from 'node:util'
import { fuzzLdap } from './ldap-fuzz.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' } },
})
const count = Number(values.count ?? 1_000_000)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))
const tellEvery = 50_000

process.stdout.write(`seed ${seed}, ${count} messages\n`)
const began = performance.now()
const figures = await fuzzLdap(seed, count, (done) => {
  if (done % tellEvery === 0) process.stdout.write(`${done} of ${count}\n`)
})
const seconds = (performance.now() - began) / 1000
process.stdout.write(`${JSON.stringify(figures)}\n`)
process.stdout.write(`${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} messages/s\n`)

// Why this file exists: `npm run soak -- sim [--count N] [--seed N]` lives through ten thousand lives of the appliance, by
// hand, and ends with 1 at the first that breaks an invariant.
import { parseArgs } from 'node:util'
import { explainLife, simulate } from './simulate.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' } },
})
const count = Number(values.count ?? 10_000)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
const tellEvery = 500

process.stdout.write(`sim: seeds ${seed} to ${seed + count - 1}\n`)
const began = performance.now()
let happened = 0
let lives = 0
for (let done = 0; done < count; done += 1) {
  const life = await simulate(seed + done)
  lives += 1
  happened += life.happened
  if (life.failure !== undefined) {
    process.stdout.write(`${explainLife(life)}\n`)
    process.exitCode = 1
    break
  }
  if ((done + 1) % tellEvery === 0) process.stdout.write(`sim: ${done + 1} of ${count}\n`)
}
const seconds = (performance.now() - began) / 1_000
const rate = (lives / seconds).toFixed(1)
process.stdout.write(`sim: ${happened} things happened, ${seconds.toFixed(1)} s, ${rate} lives/s\n`)

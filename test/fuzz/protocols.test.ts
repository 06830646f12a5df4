// Why this file exists: ports hear anything. A short run against each protocol, from another seed each time, which is printed;
// `npm run soak -- fuzz` makes long ones, and repeats one by its seed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from './fuzz.ts'
import { randomOf } from './random.ts'
import { targets } from './targets.ts'

const packets = 20_000
/** Of a hundred: it would be no test if nothing came of them, or nobody refused any. */
const partLeast = { dhcp: 5, dns: 20, tftp: 10, http: 1, feed: 10 } as const
const roundsTried = 300

for (const target of targets) {
  test(`20,000 bent packets break nothing in ${target.name}, in bounded time and memory, and each answer is right in form`, async (context) => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    context.diagnostic(`seed ${seed}`)
    const figures = await fuzz(target, seed, packets)
    context.diagnostic(JSON.stringify(figures))
    const { answered, refused } = figures.verdicts
    const least = new Map<string, number>(Object.entries(partLeast)).get(target.name) ?? 0
    assert.ok((answered * 100) / packets >= least, `${answered} answered`)
    assert.ok(refused > packets / 20, `${refused} refused`)
  })

  test(`the same seed makes the same packets for ${target.name}`, () => {
    for (let seed = 0; seed < roundsTried; seed += 1)
      assert.deepEqual(target.make(randomOf(seed)), target.make(randomOf(seed)))
  })
}

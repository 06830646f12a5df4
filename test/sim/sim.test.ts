// Why this file exists: 200 lives of the appliance in each test run, from another seed each time, which is printed; each broken
// appliance must be found within as many. `SIM_SEED=N` lives through one life again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { broken } from './broken.table.ts'
import { explainLife, simulate } from './simulate.ts'

const lives = 200
const wanted = process.env['SIM_SEED']
const first = wanted === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(wanted)

test('no invariant breaks in 200 lives of clients, faults and changes', async (context) => {
  context.diagnostic(`seed ${first}`)
  let happened = 0
  for (let seed = first; seed < first + (wanted === undefined ? lives : 1); seed += 1) {
    const life = await simulate(seed)
    assert.equal(life.failure, undefined, explainLife(life))
    happened += life.happened
  }
  context.diagnostic(`${happened} things happened`)
})

test('one seed is one life: the same things happen, to the last word', async () => {
  for (const seed of [1, 2, 3]) {
    const [one, other] = [await simulate(seed), await simulate(seed)]
    assert.deepEqual(one, other)
    assert.ok(one.happened > 50)
  }
})

for (const { mistake, variant, found } of broken) {
  test(`the simulator finds it when ${mistake}`, async (context) => {
    for (let seed = 0; seed < lives; seed += 1) {
      const { failure } = await simulate(seed, variant)
      if (failure === undefined) continue
      context.diagnostic(`life ${seed}: ${failure}`)
      assert.match(failure, found)
      return
    }
    assert.fail(`not within ${lives} lives`)
  })
}

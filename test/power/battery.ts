// Why this file exists: what everybody who switches a machine relies on, whatever its BMC speaks: one list of
// promises, run over each implementation.
import assert from 'node:assert/strict'
import { type TestOptions, test } from 'node:test'
import type { PowerController, PowerState } from '#power'

/** One machine that is off, and how it really is. */
export interface Bench extends AsyncDisposable {
  readonly power: PowerController
  readonly wrongPassword: PowerController
  /** What the machine is, by another way than the BMC's protocol. */
  readonly reality: () => PowerState
}

export function powerBattery(
  name: string,
  makeBench: () => Promise<Bench>,
  options: TestOptions = {},
): void {
  test(
    `${name}: on, off and cycle are done when they say so, and what is so already is left alone`,
    options,
    async () => {
      await using bench = await makeBench()
      const { power, reality } = bench
      assert.equal(await power.status(), 'off')
      assert.equal(await power.on(), 'verified')
      assert.equal(reality(), 'on')
      assert.equal(await power.status(), 'on')
      assert.equal(await power.on(), 'already')
      assert.equal(await power.cycle(), 'verified')
      assert.equal(reality(), 'on')
      assert.equal(await power.off(), 'verified')
      assert.equal(reality(), 'off')
      assert.equal(await power.off(), 'already')
      assert.equal(await power.cycle(), 'verified')
      assert.equal(reality(), 'on')
    },
  )

  test(
    `${name}: a wrong password changes nothing and is told from a BMC that is silent`,
    options,
    async () => {
      await using bench = await makeBench()
      const { wrongPassword, reality } = bench
      await assert.rejects(wrongPassword.status(), { code: 'CPC-POW-006' })
      await assert.rejects(wrongPassword.on(), { code: 'CPC-POW-006' })
      assert.equal(reality(), 'off')
    },
  )
}

// Why this file exists: what the room promises of any LDAP server, asked of the one in memory and of real ones alike.
import { after, before, describe, test } from 'node:test'
import { Bench, type Provider } from '../bench.ts'
import { following } from './following.ts'
import { guarding } from './guarding.ts'
import { interrupted } from './interrupted.ts'
import { signingIn } from './signing-in.ts'
import { writing } from './writing.ts'

export interface BatteryOptions {
  readonly skip?: string
}

/** One promise: a tree of its own, on a server that all share. */
export type Promising = (sentence: string, run: (bench: Bench) => Promise<void>) => void

export function battery(
  label: string,
  make: () => Promise<Provider>,
  options: BatteryOptions = {},
): void {
  describe(label, options, () => {
    let provider: Provider | undefined
    let count = 0
    const running = (): Provider => {
      if (provider === undefined) throw new Error(`${label} did not start`)
      return provider
    }
    before(async () => {
      provider = await make()
    })
    after(() => provider?.stop())
    const promise: Promising = (sentence, run) => {
      test(`${sentence} (${label})`, async () => {
        count += 1
        const bench = new Bench(running(), `t${count}`)
        try {
          await bench.prepare()
          await run(bench)
        } finally {
          await bench.close()
        }
      })
    }
    following(promise)
    interrupted(promise, () => running().interrupt())
    guarding(promise)
    writing(promise)
    signingIn(promise)
  })
}

// Why this file exists: one run of bent LDAP messages against all who read them, with what it cost; `npm test` makes a
// short one, `npm run soak -- fuzz` a long one.
import assert from 'node:assert/strict'
import { BentClient } from './bent-client.ts'
import { ldapCorpus } from './corpus.ts'
import { berBends } from './ber-bends.ts'
import { mutant } from './mutate.ts'
import { readByAll } from './readers.ts'

export interface FuzzFigures {
  readonly messages: number
  readonly understood: number
  /** Connections that the client closed, each with a Fault. */
  readonly closed: number
  readonly slowestMillis: number
  readonly bytesGrown: number
}

/** Of the processor, for one message: how busy the machine is elsewhere is not our matter. */
const millisMax = 1_000
const bytesGrownMax = 200 * 1024 * 1024

/** The same for the same seed. The seed of a message that fails is in the error. */
export async function fuzzLdap(
  seed: number,
  count: number,
  progress: (done: number) => void = () => undefined,
): Promise<FuzzFigures> {
  const corpus = ldapCorpus()
  const client = await BentClient.open()
  const before = process.memoryUsage().rss
  let understood = 0
  let slowestMillis = 0
  try {
    for (let number = 0; number < count; number += 1) {
      const own = (seed + number) >>> 0
      const bytes = mutant(own, corpus, berBends)
      const began = process.cpuUsage()
      understood += await heardBy(client, bytes, own)
      const { user, system } = process.cpuUsage(began)
      slowestMillis = Math.max(slowestMillis, (user + system) / 1000)
      progress(number + 1)
    }
  } finally {
    await client.close()
  }
  const bytesGrown = process.memoryUsage().rss - before
  assert.ok(slowestMillis < millisMax, `a message took ${slowestMillis} ms`)
  assert.ok(bytesGrown < bytesGrownMax, `memory grew by ${bytesGrown} bytes`)
  return { messages: count, understood, closed: client.faults, slowestMillis, bytesGrown }
}

async function heardBy(client: BentClient, bytes: Uint8Array, seed: number): Promise<number> {
  try {
    const understood = readByAll(bytes, seed)
    await client.hear(bytes)
    return understood
  } catch (error) {
    throw new Error(`seed ${seed}: ${Buffer.from(bytes).toString('hex')}`, { cause: error })
  }
}

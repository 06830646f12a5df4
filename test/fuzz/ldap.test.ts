// Why this file exists: an LDAP peer may send anything (HOSTILE 21). A short run each time, from another seed each time,
// which is printed; `npm run soak -- fuzz --seed N` repeats it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ldapCorpus } from './corpus.ts'
import { fuzzLdap } from './ldap-fuzz.ts'
import { berBends } from './ber-bends.ts'
import { mutant } from './mutate.ts'
import { readByAll } from './readers.ts'

const messages = 20_000

test('HOSTILE 21: 20,000 bent messages break no reader and no client, in bounded time and memory', async (context) => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  context.diagnostic(`seed ${seed}`)
  const figures = await fuzzLdap(seed, messages)
  context.diagnostic(JSON.stringify(figures))
  // It would be no test if all of them died at the first byte, or none did.
  assert.ok(figures.understood > messages / 20, `${figures.understood} understood`)
  assert.ok(figures.closed > messages / 50, `${figures.closed} closed`)
})

test('the same seed bends the same message in the same way', () => {
  const corpus = ldapCorpus()
  for (let seed = 0; seed < 100; seed += 1) {
    assert.deepEqual(mutant(seed, corpus, berBends), mutant(seed, corpus, berBends))
  }
})

test('what is bent was good: every message of the corpus is understood', () => {
  for (const [at, bytes] of ldapCorpus().entries()) assert.ok(readByAll(bytes, at) > 0)
})

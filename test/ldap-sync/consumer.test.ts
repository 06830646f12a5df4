// Why this file exists: a cookie that the server cannot use any more must lead to a whole refresh, never to a deaf follower.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SyncConsumer } from '../../src/ldap-sync/sync/consumer.ts'

const done = (code: number) =>
  ({ kind: 'searchDone', result: { code, matchedDn: '', message: '', referrals: [] } }) as const

const known = { size: 0, ids: () => [], keyOf: () => undefined }

for (const [sentence, code, resumed, kind] of [
  ['RFC 4533 §3.11: e-syncRefreshRequired asks for everything again', 4096, true, 'start-over'],
  [
    'a server that was killed finds our cookie newer than itself: everything again',
    53,
    true,
    'start-over',
  ],
  ['the same answer to a search without a cookie is a failure, not a loop', 53, false, 'ended'],
  ['any other end is a failure with its reason', 50, true, 'ended'],
] as const) {
  test(sentence, () => {
    const consumer = new SyncConsumer({ known, attributes: [], resumed })
    assert.equal(consumer.take(done(code), []).kind, kind)
  })
}

// Why this file exists: many appliances may lose one server at the same moment; they must not all come back at another one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLdapUrl } from '#ldap-sync'
import { cannotConnect } from '../../src/ldap-sync/client/fault.ts'
import { Follower } from '../../src/ldap-sync/sync/follower.ts'
import { ManualClock } from './manual-clock.ts'

/** The pauses before the first attempts, of a follower to whom chance gives always the same. */
async function pausesWith(chance: number): Promise<number[]> {
  const clock = new ManualClock()
  const attempt = Promise.withResolvers<void>()
  const waiting = [attempt]
  const events = {
    known: { size: 0, ids: () => [], keyOf: () => undefined },
    step: () => undefined,
    part: () => undefined,
    brokenOff: () => undefined,
    heard: () => undefined,
    away: () => waiting.at(-1)?.resolve(),
    cookieRefused: () => undefined,
  }
  const connect = () => Promise.reject(cannotConnect('ldap://none', 'connection refused'))
  const settings = { url: parseLdapUrl('ldap://none'), base: 'dc=x', attributes: [] }
  const follower = new Follower(settings, { clock, connect, random: () => chance }, events)
  const pauses: number[] = []
  follower.start(undefined)
  while (pauses.length < 9) {
    await waiting.at(-1)?.promise
    waiting.push(Promise.withResolvers<void>())
    pauses.push(clock.untilNext ?? assert.fail())
    clock.advance(clock.untilNext ?? 0)
  }
  follower.close()
  return pauses
}

test('pauses grow to a bound, and chance spreads them over their second half', async () => {
  const [least, most] = [await pausesWith(0), await pausesWith(0.999_999)]
  assert.deepEqual(least, [125, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000])
  assert.deepEqual(
    most,
    least.map((millis) => millis * 2),
  )
})

// Why this file exists: too many removals at once are a fault of somebody, and are held until a person decides (HOSTILE 39).
import assert from 'node:assert/strict'
import { heldFault, systemClock } from '#ldap-sync'
import type { Bench } from '../bench.ts'
import type { WatchedSync } from '../watched-sync.ts'
import type { Promising } from './battery.ts'

/** As an administrator would, one after the other. */
async function removeMachines(bench: Bench, watched: WatchedSync): Promise<void> {
  const client = await bench.client()
  for (const { dn } of watched.machines) await client.delete(dn)
}

/** How many, once everything that is left is held. */
async function whatIsHeld(watched: WatchedSync): Promise<number> {
  const held = (): number => watched.state?.held.length ?? 0
  await watched.until('all that is left is held', () => {
    return held() > 0 && held() === watched.machines.length
  })
  return held()
}

export function guarding(promise: Promising): void {
  promise(
    'HOSTILE 39: a mass deletion is held, the old is served, and accepted when meant',
    async (bench) => {
      const names = Array.from({ length: 8 }, (_, at) => `n${at + 1}`)
      const dns: string[] = []
      for (const [at, label] of names.entries()) dns.push(await bench.machine(label, at + 1))
      const watched = await bench.live()
      const client = await bench.client()
      for (const dn of dns) await client.delete(dn)
      const held = await whatIsHeld(watched)
      // Those that came before the bound are gone; together with others they are not.
      assert.ok(held >= 3)
      assert.equal(watched.sync.acceptHeld(), held)
      assert.equal(watched.machines.length, 0)
      assert.equal(watched.state?.held.length, 0)
    },
  )

  promise(
    'HOSTILE 39: what is held survives a restart, and a refusal asks the server again',
    async (bench) => {
      const removals = { windowMillis: 60_000, countMax: 1, percentMax: 10 }
      const dns = [await bench.machine('n1', 1), await bench.machine('n2', 2)]
      const first = await bench.live({ removals })
      await first.sync.close()
      for (const dn of dns) await (await bench.client()).delete(dn)
      const second = await bench.live({ removals })
      assert.equal(second.state?.held.length, 2)
      await second.sync.close()
      const third = await bench.live({ removals })
      assert.equal(third.state?.held.length, 2)
      assert.equal(third.state?.heldSince, second.state?.heldSince)
      assert.equal(third.sync.rejectHeld(), 2)
      await bench.machine('n3', 3)
      await third.until('it has asked again', () => third.machine('n3') !== undefined)
      assert.equal(third.state?.held.length, 2)
      assert.equal(third.machines.length, 3)
    },
  )

  promise('HOSTILE 39: what is held is listed by DN, with when it began', async (bench) => {
    for (let at = 1; at <= 12; at += 1) await bench.machine(`n${at}`, at)
    const watched = await bench.live()
    const before = Date.now()
    await removeMachines(bench, watched)
    await whatIsHeld(watched)
    const { held = [], heldSince = 0 } = watched.state ?? {}
    for (const { dn } of held) assert.match(dn, /^cn=n\d+,ou=machines,/)
    assert.deepEqual(
      held.map(({ dn }) => dn).toSorted(),
      watched.machines.map(({ dn }) => dn).toSorted(),
    )
    assert.ok(heldSince >= before && heldSince <= Date.now())
    const fault = heldFault(watched.sync.state)
    assert.equal(fault?.code, 'CPC-LDAP-057')
    assert.match(fault.text.where, /^cn=n.*; and \d+ more$/)
  })

  promise('a held entry that comes back is released by itself, whoever made it', async (bench) => {
    for (let at = 1; at <= 12; at += 1) await bench.machine(`n${at}`, at)
    const watched = await bench.live()
    await removeMachines(bench, watched)
    await whatIsHeld(watched)
    const names = watched.machines.map((machine) => machine.name)
    for (const [at, label] of names.entries()) await bench.machine(label, 100 + at)
    await watched.until('nothing is held', () => watched.state?.held.length === 0)
    assert.deepEqual(watched.machines.map((machine) => machine.name).toSorted(), names.toSorted())
    assert.equal(watched.state?.heldSince, undefined)
  })

  promise('while something is held, a single removal is held too, however late', async (bench) => {
    for (let at = 1; at <= 12; at += 1) await bench.machine(`n${at}`, at)
    let later = 0
    const clock = { ...systemClock, now: () => systemClock.now() + later }
    const removals = { percentMax: 10, countMax: 1, windowMillis: 60_000 }
    const watched = await bench.live({ removals }, clock)
    const client = await bench.client()
    const dns = watched.machines.map(({ dn }) => dn)
    for (const dn of dns.slice(0, 6)) await client.delete(dn)
    await watched.until('some are held', () => (watched.state?.held.length ?? 0) >= 5)
    const before = watched.state?.held.length ?? 0
    later = 3_600_000
    await client.delete(dns[6] ?? '')
    await watched.until('one more is held', () => watched.state?.held.length === before + 1)
  })

  promise('our own removals never count as a mass deletion', async (bench) => {
    for (let at = 1; at <= 8; at += 1) await bench.machine(`n${at}`, at)
    const watched = await bench.live()
    for (const { dn } of watched.machines) await watched.sync.writer.remove(dn)
    await watched.until('all are gone', () => watched.machines.length === 0)
    assert.equal(watched.state?.held.length, 0)
  })
}

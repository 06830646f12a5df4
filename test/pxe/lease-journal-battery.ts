// Why this file exists: whatever keeps leases (SQLite, memory, one that fails on purpose) makes the same promises;
// this asks for each of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Lease, LeaseChange, LeaseJournal } from '#pxe'
import { ip, mac, start } from './dhcp-lab.ts'

/** A journal that can be closed and opened again on what it stored. */
export interface JournalUnderTest {
  readonly journal: LeaseJournal
  /** As after a crash: only what was synced is there. */
  reopen(): Promise<JournalUnderTest>
  close(): Promise<void>
}

export function leaseOf(last: number, more: Partial<Lease> = {}): Lease {
  return {
    address: ip(`10.77.0.${last}`),
    mac: mac(`52:54:00:aa:00:${last.toString(16).padStart(2, '0')}`),
    state: 'bound',
    source: 'pool',
    port: 'interface prov0',
    since: start,
    seconds: 600,
    ...more,
  }
}

export const keeping = (lease: Lease): LeaseChange => ({ kind: 'keep', lease })
export const dropping = (lease: Lease): LeaseChange => ({ kind: 'drop', address: lease.address })

const inOrder = (leases: readonly Lease[]): Lease[] =>
  leases.toSorted((one, other) => one.address - other.address)

/** Every promise of the interface, each as a test, on journals that `make` gives. */
export function leaseJournalBattery(name: string, make: () => Promise<JournalUnderTest>): void {
  function promise(sentence: string, check: (opened: JournalUnderTest) => Promise<void>): void {
    test(`${name}: ${sentence}`, async () => {
      const opened = await make()
      try {
        await check(opened)
      } finally {
        await opened.close()
      }
    })
  }

  promise('a new one holds nothing', async ({ journal }) => {
    assert.deepEqual(await journal.load(), [])
  })

  promise(
    'HOSTILE 32: what was appended is there after a restart, to the last field',
    async (opened) => {
      const whole = leaseOf(1, {
        clientId: '0102ff',
        source: 'directory',
        port: 'circuit Gi1/10;\'"',
      })
      const set = leaseOf(2, { state: 'quarantined' })
      await opened.journal.append([keeping(whole), keeping(set)])
      const again = await opened.reopen()
      assert.deepEqual(inOrder(await again.journal.load()), [whole, set])
      await again.close()
    },
  )

  promise('a later lease of an address takes the place of the earlier', async ({ journal }) => {
    await journal.append([keeping(leaseOf(1))])
    const newer = leaseOf(1, { mac: mac('52:54:00:bb:00:01'), seconds: 60 })
    await journal.append([keeping(newer)])
    assert.deepEqual(await journal.load(), [newer])
  })

  promise('a dropped lease is gone, and dropping what is not there is no error', async (opened) => {
    await opened.journal.append([keeping(leaseOf(1)), keeping(leaseOf(2))])
    await opened.journal.append([dropping(leaseOf(1)), dropping(leaseOf(9))])
    const again = await opened.reopen()
    assert.deepEqual(await again.journal.load(), [leaseOf(2)])
    await again.close()
  })

  promise(
    'changes count in their order, within one append and across many at once',
    async ({ journal }) => {
      await journal.append([keeping(leaseOf(1)), dropping(leaseOf(1)), keeping(leaseOf(2))])
      const rounds = Array.from({ length: 50 }, (_, round) => leaseOf(3, { seconds: 60 + round }))
      await Promise.all(rounds.map((lease) => journal.append([keeping(lease)])))
      assert.deepEqual(inOrder(await journal.load()), [leaseOf(2), leaseOf(3, { seconds: 109 })])
    },
  )

  promise('appending nothing is no error', async ({ journal }) => {
    await journal.append([])
    assert.deepEqual(await journal.load(), [])
  })
}

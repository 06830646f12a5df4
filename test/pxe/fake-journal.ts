// Why this file exists: DHCP's tests need a journal that remembers, one that fails when told to, and one that takes
// its time.
import type { Ip4 } from '#directory'
import type { Lease, LeaseChange, LeaseJournal } from '#pxe'
import type { JournalUnderTest } from './lease-journal-battery.ts'

export interface FakeJournal extends LeaseJournal {
  /** The disk is full while this holds. */
  isBroken: boolean
  readonly appended: LeaseChange[]
  /** What the next appends wait for. */
  gate: Promise<void>
}

export function fakeJournal(stored = new Map<Ip4, Lease>()): FakeJournal {
  return {
    isBroken: false,
    appended: [],
    gate: Promise.resolve(),
    async append(changes) {
      await this.gate
      if (this.isBroken) throw new Error('ENOSPC: no space left on device')
      for (const change of changes) {
        this.appended.push(change)
        if (change.kind === 'keep') stored.set(change.lease.address, change.lease)
        else stored.delete(change.address)
      }
    },
    load: () => Promise.resolve([...stored.values()]),
  }
}

export function fakeUnderTest(stored = new Map<Ip4, Lease>()): JournalUnderTest {
  return {
    journal: fakeJournal(stored),
    reopen: () => Promise.resolve(fakeUnderTest(stored)),
    close: () => Promise.resolve(),
  }
}

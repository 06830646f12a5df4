// Why this file exists: the battery is itself worth nothing unless the fake passes it and a broken journal does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeJournal, fakeUnderTest } from '../fake-journal.ts'
import { keeping, leaseJournalBattery, leaseOf } from '../lease-journal-battery.ts'

leaseJournalBattery('a journal in memory', () => Promise.resolve(fakeUnderTest()))

test('a broken journal rejects, stores nothing, and works again once it is whole', async () => {
  const journal = fakeJournal()
  journal.isBroken = true
  await assert.rejects(journal.append([keeping(leaseOf(1))]), /ENOSPC/)
  assert.deepEqual(await journal.load(), [])
  journal.isBroken = false
  await journal.append([keeping(leaseOf(1))])
  assert.equal((await journal.load()).length, 1)
})

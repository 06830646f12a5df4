// Why this file exists: a commit waits 0.1 to 5 ms for the disk, which the thread that answers packets cannot do.
import assert from 'node:assert/strict'
import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { connect, copyDatabase } from '../database.ts'
import { inTransaction } from '../migration.ts'
import { type Answer, type Change, isOrder, isSettings, type Order } from './change.ts'
import { type LeaseRowChange, leaseValues, putLeaseSql } from './lease-row.ts'

/** Does one change and says how many old sightings had to go for it. */
type Apply = (change: Change) => number

function applier(db: DatabaseSync, sightingRowsMax: number): Apply {
  const applyLease = leaseApplier(db)
  const append = db.prepare('INSERT INTO sighting (seq, content) VALUES (?, ?)')
  const forget = db.prepare('DELETE FROM sighting WHERE seq <= ?')
  return (change) => {
    switch (change.kind) {
      case 'lease':
        applyLease(change.change)
        return 0
      case 'append':
        append.run(change.seq, change.content)
        return Number(forget.run(change.seq - sightingRowsMax).changes)
      case 'forget':
        forget.run(change.upTo)
        return 0
    }
  }
}

function leaseApplier(db: DatabaseSync): (change: LeaseRowChange) => void {
  const keep = db.prepare(putLeaseSql)
  const drop = db.prepare('DELETE FROM lease WHERE address = ?')
  return (change) => {
    if (change.kind === 'keep') keep.run(...leaseValues(change.lease))
    else drop.run(change.address)
  }
}

function obey(db: DatabaseSync, apply: Apply, order: Order): Answer {
  try {
    if (order.kind === 'copy') {
      copyDatabase(db, order.target)
      return { kind: 'done', dropped: 0 }
    }
    const dropped = inTransaction(db, () =>
      order.changes.reduce((sum, change) => sum + apply(change), 0),
    )
    return { kind: 'done', dropped }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', why }
  }
}

function serve(port: MessagePort): void {
  const settings: unknown = workerData
  assert(isSettings(settings))
  const db = connect(settings.path)
  db.exec(`PRAGMA max_page_count = ${settings.pageCountMax}`)
  const apply = applier(db, settings.sightingRowsMax)
  const answer = (message: Answer) => port.postMessage(message)
  port.on('message', (message: unknown) => {
    if (isOrder(message)) return answer(obey(db, apply, message))
    assert.equal(message, 'close')
    db.close()
    port.close()
  })
  answer({ kind: 'ready' })
}

if (parentPort) serve(parentPort)

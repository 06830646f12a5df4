// Why this file exists: each form of a database that a release ever wrote opens in this one with its rows.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import {
  coreSchema,
  latestVersion,
  migrate,
  openCoreStore,
  type Schema,
  wireSchema,
  WireStore,
} from '#store'
import { leaseNumber } from './lease.ts'
import { now, scratchFolder } from './scratch.ts'

/** Rows as each released form held them, one list per form. A new form adds its line here. */
const wireRows = [
  `INSERT INTO lease VALUES (172818433, '02:00:00:00:00:01', 'bound', 'pool', '01020304', 'prov0',
     1700000000001, 12.5, 'boot-1', 3600)`,
  `INSERT INTO lease VALUES (172818433, '02:00:00:00:00:01', 'bound', 'pool', '01020304', 'prov0',
     1700000000001, 12.5, 'boot-1', 3600)`,
]
const coreRows = [
  `INSERT INTO zone_serial VALUES ('cluster.test', 7)`,
  `INSERT INTO zone_serial VALUES ('cluster.test', 7);
   INSERT INTO reservation VALUES ('physics', 'hpl', '{}')`,
]

interface Form {
  readonly schema: Schema
  readonly version: number
  readonly rows: string
}

function fixture(path: string, { schema, version, rows }: Form): void {
  const db = new DatabaseSync(path)
  migrate(db, schema, version)
  db.exec(rows)
  db.close()
}

test('every form of the wire database opens with its leases', async (t) => {
  assert.equal(wireRows.length, latestVersion(wireSchema))
  for (const [index, rows] of wireRows.entries()) {
    const path = join(scratchFolder(t), `form-${index + 1}.db`)
    fixture(path, { schema: wireSchema, version: index + 1, rows })
    await using store = await WireStore.open({ path, now, onAlarm: (alarm) => assert.fail(alarm) })
    assert.deepEqual(await store.leases.load(), [leaseNumber(1)])
  }
})

test('every form of the core database opens with its serials', (t) => {
  assert.equal(coreRows.length, latestVersion(coreSchema))
  for (const [index, rows] of coreRows.entries()) {
    const path = join(scratchFolder(t), `form-${index + 1}.db`)
    fixture(path, { schema: coreSchema, version: index + 1, rows })
    using store = openCoreStore(path, now)
    assert.equal(store.serials.last('cluster.test'), 7)
  }
})

// Why this file exists: an upgrade loses nothing, and damage is never answered with an empty database.
import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { copyDatabase, copyPath, latestVersion, migrate, openDatabase, type Schema } from '#store'
import { now, scratchFolder } from './scratch.ts'

const toy: Schema = {
  applicationId: 0x544f_5931,
  migrations: [
    { version: 1, what: 'things', sql: 'CREATE TABLE thing (name TEXT PRIMARY KEY)' },
    { version: 2, what: 'colours', sql: "ALTER TABLE thing ADD COLUMN colour TEXT DEFAULT 'grey'" },
    { version: 3, what: 'sizes', sql: 'ALTER TABLE thing ADD COLUMN size INTEGER DEFAULT 7' },
  ],
}

function names(db: DatabaseSync): readonly unknown[] {
  return db
    .prepare('SELECT name FROM thing ORDER BY name')
    .all()
    .map((row) => row['name'])
}

/** A database with enough rows to have pages in the middle that can be damaged. */
function filled(t: TestContext, copied: boolean): string {
  const path = join(scratchFolder(t), 'toy.db')
  const { db } = openDatabase(path, toy, now)
  const insert = db.prepare('INSERT INTO thing (name) VALUES (?)')
  db.exec('BEGIN')
  for (let n = 0; n < 500; n += 1) insert.run(`thing-${String(n).padStart(40, '0')}`)
  db.exec('COMMIT')
  if (copied) copyDatabase(db, copyPath(path))
  db.close()
  return path
}

for (const version of [1, 2, 3]) {
  test(`what a release of form ${version} wrote is there in the newest form`, (t) => {
    const path = join(scratchFolder(t), 'toy.db')
    const old = new DatabaseSync(path)
    migrate(old, toy, version)
    old.prepare('INSERT INTO thing (name) VALUES (?)').run('kept')
    old.close()
    const { db, recovered } = openDatabase(path, toy, now)
    assert.equal(recovered, undefined)
    assert.deepEqual(
      { ...db.prepare('SELECT * FROM thing').get() },
      {
        name: 'kept',
        colour: 'grey',
        size: 7,
      },
    )
    db.close()
    assert.equal(existsSync(`${path}.before-version-3`), version < 3)
  })
}

test('a step of an upgrade that fails leaves the database as it was before that step', (t) => {
  const path = filled(t, false)
  const broken: Schema = {
    ...toy,
    migrations: [
      ...toy.migrations,
      { version: 4, what: 'weights', sql: 'DELETE FROM thing; SELECT no_such_function()' },
    ],
  }
  assert.throws(() => openDatabase(path, broken, now), { code: 'CPC-STO-005' })
  const { db } = openDatabase(path, toy, now)
  assert.equal(names(db).length, 500)
  db.close()
})

test('a database of a newer release is refused and not touched', (t) => {
  const path = filled(t, true)
  const older: Schema = { ...toy, migrations: toy.migrations.slice(0, 2) }
  const before = statSync(path).mtimeMs
  assert.throws(() => openDatabase(path, older, now), { code: 'CPC-STO-002' })
  assert.equal(statSync(path).mtimeMs, before)
  assert.equal(latestVersion(older), 2)
})

test('a sound database of another kind is refused and not touched', (t) => {
  const path = filled(t, true)
  assert.throws(() => openDatabase(path, { ...toy, applicationId: 1 }, now), {
    code: 'CPC-STO-010',
  })
  assert.ok(existsSync(path))
})

test('a database is readable by its owner only, and so are its copies', (t) => {
  const path = filled(t, true)
  for (const file of [path, copyPath(path)]) assert.equal(statSync(file).mode & 0o777, 0o600)
})

/** Each leaves a file (or none) that must not be trusted. */
const damages = {
  'text in place of a header': (path: string) => writeFileSync(path, 'not a database'.repeat(1000)),
  'an empty file': (path: string) => truncateSync(path, 0),
  'half of a header': (path: string) => truncateSync(path, 50),
  'a file cut in a page': (path: string) => truncateSync(path, 10_000),
  'a file cut between pages': (path: string) => truncateSync(path, 8192),
  'pages overwritten in the middle': (path: string) => overwrite(path, 8192, 12_000),
  'no file, where its copy is': (path: string) => rmSync(path),
} as const

function overwrite(path: string, from: number, bytes: number): void {
  assert.ok(statSync(path).size > from + bytes)
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, from)
  closeSync(file)
}

for (const [what, damage] of Object.entries(damages)) {
  test(`HOSTILE 35: ${what} is found at start, and the last good copy is served`, (t) => {
    const path = filled(t, true)
    damage(path)
    const { db, recovered } = openDatabase(path, toy, now)
    assert.equal(recovered?.code, 'CPC-STO-004')
    assert.equal(names(db).length, 500)
    db.close()
    assert.equal(openAgain(path), undefined)
  })

  test(`HOSTILE 35: ${what} and no good copy is never an empty start, now or the next time`, (t) => {
    const path = filled(t, true)
    damage(path)
    truncateSync(copyPath(path), 5000)
    for (const time of ['first', 'second']) {
      assert.throws(() => openDatabase(path, toy, now), { code: 'CPC-STO-003' }, time)
    }
  })
}

function openAgain(path: string): unknown {
  const { db, recovered } = openDatabase(path, toy, now)
  db.close()
  return recovered
}

test('HOSTILE 35: the damaged file is kept under a name with the date', (t) => {
  const path = filled(t, true)
  truncateSync(path, 10_000)
  assert.notEqual(openAgain(path), undefined)
  const kept = readdirSync(join(path, '..')).filter((file) =>
    /\.damaged-[^-]*-[^-]*-[^-]*$/.test(file),
  )
  assert.deepEqual(kept, ['toy.db.damaged-2026-11-21T000000.000Z'])
})

test('HOSTILE 35: the log of a damaged file is kept with it and not replayed into the copy', (t) => {
  const path = filled(t, true)
  const { db } = openDatabase(path, toy, now)
  db.exec("INSERT INTO thing (name) VALUES ('after the copy')")
  const log = readFileSync(`${path}-wal`)
  assert.ok(log.length > 0)
  db.close()
  writeFileSync(path, 'not a database'.repeat(1000))
  writeFileSync(`${path}-wal`, log)
  const opened = openDatabase(path, toy, now)
  assert.equal(opened.recovered?.code, 'CPC-STO-004')
  assert.equal(names(opened.db).includes('after the copy'), false)
  assert.equal(names(opened.db).length, 500)
  opened.db.close()
  assert.deepEqual(readFileSync(`${path}.damaged-2026-11-21T000000.000Z-wal`), log)
})

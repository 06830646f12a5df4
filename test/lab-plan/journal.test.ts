// Why this file exists: after a crash the journal is all that is known of a rack, and a process id in it may belong to
// somebody else by now.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { journalPath, note, parseEntry, readJournal } from '../../src/lab/journal.ts'
import { end, isAlive, markOf, signal } from '../../src/lab/processes.ts'
import { standing, takeDown } from '../../src/lab/rack.ts'

function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-journal-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('what was noted is read back in order, and a line cut off by a crash is passed over', () => {
  withFolder((folder) => {
    note(folder, { kind: 'namespace', name: 'unit-app' })
    note(folder, { kind: 'process', what: 'image build', pid: 7, started: '123' })
    note(folder, { kind: 'kept' })
    appendFileSync(journalPath(folder), '{"kind":"namesp')
    assert.deepEqual(readJournal(folder), [
      { kind: 'namespace', name: 'unit-app' },
      { kind: 'process', what: 'image build', pid: 7, started: '123' },
      { kind: 'kept' },
    ])
  })
})

test('no text in a journal throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void parseEntry(line)))
})

for (const [sentence, entries, kind] of [
  ['no journal: no rack', [], 'nothing'],
  [
    'a run that is gone and said nothing has crashed',
    [{ kind: 'run', pid: 1, started: 'never' }],
    'crashed',
  ],
  [
    'a run that is gone and was to be kept is kept',
    [{ kind: 'run', pid: 1, started: 'never' }, { kind: 'kept' }],
    'kept',
  ],
] as const) {
  test(sentence, () => {
    withFolder((folder) => {
      for (const entry of entries) note(folder, entry)
      assert.equal(standing(folder).kind, kind)
    })
  })
}

test('a run that lives is known by id and start time together', () => {
  withFolder((folder) => {
    const parent = markOf(process.ppid)
    assert.ok(parent !== undefined)
    note(folder, { kind: 'run', ...parent })
    assert.equal(standing(folder).kind, 'running')
  })
})

test('a process whose id has come round again is not killed for the one that had it before', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await once(child, 'spawn')
  const mark = markOf(child.pid ?? 0)
  assert.ok(mark !== undefined)
  signal({ ...mark, started: '1' }, 'SIGKILL')
  assert.ok(isAlive(mark))
  await end([mark], 2000)
  assert.ok(!isAlive(mark))
})

test('taking away what is not there does nothing and says nothing', async () => {
  assert.deepEqual(await takeDown('/nonexistent/coppice-unit', 'everything'), [])
})

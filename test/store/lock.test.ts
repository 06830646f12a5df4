// Why this file exists: one appliance per data directory, whatever way the last one ended.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '#fault'
import { lockDataDirectory } from '#store'
import { scratchFolder } from './scratch.ts'

function isConflict(error: unknown, pid: number | undefined): boolean {
  assert.ok(error instanceof Fault)
  assert.equal(error.code, 'CPC-STO-001')
  assert.equal(error.entry.exit, 'conflict')
  assert.match(error.text.why, new RegExp(`process ${pid}\\b`))
  return true
}

test('HOSTILE 44: the second appliance on one data directory is refused and told who holds it', (t) => {
  const dir = scratchFolder(t)
  using held = lockDataDirectory(dir)
  assert.ok(held)
  assert.throws(
    () => lockDataDirectory(dir),
    (error) => isConflict(error, process.pid),
  )
})

test('HOSTILE 44: a data directory is free again after a clean end', (t) => {
  const dir = scratchFolder(t)
  lockDataDirectory(dir)[Symbol.dispose]()
  using again = lockDataDirectory(dir)
  assert.ok(again)
})

test('HOSTILE 44: the lock of another process holds while it lives and is free after kill -9', async (t) => {
  const dir = scratchFolder(t)
  const program = join(import.meta.dirname, 'programs/hold-lock.ts')
  const holder = spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  assert.throws(
    () => lockDataDirectory(dir),
    (error) => isConflict(error, holder.pid),
  )
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  using mine = lockDataDirectory(dir)
  assert.ok(mine)
})

test('a data directory that is not there is a fault with a reason, not a crash', (t) => {
  assert.throws(() => lockDataDirectory(join(scratchFolder(t), 'absent')), { code: 'CPC-STO-009' })
})

// Why this file exists: the keeper is what stands between one crash and a dead rack; its patience and its end are tested.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Fault } from '#fault'
import { eventually } from '../eventually.ts'
import { Child, type ChildSpec, deathsMax } from '../../src/serve/child.ts'

const idle = 'setInterval(() => undefined, 1000)'

function childOf(t: TestContext, script: string, more: Partial<ChildSpec> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-child-'))
  const pidFile = join(folder, 'it.pid')
  const lines: string[] = []
  const heard = Promise.withResolvers<void>()
  const givenUp = Promise.withResolvers<Fault>()
  const child = new Child(
    {
      name: 'it',
      argv: [process.execPath, '-e', script],
      pidFile,
      ready: 'message',
      readyDeadlineMs: 10_000,
      ...more,
    },
    {
      log(line) {
        lines.push(line)
        heard.resolve()
      },
      onGivenUp: givenUp.resolve,
    },
  )
  t.after(async () => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    child,
    lines,
    heard: heard.promise,
    givenUp: givenUp.promise,
    pid: () => Number(readFileSync(pidFile, 'utf8')),
  }
}

test('a child that says ready is ready, and its pid is in its file', async (t) => {
  const { child, pid } = childOf(t, `process.send('ready'); ${idle}`)
  await child.start()
  assert.doesNotThrow(() => process.kill(pid(), 0))
})

test('a child that cannot start hands up its own fault', async (t) => {
  const text = { what: 'w', where: 'x', why: 'y', todo: 'z' }
  const { child } = childOf(
    t,
    `process.send(${JSON.stringify({ code: 'CPC-NET-001', text })}); ${idle}`,
  )
  await assert.rejects(
    child.start(),
    (fault) => fault instanceof Fault && fault.code === 'CPC-NET-001',
  )
})

test('a child that ends before it is ready is a fault that names it', async (t) => {
  const { child } = childOf(t, '')
  await assert.rejects(child.start(), /it ended before it was ready/)
})

test('a child that is killed is started again, and said so', async (t) => {
  const { child, heard, lines, pid } = childOf(t, `process.send('ready'); ${idle}`)
  await child.start()
  const first = pid()
  process.kill(first, 'SIGKILL')
  await heard
  assert.match(lines[0] ?? '', /ended with signal SIGKILL; starting it again/)
  await eventually('it is started again', () => pid() !== first)
})

test(
  'a child that keeps dying ends the appliance with a reason, not in a loop',
  { timeout: 110_000 },
  async (t) => {
    const { child, givenUp, lines } = childOf(t, "process.send('ready', () => process.exit(3))")
    await child.start()
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const rushing = setInterval(() => t.mock.timers.tick(10_000), 5)
    const fault = await givenUp
    clearInterval(rushing)
    assert.equal(fault.code, 'CPC-SRV-003')
    assert.equal(lines.length, deathsMax - 1)
  },
)

test('a child that was stopped stays so', async (t) => {
  const { child, lines } = childOf(t, `process.send('ready'); ${idle}`)
  await child.start()
  await child.stop()
  assert.deepEqual(lines, [])
})

test('what is to be done before each start is done, and its failure counts as a death', async (t) => {
  const begun: number[] = []
  const beforeStart = () => {
    begun.push(begun.length)
    return begun.length === 2 ? Promise.reject(new Error('not yet')) : Promise.resolve()
  }
  const { child, lines, pid } = childOf(t, `process.send('ready'); ${idle}`, { beforeStart })
  await child.start()
  const first = pid()
  process.kill(first, 'SIGKILL')
  await eventually('it is started again', () => pid() !== first)
  assert.equal(begun.length, 3)
  assert.match(lines[1] ?? '', /could not begin \(not yet\); starting it again in 200 ms/)
})

test('a child that may start later does not keep the others waiting, and goes on being tried', async (t) => {
  let tries = 0
  const beforeStart = () => {
    tries += 1
    return tries < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()
  }
  const more = { beforeStart, mayStartLater: true }
  const { child, lines, pid } = childOf(t, `process.send('ready'); ${idle}`, more)
  await child.start()
  assert.match(lines.join('\n'), /warning: for now without it/)
  await eventually('it is tried again', () => tries === 3)
  await setImmediate()
  assert.doesNotThrow(() => process.kill(pid(), 0))
})

test('a child whose pid cannot be written down runs all the same', async (t) => {
  const more = { pidFile: '/nowhere/it.pid' }
  const { child, lines } = childOf(t, `process.send('ready'); ${idle}`, more)
  await child.start()
  assert.match(lines[0] ?? '', /runs without its pid file/)
})

test('what must not happen while it runs happens in between, and it is started again', async (t) => {
  const { child, pid, lines } = childOf(t, `process.send('ready'); ${idle}`)
  await child.start()
  const before = pid()
  await child.whileStopped(() => assert.throws(() => process.kill(before, 0)))
  assert.notEqual(pid(), before)
  assert.doesNotThrow(() => process.kill(pid(), 0))
  const failing = child.whileStopped(() => {
    throw new Error('no room')
  })
  await assert.rejects(failing, /no room/)
  assert.doesNotThrow(() => process.kill(pid(), 0))
  assert.deepEqual(lines, [])
})

test('one that is about to be started again after its death is started once', async (t) => {
  const { child, pid, heard } = childOf(t, `process.send('ready'); ${idle}`)
  await child.start()
  process.kill(pid(), 'SIGKILL')
  await heard
  await child.whileStopped(() => undefined)
  const only = pid()
  await child.whileStopped(() => assert.throws(() => process.kill(only, 0)))
})

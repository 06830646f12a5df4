// Why this file exists: a rack whose run was killed in the middle must go without a trace, and nobody may raise a second
// one over a first. With real namespaces and the real keeper, but no machine switched on.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { labCommand } from '#lab'
import { isAlive, processesIn } from '../../src/lab/processes.ts'
import { needs, needsRoot } from '../needs.ts'

const rack = `unit-${process.pid}`
const namespaces = [`${rack}-app`, `${rack}-rack`]

async function raised(state: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'raise-rack.ts')
  const child = spawn(process.execPath, [program, rack, state], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said: readonly unknown[] = await once(child.stdout, 'data')
  assert.equal(String(said[0]), 'up\n')
  return child
}

async function command(
  verb: 'up' | 'down' | 'status',
  state: string,
): Promise<{ exit: number; said: string }> {
  const said: string[] = []
  const hear = (line: string): void => void said.push(line)
  const exit = await labCommand(verb, { rack, state }, { out: hear, err: hear })
  return { exit, said: said.join('\n') }
}

const wanted = {
  ...needs('iproute2', '/bin/ip'),
  ...needs('openipmi', '/usr/bin/ipmi_sim'),
  ...needs('the lab (see "coppice lab")', '/usr/sbin/dnsmasq', '/usr/bin/tcpdump', '/usr/bin/dig'),
  ...needsRoot(),
  timeout: 60_000,
}

test(
  'a run killed in the middle is taken away by down, and leaves no namespace, process or file',
  wanted,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coppice-rack-'))
    const state = join(folder, 'rack')
    try {
      const run = await raised(state)
      const again = await command('up', state)
      assert.equal(again.exit, 5, again.said)
      assert.match(again.said, new RegExp(`a run is at work on it \\(process ${run.pid}\\)`))
      run.kill('SIGKILL')
      await once(run, 'exit')
      assert.equal((await command('status', state)).exit, 0)
      const inside = namespaces.flatMap(processesIn)
      assert.ok(inside.length >= 2, 'the keeper and ipmi_sim outlive the run')
      const down = await command('down', state)
      assert.equal(down.exit, 0, down.said)
      assert.deepEqual(
        namespaces.filter((name) => existsSync(`/run/netns/${name}`)),
        [],
      )
      assert.deepEqual(inside.filter(isAlive), [])
      assert.ok(!existsSync(state))
      assert.equal((await command('status', state)).exit, 3)
    } finally {
      await command('down', state)
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

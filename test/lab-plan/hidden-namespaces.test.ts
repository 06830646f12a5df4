// Why this file exists: the appliance of a rack keeps the namespaces of VOs among mounts of its own; what runs in them must be
// found and ended with the rack all the same. With real namespaces.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { commandOf, end, isAlive, processesBelow, processesIn } from '../../src/lab/processes.ts'
import { needs, needsRoot } from '../needs.ts'

const outer = `hidden-${process.pid}`
const program = [
  'mount -t tmpfs tmpfs /run/netns',
  'ip netns add inner',
  'ip netns exec inner sleep 60 & echo up; wait',
].join(' && ')

test(
  'a process in a namespace that only the appliance can name is found with the rack',
  { ...needs('iproute2', '/bin/ip'), ...needsRoot(), timeout: 20_000 },
  async () => {
    execFileSync('ip', ['netns', 'add', outer])
    const argv = ['netns', 'exec', outer, 'sh', '-c', program]
    const child = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(child.stdout, 'data')
      assert.ok(!processesIn(outer).some(({ pid }) => commandOf(pid) === 'sleep 60'))
      await assertFound()
    } finally {
      await end(processesBelow(outer), 2000)
      child.kill('SIGKILL')
      execFileSync('ip', ['netns', 'delete', outer])
    }
  },
)

async function assertFound(): Promise<void> {
  const deadline = performance.now() + 10_000
  const hidden = () => processesBelow(outer).find(({ pid }) => commandOf(pid) === 'sleep 60')
  // The shell says that it is up before the program below it has entered its namespace.
  while (hidden() === undefined && performance.now() < deadline) await new Promise(setImmediate)
  const found = hidden()
  assert.ok(found !== undefined)
  await end(processesBelow(outer), 2000)
  assert.ok(!isAlive(found))
}

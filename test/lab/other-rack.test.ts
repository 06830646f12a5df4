// Why this file exists: nothing of the way from power button to host may hang on the lab's default names, numbers or
// networks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labCommand } from '#lab'
import { needsRoot } from '../needs.ts'

const minutesMax = 25

test(
  'four machines with other MACs, in another domain and network, become hosts',
  { ...needsRoot(), timeout: minutesMax * 60_000 },
  async () => {
    const said: string[] = []
    const hear = (line: string): void => void said.push(line)
    const flags = {
      rack: 'coppice-other',
      machines: 4,
      domain: 'other.example',
      network: '172.29.16.0/22',
      macPrefix: '02:c0:de',
      deadline: 1200,
      until: 'ready',
    }
    const exit = await labCommand('up', flags, { out: hear, err: hear })
    assert.equal(exit, 0, said.join('\n'))
  },
)

// Why this file exists: the parts of hands that need no world: what counts as a change, what a shell is sent, and what
// happens to those who wait.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { procedures } from '#libvirt'
import { countedHost, type HostCalls, Writes } from '../../../src/core/clusters/hands/counted.ts'
import { programs, scriptOf } from '../../../src/core/clusters/hands/program.ts'
import { Turns } from '../../../src/core/clusters/hands/turns.ts'
import { definition } from '../../vocluster/samples.ts'
import { facts, handsOf, host, hostName, lifeOf, stepPlace } from './hands-bench.ts'

const { signal } = new AbortController()

test('a call that may change something is counted, also when it fails; a question is not', async () => {
  const writes = new Writes()
  const failing: HostCalls = { call: () => Promise.reject(new Error('no')) }
  const calls = countedHost(failing, { writes, signal, deadlineMs: 1 })
  await assert.rejects(calls.call(procedures.nodeGetInfo, {}))
  assert.equal(writes.libvirt, 0)
  await assert.rejects(calls.call(procedures.nwfilterDefineXml, { xml: '' }))
  assert.equal(writes.libvirt, 1)
})

test('what was given up asks a host for nothing more', async () => {
  const writes = new Writes()
  const never: HostCalls = { call: () => assert.fail('it was asked') }
  const calls = countedHost(never, { writes, signal: AbortSignal.abort(), deadlineMs: 1 })
  await assert.rejects(calls.call(procedures.nwfilterDefineXml, { xml: '' }), {
    code: 'CPC-VCN-001',
  })
  assert.equal(writes.libvirt, 0)
})

function shell(script: string): string {
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', stdio: 'pipe' })
}

test('each word of a command arrives on a host as that one word', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', "'", '"', '$', '`', '\\', ' ', '*', ';', '\n'),
  })
  fc.assert(
    fc.property(fc.array(word), word, (words, excuse) => {
      const script = scriptOf([{ argv: ['printf', '%s|', ...words], tolerated: `x${excuse}` }])
      const expected = words.length === 0 ? '|' : words.map((one) => `${one}|`).join('')
      assert.equal(shell(`${script}\nprintf %s "$said"`), expected)
    }),
    { numRuns: 30 },
  )
})

test('a command whose complaint means that it is so already does not stop those after it', () => {
  const failing = ['sh', '-c', 'echo "RTNETLINK answers: File exists" >&2; exit 2'] as const
  const after = { argv: ['touch', '/dev/null'] } as const
  assert.equal(shell(scriptOf([{ argv: failing, tolerated: 'File exists' }, after])), '')
  assert.throws(
    () => shell(scriptOf([{ argv: failing, tolerated: 'No such' }, after])),
    /File exists/,
  )
  assert.throws(() => shell(scriptOf([{ argv: failing }, after])), /File exists/)
})

test('a program that does not end is ended in time, and one that is missing says so', async () => {
  const late = await programs(20)(['sleep', '10'], signal)
  assert.deepEqual([late.ok, late.err], [false, 'it was stopped after 20 ms'])
  const missing = await programs(1000)(['/nonexistent/program'], signal)
  assert.match(missing.err, /ENOENT/)
})

test('a program speaks English, and knows nothing of our environment', async () => {
  const { out } = await programs(1000)(['/usr/bin/env'], signal)
  assert.deepEqual(
    out
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]),
    ['PATH', 'LC_ALL'],
  )
})

test('nothing is done on a host that is not ready', async () => {
  const action = { kind: 'prepare-host', host: hostName } as const
  for (const state of ['off', 'booting', 'failed', 'ready'] as const) {
    const hosts = { life: () => lifeOf(state), session: () => undefined, observe: () => undefined }
    await assert.rejects(handsOf({ hosts }).perform(action, stepPlace()), { code: 'CPC-VCN-002' })
  }
})

test('a step that was given up ends at once, whatever the host does', async () => {
  const busy: HostCalls = { call: () => new Promise(() => undefined) }
  const stop = new AbortController()
  const doing = withHost(busy).perform(
    { kind: 'define', host: hostName, definition: definition() },
    { ...stepPlace(), signal: stop.signal },
  )
  stop.abort()
  await assert.rejects(doing, { code: 'CPC-VCN-001' })
})

function withHost(calls: HostCalls, observeMs = 10_000, troubles: string[] = []) {
  return handsOf({
    onAway: (name, why) => void troubles.push(`${name}: ${why}`),
    hosts: {
      life: () => lifeOf('ready'),
      session: () => ({ facts, over: Promise.resolve(''), close: () => undefined }),
      observe: () => undefined,
    },
    reach: { connectionOf: () => calls, sshWords: () => ['true'] },
    authorizedKeyOf: () => Promise.resolve('ssh-ed25519 AAAA'),
    run: () => Promise.resolve({ ok: true, out: '', err: '' }),
    limits: { observeMs },
  })
}

for (const [sentence, calls, trouble] of [
  ['does not answer in time', { call: () => new Promise<never>(() => undefined) }, /n1: .*in time/],
  ['answers with an error', { call: () => Promise.reject(new Error('gone')) }, /n1: gone/],
] as const) {
  test(`a host that ${sentence} is away, and nothing of it is taken for what is there`, async () => {
    const troubles: string[] = []
    const { observed, hosts } = await withHost(calls, 20, troubles).observe()
    assert.match(troubles.join(), trouble)
    assert.deepEqual(
      hosts.map(({ name, presence }) => [name, presence]),
      [[host.name, 'away']],
    )
    assert.deepEqual([observed.domains, observed.overlays, observed.prepared], [[], [], []])
  })
}

test('those who take turns come one after the other, also after one that failed', async () => {
  const turns = new Turns()
  const seen: string[] = []
  const work = (word: string) => async (): Promise<void> => {
    seen.push(`${word} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(`${word} ends`)
    if (word === 'a') throw new Error('a failed')
  }
  const first = turns.take('x', work('a'))
  const second = turns.take('x', work('b'))
  await assert.rejects(first, /a failed/)
  await second
  await turns.take('y', work('c'))
  assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

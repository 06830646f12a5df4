// Why this file exists: QEMU stops a node in the middle when its disk gives an error; going on is worth a word only if it
// lasts, and what somebody else has paused is not ours to judge.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainState, pausedReason } from '#libvirt'
import { resume, stateOf } from '../../../src/core/clusters/hands/host-domain.ts'
import { definition } from '../../vocluster/samples.ts'
import { hostName } from './hands-bench.ts'
import { hostTelling, type ToldState } from './told-states.ts'

const { uuid, mark } = definition()
const which = { host: hostName, vcn: mark.vcn, uuid }
const limits = { steadyMs: 20, pauseMs: 1, signal: new AbortController().signal }

const running: ToldState = [domainState.running, 0]
const ioError: ToldState = [domainState.paused, pausedReason.ioError]

/** A host that shows one state after the other, and the last for ever. */
function hostShowing(...states: readonly ToldState[]) {
  const asked: string[] = []
  const left = [...states]
  const domain = { name: 'compute1.hpl.physics', uuid, id: 1 }
  const calls = hostTelling({
    domains: () => [[domain, running]],
    stateOf: () => (left.length > 1 ? left.shift() : left[0]) ?? running,
    onCall: (name) => void asked.push(name),
  })
  return { calls, resumes: () => asked.filter((name) => name === 'domainResume').length }
}

test('a node that QEMU has stopped goes on, and is looked at for a while', async () => {
  const { calls, resumes } = hostShowing(ioError, running)
  await resume(calls, which, limits)
  assert.equal(resumes(), 1)
})

test('one that stops again at once is told of, with libvirt’s reason', async () => {
  const { calls } = hostShowing(ioError, running, running, ioError)
  await assert.rejects(resume(calls, which, limits), (fault: unknown) => {
    assert.match(String(fault), /CPC-VCN-008 .*resumed and stopped again: its disk gave an error/)
    return true
  })
})

test('one that runs already is left alone', async () => {
  const { calls, resumes } = hostShowing(running)
  await resume(calls, which, limits)
  assert.equal(resumes(), 0)
})

for (const [sentence, seen, state, pause] of [
  ['whose disk failed has stopped by itself', ioError, 'paused', false],
  ['whose watchdog bit has stopped by itself', [3, pausedReason.watchdog], 'paused', false],
  ['that a person paused is as wanted', [3, pausedReason.user], 'paused', true],
  ['that sleeps is as wanted', [domainState.suspended, 0], 'paused', true],
  ['paused for a reason of a later libvirt is left alone', [3, 99], 'paused', true],
  ['that is just being started runs', [3, pausedReason.startingUp], 'running', undefined],
  ['that crashed is off', [domainState.crashed, 0], 'off', undefined],
] as const) {
  test(`a node ${sentence}`, async () => {
    const { calls } = hostShowing(seen)
    const now = await stateOf(calls, { name: 'x', uuid, id: 1 })
    assert.deepEqual([now.state, now.pause?.isWanted], [state, pause])
  })
}

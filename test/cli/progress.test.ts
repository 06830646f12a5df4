// Why this file exists: long work shows that it lives, with rate and remaining time, and never floods a log.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progressOn } from '../../src/cli/output/progress.ts'

function shownBy(isTerminal: boolean, steps: readonly (readonly [ms: number, done: number])[]) {
  const written: string[] = []
  let now = 0
  const io = {
    err: (line: string) => void written.push(line),
    errRaw: (text: string) => void written.push(text),
    isTerminal: { out: false, err: isTerminal, in: false },
  }
  const progress = progressOn(io, false, () => now)
  for (const [ms, done] of steps) {
    now = ms
    progress.show({ what: 'push', done, total: 100 * 2 ** 20, isBytes: true })
  }
  progress.end()
  return written
}

test('elsewhere than on a terminal there is a line at once and then one every ten seconds, with rate and rest', () => {
  const steps = Array.from({ length: 41 }, (_, at) => [at * 500, at * 2 ** 20] as const)
  assert.deepEqual(shownBy(false, steps), [
    'push      [........................] 0 %',
    'push      [#####...................] 20 %, 2.0 MiB/s, 40 s left',
    'push      [##########..............] 40 %, 2.0 MiB/s, 30 s left',
  ])
})

test('on a terminal one line is written over ten times a second at most, and taken away at the end', () => {
  const steps = Array.from({ length: 100 }, (_, at) => [at * 10, at * 2 ** 20] as const)
  const written = shownBy(true, steps)
  assert.equal(written.length, 11)
  assert.ok(written.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n')))
  assert.equal(written.at(-1), '\r\u001b[K')
})

test('nothing is shown to whoever wants quiet', () => {
  const io = {
    err: () => assert.fail(),
    errRaw: () => assert.fail(),
    isTerminal: { out: true, err: true, in: true },
  }
  const progress = progressOn(io, true, () => 0)
  progress.show({ what: 'push', done: 1, total: 2 })
  progress.end()
})

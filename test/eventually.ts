// Why this file exists: a process, a kernel or a wire tells nobody that it is done; asking again is bounded here, and
// leaves them the processor between two questions.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

/** No promise about speed: on a busy machine the kernel takes its time. */
const deadlineMs = 60_000
const askEveryMs = 10

export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, `${what}: not within ${deadlineMs} ms`)
    await pause(askEveryMs)
  }
}

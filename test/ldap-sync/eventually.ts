// Why this file exists: a child process tells nobody that it is ready; asking again is bounded here.
import { setTimeout as pause } from 'node:timers/promises'

const deadlineMillis = 10_000
const pauseMillis = 10

export async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + deadlineMillis
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMillis} ms: ${what}`)
    await pause(pauseMillis)
  }
}

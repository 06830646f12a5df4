// Why this file exists: a list may be looked at until somebody has seen enough; it is fetched at a bounded rate.
import { setTimeout as pause } from 'node:timers/promises'
import type { Call } from './call.ts'

export const refreshMs = 2000
const clearScreen = '\u001b[H\u001b[2J'

export interface WatchFlags {
  readonly watch?: boolean
}

/** Shows once, or again and again until `stop`. */
export async function showing(call: Call<WatchFlags>, show: () => Promise<void>): Promise<void> {
  const { io, flags } = call
  if (flags.watch !== true) return show()
  while (!io.stop.aborted) {
    if (io.isTerminal.out && flags.output === 'table') io.out(clearScreen)
    await show()
    await pause(refreshMs, undefined, { signal: io.stop }).catch(() => undefined)
  }
}

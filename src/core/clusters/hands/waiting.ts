// Why this file exists: whoever waits can be told to stop, and stops soon, whatever the other side is doing.
import { setTimeout as pause } from 'node:timers/promises'

/** The result of the work, or a rejection as soon as the signal is given; the work is not waited for then. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  why: () => Error,
): Promise<T> {
  const stopped = Promise.withResolvers<never>()
  const stop = (): void => stopped.reject(why())
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export interface Looking {
  readonly forMs: number
  readonly pauseMs: number
  readonly signal: AbortSignal
}

/** Looks again and again. False: it was not so in time, or the signal was given. */
export async function untilTrue(
  look: () => boolean | Promise<boolean>,
  { forMs, pauseMs, signal }: Looking,
): Promise<boolean> {
  const end = performance.now() + forMs
  while (!signal.aborted) {
    if (await look()) return true
    if (performance.now() >= end) return false
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  return false
}

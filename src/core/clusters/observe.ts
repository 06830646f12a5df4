// Why this file exists: a job looks again and again, and one look that fails is no reason to give up.
import { Fault } from '#fault'
import type { Observation } from './hands.ts'
import type { Job } from './job.ts'
import { note } from './progress.ts'
import { rest } from './rest.ts'
import type { Workshop } from './workshop.ts'

export async function observeSurely(job: Job, shop: Workshop): Promise<Observation> {
  const { parts, limits } = shop
  for (let tried = 1; ; tried += 1) {
    try {
      return await parts.hands.observe()
    } catch (error) {
      if (!(error instanceof Fault) || tried >= limits.attemptsMax) throw error
      note(job, shop, `looked again: ${error.message}`)
    }
    const delay = limits.retryDelayMs * 2 ** (tried - 1)
    await rest(parts, Math.min(delay, limits.retryDelayMsMax), job.signal)
  }
}

// Why this file exists: a host that does not answer is given time; then somebody makes sure that it is off. Until one of
// the two is so, none of its nodes is started elsewhere (HOSTILE 61).
import type { DnsName } from '#directory'
import { Fault } from '#fault'
import { unfencedFault } from './faults.ts'
import type { Fenced, Observation } from './hands.ts'
import type { Job } from './job.ts'
import type { EngineLimits } from './limits.ts'
import { observeSurely } from './observe.ts'
import { note, showDoing } from './progress.ts'
import { rest } from './rest.ts'
import type { Workshop } from './workshop.ts'

/** Before a host is fenced, however long each look takes. */
const looksMin = 3

/** `undefined`: it is back, or off for sure, or the job was ended; else why neither can be reached. */
export async function regainHost(
  host: DnsName,
  job: Job,
  shop: Workshop,
): Promise<Fault | undefined> {
  const { limits, parts } = shop
  showDoing(job, shop, [`wait for ${host}, which does not answer`])
  while ((job.awayMs.get(host) ?? 0) < limits.returnMsMax) {
    const since = parts.now()
    await rest(parts, limits.returnLookMs, job.signal)
    if (job.signal.aborted) return undefined
    const observation = await observeSurely(job, shop)
    countAway(observation, job, believableMs(parts.now() - since, limits))
    if (!job.awayMs.has(host)) {
      note(job, shop, `${host} did not answer for a while and is back`)
      return undefined
    }
  }
  return job.signal.aborted ? undefined : fence(host, job, shop)
}

/** A look at a silent host takes long, and that counts; but a clock that jumps does not fence anybody. */
function believableMs(elapsedMs: number, { returnMsMax, returnLookMs }: EngineLimits): number {
  return Math.min(Math.max(elapsedMs, returnLookMs), returnMsMax / looksMin)
}

function countAway({ hosts }: Observation, { awayMs }: Job, elapsedMs: number): void {
  const present = new Set(
    hosts.filter(({ presence }) => presence !== 'away').map(({ name }) => name),
  )
  for (const host of present) awayMs.delete(host)
  const away = hosts.filter(({ presence }) => presence === 'away').map(({ name }) => name)
  for (const host of new Set([...away, ...awayMs.keys()]))
    awayMs.set(host, (awayMs.get(host) ?? 0) + elapsedMs)
}

async function fence(host: DnsName, job: Job, shop: Workshop): Promise<Fault | undefined> {
  const { limits, parts } = shop
  const silentSeconds = Math.round((job.awayMs.get(host) ?? 0) / 1_000)
  if (job.fences >= limits.fencesMax)
    return unfencedFault(host, `this job has fenced ${job.fences} hosts already`, job.of)
  job.fences += 1
  showDoing(job, shop, [`make sure that ${host} is off`])
  const fenced = await fencedInTime(host, job, shop)
  if (job.signal.aborted) return undefined
  if (!fenced.ok) return unfencedFault(host, fenced.why, job.of)
  const text = `it did not answer for ${silentSeconds} s and is off now; its nodes are placed anew`
  note(job, shop, `${host}: ${text}`)
  parts.tell('alarm', host, text)
  return undefined
}

async function fencedInTime(host: DnsName, job: Job, shop: Workshop): Promise<Fenced> {
  const { parts, limits } = shop
  const over = new AbortController()
  const tooLong = async (): Promise<Fenced> => {
    await rest(parts, limits.fenceMsMax, AbortSignal.any([over.signal, job.signal]))
    return { ok: false, why: `no answer within ${limits.fenceMsMax / 1_000} s` }
  }
  try {
    return await Promise.race([parts.hands.fence(host), tooLong()])
  } catch (error) {
    if (error instanceof Fault) return { ok: false, why: error.message }
    throw error
  } finally {
    over.abort()
  }
}

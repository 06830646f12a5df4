// Why this file exists: one run of bent packets against one protocol, with what it cost; `npm test` makes a short one,
// `npm run soak -- fuzz` a long one.
import assert from 'node:assert/strict'
import { randomOf } from './random.ts'
import { packetsPerRound, type Round, type Target, type Verdict } from './target.ts'

export interface Figures {
  readonly packets: number
  readonly verdicts: Readonly<Record<Verdict, number>>
  readonly slowestMillis: number
  readonly bytesGrown: number
}

/** Of the processor, for one packet and all that comes of it: how busy the machine is elsewhere is not our matter. */
export const millisMax = 10
/** Compiling and collecting garbage come in between once; a slow packet is slow every time. */
const slowTriesMax = 3
/** Buffers of a few packets, freed or not. */
const bufferBytesMax = 16 * 1024 * 1024
const bytesGrownMax = 256 * 1024 * 1024
const packetsPerLook = 16

/**
 * The same for the same seed. Each round begins anew, so a packet that fails is found again by the round's seed and the
 * count of packets in it, which the error names.
 */
export async function fuzz(
  target: Target,
  seed: number,
  count: number,
  progress: (done: number) => void = () => undefined,
): Promise<Figures> {
  const verdicts = { refused: 0, silent: 0, answered: 0 }
  const before = process.memoryUsage.rss()
  let slowestMillis = 0
  for (let done = 0; done < count;) {
    const first = (seed + done) >>> 0
    const size = Math.min(packetsPerRound, count - done)
    const told = await hearRound(target, first, size)
    for (const verdict of told.verdicts) verdicts[verdict] += 1
    slowestMillis = Math.max(slowestMillis, told.slowestMillis)
    done += size
    progress(done)
  }
  const bytesGrown = process.memoryUsage.rss() - before
  assert.ok(bytesGrown < bytesGrownMax, `memory grew by ${bytesGrown} bytes`)
  return { packets: count, verdicts, slowestMillis, bytesGrown }
}

async function hearRound(target: Target, first: number, size: number) {
  const verdicts: Verdict[] = []
  let slowestMillis = 0
  const round = await target.round()
  let buffers = buffersHeld()
  try {
    for (let at = 0; at < size; at += 1) {
      const { verdict, millis } = await hearOne(target, round, first + at)
      slowestMillis = Math.max(slowestMillis, await surelySlow(target, first, at, millis))
      verdicts.push(verdict)
      if (at % packetsPerLook > 0) continue
      assert.ok(buffersHeld() - buffers < bufferBytesMax, 'a packet cost too much memory')
      buffers = buffersHeld()
    }
  } catch (cause) {
    const again = `npm run soak -- fuzz ${target.name} --seed ${first} --count ${verdicts.length + 1}`
    throw new Error(`${again}: ${String(cause)}`, { cause })
  } finally {
    await round.close?.()
  }
  return { verdicts, slowestMillis }
}

async function hearOne(target: Target, round: Round, seed: number) {
  const random = randomOf(seed >>> 0)
  const bytes = target.make(random)
  const began = process.cpuUsage()
  try {
    const verdict = await round.hear(bytes, random)
    const { user, system } = process.cpuUsage(began)
    return { verdict, millis: (user + system) / 1_000 }
  } catch (cause) {
    throw new Error(`${String(cause)} at ${Buffer.from(bytes).toString('hex')}`, { cause })
  }
}

/** Tries it again with those before it until it is fast, or proved to be slow. */
async function surelySlow(
  target: Target,
  first: number,
  at: number,
  millis: number,
): Promise<number> {
  let fastest = millis
  for (let tries = 0; fastest > millisMax && tries < slowTriesMax; tries += 1) {
    const round = await target.round()
    let last = 0
    for (let again = 0; again <= at; again += 1)
      last = (await hearOne(target, round, first + again)).millis
    await round.close?.()
    fastest = Math.min(fastest, last)
  }
  assert.ok(fastest <= millisMax, `a packet took ${fastest} ms, every time`)
  return fastest
}

function buffersHeld(): number {
  return process.memoryUsage().external
}

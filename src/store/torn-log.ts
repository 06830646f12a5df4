// Why this file exists: SQLite leaves out, in silence, what a crash cut off while it was written (HOSTILE 33). It was
// promised to nobody, but a person who looks for a lost record wants to know that it was there. (sqlite.org/fileformat2, 4)
import { readFileSync } from 'node:fs'
import { Fault } from '#fault'

const headerBytes = 32
const frameHeaderBytes = 24
const magicLittle = 0x377f_0682
const magicBig = 0x377f_0683

/** Looks before anything else opens the file, for that would make it whole. `undefined`: nothing was cut off. */
export function cutOffIn(path: string): Fault | undefined {
  let log: Uint8Array
  try {
    log = readFileSync(`${path}-wal`)
  } catch {
    // None is the rule; one that cannot be read is found by whoever opens the database.
    return undefined
  }
  const bytes = bytesCutOff(log)
  if (bytes === 0) return undefined
  return new Fault('CPC-STO-014', {
    what: `the last write was cut short: ${bytes} bytes of it were left out`,
    where: `${path}-wal`,
    why: 'the power went or the process was killed while it was written; nobody was told that it was done',
    todo: 'nothing; if the disk is said to keep what it acknowledged and did not, replace it',
  })
}

/** Bytes behind the last whole commit that belong to a commit of the same round; older rounds leave theirs behind. */
export function bytesCutOff(log: Uint8Array): number {
  if (log.length < headerBytes) return log.length
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength)
  const magic = view.getUint32(0)
  if (magic !== magicLittle && magic !== magicBig) return 0
  const pageBytes = view.getUint32(8)
  if (pageBytes === 0 || pageBytes % 8 !== 0) return 0
  const walk = { view, isLittle: magic === magicLittle }
  let sums: Sums = summed(walk, { start: 0, end: 24 }, [0, 0])
  const frameBytes = frameHeaderBytes + pageBytes
  let committed = headerBytes
  let at = headerBytes
  while (at + frameBytes <= log.length && isOfThisRound(view, at)) {
    sums = summed(walk, { start: at, end: at + 8 }, sums)
    sums = summed(walk, { start: at + frameHeaderBytes, end: at + frameBytes }, sums)
    if (view.getUint32(at + 16) !== sums[0] || view.getUint32(at + 20) !== sums[1]) break
    at += frameBytes
    // Only the last frame of a commit says how large the database is after it.
    if (view.getUint32(at - frameBytes + 4) !== 0) committed = at
  }
  const isTorn = at < log.length && (log.length - at < frameHeaderBytes || isOfThisRound(view, at))
  return isTorn ? log.length - committed : at - committed
}

/** Both salts of a frame are those of the header. */
function isOfThisRound(view: DataView, at: number): boolean {
  return (
    view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20)
  )
}

type Sums = readonly [number, number]

interface Walk {
  readonly view: DataView
  readonly isLittle: boolean
}

function summed(
  { view, isLittle }: Walk,
  { start, end }: { readonly start: number; readonly end: number },
  [first, second]: Sums,
): Sums {
  let one = first
  let other = second
  for (let at = start; at < end; at += 8) {
    one = (one + view.getUint32(at, isLittle) + other) >>> 0
    other = (other + view.getUint32(at + 4, isLittle) + one) >>> 0
  }
  return [one, other]
}

// Why this file exists: a start leaves megabytes behind that nobody needs, and after 100,000 entries have been read the heap
// is twice what is kept of them. Nobody collects what a quiet process has dropped, so it is done when the rush is over.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** So long after the last of a rush; half a second of standing still is then nobody's boot. */
const quietMs = 5_000

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/** To be told of each rush: memory is given back when there was none for a while. `tidy`: what else waits for such a moment. */
export function memoryGiver(tidy: () => void = nothing): () => void {
  let waiting: NodeJS.Timeout | undefined
  return () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      tidy()
      giveBack()
    }, quietMs)
    waiting.unref()
  }
}

function nothing(): void {
  // Most have nothing to tidy.
}

function giveBack(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (isCollect(collect)) collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

function isCollect(value: unknown): value is Collect {
  return typeof value === 'function'
}

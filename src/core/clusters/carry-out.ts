// Why this file exists: the steps of one plan, as many at once as places bear. After the first that fails nothing new is
// begun, and what runs may come to its end.
import { orderOf, type Step } from '#vocluster'
import { attempt, type Attempting, type StepFailure } from './attempt.ts'

export interface CarryingOut extends Omit<Attempting, 'abandoned'> {
  readonly onBegin: (step: Step) => void
  readonly onDone: (step: Step) => void
  readonly onEnd: (step: Step) => void
}

/** `undefined`: all is done. */
export function carryOut(
  steps: readonly Step[],
  course: CarryingOut,
): Promise<StepFailure | undefined> {
  const order = orderOf(steps, course.limits.steps)
  const abandon = new AbortController()
  const around: Attempting = { ...course, abandoned: abandon.signal }
  const { promise, resolve } = Promise.withResolvers<StepFailure | undefined>()
  let failure: StepFailure | undefined
  let [running, left] = [0, steps.length]
  const fail = (one: StepFailure): void => {
    failure ??= one
    abandon.abort()
  }
  const isOver = (): boolean => failure !== undefined || course.signal.aborted
  const begin = async (step: Step): Promise<void> => {
    const ended = await whole(step, around, course)
    running -= 1
    if (ended === undefined) {
      left -= 1
      order.done(step)
    } else {
      order.failed(step)
      fail(ended)
    }
    goOn()
  }
  const goOn = (): void => {
    for (const step of isOver() ? [] : order.take()) {
      running += 1
      void begin(step)
    }
    if (running > 0) return
    const [next] = steps
    if (left > 0 && !isOver() && next) fail(deadlock(next))
    const stopped = course.signal.aborted && left > 0 && next
    resolve(failure ?? (stopped ? { step: next, kind: 'stopped', why: 'it was ended' } : undefined))
  }
  goOn()
  return promise
}

function deadlock(step: Step): StepFailure {
  const cause = new Error('steps of a plan wait for each other')
  return { step, kind: 'bug', why: cause.message, cause }
}

/** With what is written down of it: that may fail too, when the disk is full. */
async function whole(
  step: Step,
  around: Attempting,
  { onBegin, onDone, onEnd }: CarryingOut,
): Promise<StepFailure | undefined> {
  try {
    onBegin(step)
    const failure = await attempt(step, around)
    if (failure === undefined) onDone(step)
    onEnd(step)
    return failure
  } catch (cause) {
    return { step, kind: 'bug', why: cause instanceof Error ? cause.message : String(cause), cause }
  }
}

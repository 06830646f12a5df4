// Why this file exists: wire and core begin and end alike: they say when they are ready, hand up the fault that kept
// them from it, and go when their keeper tells them or is gone.
import { flushCompileCache } from 'node:module'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { visible } from '#directory'
import { Fault } from '#fault'
import { memoryGiver } from './give-back.ts'

export interface ChildPlace {
  readonly configPath: string
  readonly dataDir: string
  readonly log: (line: string) => void
}

const stopDeadlineMs = 6_000

/** `start` resolves when it serves, with the way to stop it. */
export async function runChild(
  name: string,
  start: (place: ChildPlace) => Promise<() => Promise<void>>,
): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, data: { type: 'string' } },
  })
  // Standard output belongs to serve's one line.
  const logger = pino(
    { base: { process: name }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
  const place = {
    configPath: values.config ?? '',
    dataDir: values.data ?? '',
    // Lines quote what the directory and the wire say.
    log: (line: string) => logger.info(visible(line)),
  }
  let stop: (() => Promise<void>) | undefined
  const leave = (): void => {
    // A stop that hangs must not keep the ports from the next one.
    setTimeout(() => process.exit(1), stopDeadlineMs).unref()
    void Promise.resolve(stop?.()).then(() => process.exit(0))
  }
  process.once('SIGTERM', leave)
  process.once('disconnect', () => process.exit(1))
  try {
    stop = await start(place)
    process.send?.('ready')
    // A process that is killed writes nothing at its end, and just then the next start must be a quick one.
    setImmediate(flushCompileCache)
    memoryGiver()()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    logger.error(error.message)
    process.send?.({ code: error.code, text: error.text }, () => process.exit(1))
  }
}

// Why this file exists: the program that people start. What runs for years is started without the command line, everything
// else by it.
import { servePlace, startServing } from './main/serving.ts'

/** The whole of a terminal or pipe that went away: nobody is left to be told. */
const brokenPipe = 'EPIPE'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === brokenPipe) process.exit(0)
    throw error
  })
}

const { env } = process
const argv = process.argv.slice(2)
const place = servePlace(argv)
const failed = place && (await startServing(place, env).catch((error: unknown) => ({ error })))
if (place === undefined || failed !== undefined) {
  const { runCommandLine } = await import('./main/command-line.ts')
  process.exitCode = await runCommandLine(argv, { env, failed: failed?.error })
}

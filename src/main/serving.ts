// Why this file exists: the keeper runs for years and needs nothing of the command line. An order to serve that says all of
// it is carried out without one; whatever else was said is for the command line to read, or to refuse in its own words.
import { parseArgs } from 'node:util'

export interface ServePlace {
  readonly configPath: string
  readonly dataDir: string
}

/** `undefined`: this is no whole order to serve. */
export function servePlace([verb, ...words]: readonly string[]): ServePlace | undefined {
  if (verb !== 'serve') return undefined
  try {
    const { values } = parseArgs({
      args: words,
      options: { config: { type: 'string' }, data: { type: 'string' } },
    })
    const { config: configPath, data: dataDir } = values
    return configPath && dataDir ? { configPath, dataDir } : undefined
  } catch {
    return undefined // the command line says what is wrong with it
  }
}

/** Runs until a signal ends it; rejects with the fault that did. */
export async function startServing(
  { configPath, dataDir }: ServePlace,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { serve } = await import('../serve.ts')
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  await serve({
    configPath,
    dataDir,
    print: (line) => void process.stdout.write(`${line}\n`),
    log: (line) => void process.stderr.write(`${line}\n`),
    underSystemd: env['NOTIFY_SOCKET'] !== undefined,
    stop: stop.signal,
  })
}

// Why this file exists: a keeper that was killed leaves children that are still on their way out. Who starts again at
// once must neither find their ports taken nor stand beside them.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** They end by themselves within a moment; after this they are killed. */
const patienceMs = 5_000
const pollMs = 50

/** To be called with the lock held: then whoever runs from this data directory belongs to nobody. */
export async function endLeftovers(dataDir: string, log: (line: string) => void): Promise<void> {
  const runDir = join(dataDir, 'run')
  const files = readdirSync(runDir).filter((name) => name.endsWith('.pid'))
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    if (files.every((name) => leftoverIn(runDir, name, dataDir) === undefined)) break
    await pause(pollMs)
  }
  for (const name of files) {
    const pid = leftoverIn(runDir, name, dataDir)
    if (pid !== undefined) {
      log(`${name} names process ${pid}, left over from an earlier run: it is ended`)
      process.kill(pid, 'SIGKILL')
    }
    rmSync(join(runDir, name), { force: true })
  }
}

/** The pid in that file, when it runs and is ours: its command line names this data directory. */
function leftoverIn(runDir: string, name: string, dataDir: string): number | undefined {
  const pid = Number(textOf(join(runDir, name)))
  if (!Number.isInteger(pid) || pid < 2 || pid === process.pid) return undefined
  // A pid may have been given to somebody else since.
  const argv = textOf(`/proc/${pid}/cmdline`)
  return argv?.includes(dataDir) ? pid : undefined
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // gone: that is the answer
  }
}

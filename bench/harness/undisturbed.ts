// Why this file exists: on a machine that others use, a process waits longer for its turn than for its work. With real-time
// priority only what is measured is measured; everybody else stands still meanwhile, so it is asked for by name.
import { run } from './processes.ts'

const roundRobin = ['-r', '1'] as const
const ordinary = ['-o', '0'] as const

/** The command, before all others when that is wished. */
export function first(isUndisturbed: boolean, argv: readonly string[]): readonly string[] {
  return isUndisturbed ? ['chrt', ...roundRobin, ...argv] : argv
}

/** Every thread of these processes, while the work lasts. */
export async function undisturbed<T>(
  isUndisturbed: boolean,
  pids: readonly number[],
  work: () => Promise<T>,
): Promise<T> {
  if (!isUndisturbed) return work()
  const give = async ([policy, priority]: readonly [string, string]): Promise<void> => {
    for (const pid of pids) await run('chrt', '-a', policy, '-p', priority, String(pid))
  }
  await give(roundRobin)
  try {
    return await work()
  } finally {
    await give(ordinary)
  }
}

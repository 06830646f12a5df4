// Why this file exists: a process id alone names nobody, since ids come round again; with its start time it names one.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface ProcessMark {
  readonly pid: number
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly started: string
}

/** `undefined` when there is no such process, or only its zombie. */
export function markOf(pid: number): ProcessMark | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The program's name may hold blanks and brackets: fields count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

export function isAlive(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.started === mark.started
}

export function signal(mark: ProcessMark, name: NodeJS.Signals): void {
  if (!isAlive(mark)) return
  try {
    process.kill(mark.pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
  } catch {
    return '(gone)'
  }
}

/** Everything that runs in a named network namespace. */
export function processesIn(namespace: string): readonly ProcessMark[] {
  const wanted = namespaceId(namespace)
  return wanted === undefined ? [] : processesOf(new Set([`net:[${wanted}]`]))
}

/**
 * Everything that runs in a named namespace, or in one that a process there can name: the appliance keeps those of VOs
 * among its own mounts, where nobody else sees them.
 */
export function processesBelow(namespace: string): readonly ProcessMark[] {
  const inside = processesIn(namespace)
  const named = new Set(inside.flatMap(({ pid }) => namesOf(pid)))
  return [...inside, ...processesOf(named)]
}

function namesOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/root/run/netns`
  // Those of the machine itself are nobody's in particular.
  if (deviceOf(folder) === deviceOf('/run/netns')) return []
  try {
    return readdirSync(folder).map((name) => `net:[${statSync(`${folder}/${name}`).ino}]`)
  } catch {
    return []
  }
}

function deviceOf(folder: string): number | undefined {
  try {
    return statSync(folder).dev
  } catch {
    return undefined
  }
}

function processesOf(namespaces: ReadonlySet<string>): readonly ProcessMark[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => namespaces.has(namespaceIdOf(pid) ?? ''))
    .map((pid) => markOf(Number(pid)))
    .filter((mark) => mark !== undefined)
}

function namespaceId(namespace: string): number | undefined {
  try {
    return statSync(`/run/netns/${namespace}`).ino
  } catch {
    return undefined
  }
}

function namespaceIdOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}

const pollMs = 50

/** Whether the condition came true before the deadline. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<boolean> {
  const end = performance.now() + deadlineMs
  while (performance.now() < end) {
    if (await condition()) return true
    await pause(pollMs)
  }
  return condition()
}

/** Asks to end, waits, then does not ask. */
export async function end(marks: readonly ProcessMark[], graceMs: number): Promise<void> {
  for (const mark of marks) signal(mark, 'SIGTERM')
  // A stopped process (a BMC that plays dead) hears nothing but this.
  for (const mark of marks) signal(mark, 'SIGCONT')
  const gone = await until(() => !marks.some(isAlive), graceMs)
  if (gone) return
  for (const mark of marks) signal(mark, 'SIGKILL')
  await until(() => !marks.some(isAlive), killedMsMax)
}

const killedMsMax = 5000

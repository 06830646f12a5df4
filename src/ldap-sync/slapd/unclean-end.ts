// Why this file exists: slapd notes how far it has come (contextCSN) once in a while only. Killed after a deletion, it
// believes to be where it was before, and tells those who follow that they missed nothing: they would keep the deleted
// entry for ever. So after such an end its mark is set ahead, and whoever follows compares everything once.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { stampOf } from './renewed-entry.ts'

export interface Marked {
  readonly configFile: string
  readonly base: string
}

export interface LastEnd extends Marked {
  /** slapd removes it when it stops in order. */
  readonly pidFile: string
}

const slapmodifyProgram = '/usr/sbin/slapmodify'
const slapmodifyMillisMax = 10_000

/** To be called before each start. */
export async function healUncleanEnd(lastEnd: LastEnd): Promise<void> {
  if (existsSync(lastEnd.pidFile)) await setMarkAhead(lastEnd)
}

/** Of a database that no slapd writes to now. */
export async function setMarkAhead({ configFile, base }: Marked): Promise<void> {
  const dn = `dn:: ${Buffer.from(base).toString('base64')}`
  const mark = `replace: contextCSN\ncontextCSN: ${stampOf(new Date())}`
  await slapmodify(['-f', configFile, '-b', base], `${dn}\nchangetype: modify\n${mark}\n`)
}

function slapmodify(argv: readonly string[], ldif: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { timeout: slapmodifyMillisMax }
    const child = execFile(slapmodifyProgram, argv, options, (error) => {
      if (error === null) resolve()
      else reject(error)
    })
    // What it did not read, it complains about itself.
    child.stdin?.on('error', () => undefined).end(ldif)
  })
}

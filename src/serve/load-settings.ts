// Why this file exists: serve, core and wire read the same file the same way, and refuse it with the same words.
import { readFileSync } from 'node:fs'
import { readSettings, type Settings } from '#config'
import { Fault } from '#fault'

export function loadSettings(configPath: string, dataDir: string): Settings {
  const settings = readSettings(readText(configPath), configPath, dataDir)
  if (settings.ok) return settings.value
  const [first, ...others] = settings.problems
  if (first === undefined) throw new Error('a refused configuration names no problem')
  const more = others.map((problem) => `\n       ${problem.text.where}: ${problem.text.why}`)
  throw new Fault(first.code, { ...first.text, why: first.text.why + more.join('') })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault(
      'CPC-CFG-001',
      {
        what: 'the configuration cannot be read',
        where: path,
        why: cause instanceof Error ? cause.message : String(cause),
        todo: 'write one with: coppice init',
      },
      { cause },
    )
  }
}

// Why this file exists: `npm run test:lab` runs the tier that needs emulated machines, one rack at a time, since two
// cores hold one rack.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const named = process.argv.slice(2)
const found = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))
const files = named.length > 0 ? named : found.map((name) => join(import.meta.dirname, name))
if (files.length === 0) {
  process.stderr.write('no test file was found below test/lab/\n')
  process.exit(1)
}
const flags = ['--test', '--test-concurrency=1', '--test-reporter=spec']
const child = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', ...flags, ...files],
  {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'inherit',
  },
)
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})

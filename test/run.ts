// Why this file exists: `npm test` must fail when it finds no test, shuffle with a printed seed, and say at its
// end what was skipped because a Debian package is missing.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The runner waits for ever for a file whose tests are over while a timer of it is not. */
const minutesMax = 15
const outsideThisTier = new Set(['vectors', 'witness', 'lab', 'soak', 'pack', 'images'])

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    if (item.isDirectory())
      return outsideThisTier.has(item.name) ? [] : testFiles(join(folder, item.name))
    return item.name.endsWith('.test.ts') ? [join(folder, item.name)] : []
  })
}

const root = join(import.meta.dirname, '..')
const named = process.argv.slice(2)
const files = named.length > 0 ? named : testFiles(import.meta.dirname)
if (files.length === 0) {
  process.stderr.write('no test file was found below test/\n')
  process.exit(1)
}
const child = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-randomize',
    '--test-timeout=120000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'test/skipped-reporter.ts')}`,
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
)
const deadline = setTimeout(() => {
  process.stderr.write(`the tests have not ended within ${minutesMax} minutes\n`)
  child.kill('SIGINT')
}, minutesMax * 60_000)
child.on('exit', (code) => {
  clearTimeout(deadline)
  process.exitCode = code ?? 1
})

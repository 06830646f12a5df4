// Why this file exists: `npm run test:witness` installs the independent clients and decoders when they are not there,
// without running a line of theirs, and then lets them judge our servers.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const folder = import.meta.dirname
const testMillisMax = 60_000

function installWitnesses(): void {
  if (existsSync(join(folder, 'node_modules'))) return
  const npm = process.env['npm_execpath']
  const argv = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  const program = npm === undefined ? 'npm' : process.execPath
  const { status } = spawnSync(program, npm === undefined ? argv : [npm, ...argv], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('npm ci failed in test/witness')
}

installWitnesses()
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join(folder, name))
const stream = run({
  files,
  timeout: testMillisMax,
  execArgv: ['--disable-warning=ExperimentalWarning'],
})
stream.on('test:fail', () => {
  process.exitCode = 1
})
stream.on('test:summary', ({ file, counts, success }) => {
  // A summary without a file is the whole run's.
  if (file !== undefined || (success && counts.passed > 0)) return
  process.stderr.write(counts.passed > 0 ? '' : 'no witness was heard\n')
  process.exitCode = 1
})
stream.compose(spec).pipe(process.stdout)

// Why this file exists: what people install is the tarball, not the checkout; it must serve from a folder of its own.
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const installDeadlineMs = 240_000
const readyDeadlineMs = 60_000
const stopDeadlineMs = 30_000
const namespace = `coppice-pack-${process.pid}`

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-pack-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What is stripped while it is packed lies in lib/, which the launcher prefers: not in the checkout that others run. */
function copyOfCheckout(t: TestContext): string {
  const copy = temporaryFolder(t)
  const left = new Set(['.git', 'lib', 'node_modules', 'test'])
  for (const name of readdirSync(root).filter((one) => !left.has(one)))
    cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Everything that `serve` opens, it opens in a network of its own. */
async function network(t: TestContext): Promise<void> {
  await run('ip', ['netns', 'add', namespace])
  t.after(() => run('ip', ['netns', 'del', namespace]))
  const inside = (...words: string[]) => run('ip', ['-n', namespace, ...words])
  await inside('link', 'set', 'lo', 'up')
  await inside('link', 'add', 'prov0', 'type', 'veth', 'peer', 'name', 'far0')
  await inside('link', 'set', 'far0', 'up')
  await inside('address', 'add', '10.78.0.1/24', 'dev', 'prov0')
  await inside('link', 'set', 'prov0', 'up')
}

function firstLine(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const late = setTimeout(
      () => reject(new Error(`no line ${wanted} in: ${text}`)),
      readyDeadlineMs,
    )
    child.once('exit', (code) => reject(new Error(`ended with ${code} after: ${text}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      const line = text.split('\n').find((one) => wanted.test(one))
      if (line === undefined) return
      clearTimeout(late)
      resolve(line)
    })
  })
}

test(
  'a packed Coppice, installed elsewhere, serves, answers and stops',
  { timeout: 600_000 },
  async (t) => {
    const folder = temporaryFolder(t)
    await run('npm', ['pack', '--pack-destination', folder], {
      cwd: copyOfCheckout(t),
      timeout: installDeadlineMs,
    })
    const [tarball] = readdirSync(folder)
    assert.ok(tarball)
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    await run('npm', ['install', `./${tarball}`], { cwd: folder, timeout: installDeadlineMs })
    const coppice = join(folder, 'node_modules/.bin/coppice')
    const { stdout } = await run(coppice, ['version'])
    assert.match(stdout, /\d+\.\d+\.\d+/)

    await network(t)
    const config = join(folder, 'coppice.yaml')
    const data = join(folder, 'data')
    const words = ['--domain', 'pack.test', '--interface', 'prov0', '--file', config]
    await run(coppice, ['init', ...words])
    const inside = ['netns', 'exec', namespace, coppice]
    const serving = spawn('ip', [...inside, 'serve', '--config', config, '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => serving.kill('SIGKILL'))
    await firstLine(serving, /^ready/)

    const server = ['--server', `unix:${join(data, 'api.sock')}`]
    await run(coppice, ['network', 'add', 'prov', '--subnet', '10.78.0.0/24', ...server])
    await run(coppice, ['machine', 'add', 'n001', '--mac', '52:54:00:78:00:01', ...server])
    const asked = await run('ip', [
      'netns',
      'exec',
      namespace,
      'dig',
      '+short',
      '@10.78.0.1',
      'n001.pack.test',
    ])
    assert.equal(asked.stdout.trim(), '10.78.0.2')

    const stopped = new Promise((resolve) => serving.once('exit', resolve))
    serving.kill('SIGTERM')
    const late = setTimeout(() => serving.kill('SIGKILL'), stopDeadlineMs)
    assert.equal(await stopped, 0)
    clearTimeout(late)
  },
)

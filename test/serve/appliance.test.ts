// Why this file exists: the whole appliance, as its users start it, in a network of its own: it answers, follows the
// directory, outlives each of its parts, and stands alone on its data.
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { needs, needsRoot } from '../needs.ts'

const run = promisify(execFile)
const coppice = join(import.meta.dirname, '../../bin/coppice')
const namespace = `coppice-serve-${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'coppice-serve-'))
const data = join(folder, 'data')
const config = join(folder, 'coppice.yaml')
const base = 'dc=serve,dc=test'
const wanted = {
  ...needs('slapd', '/usr/sbin/slapd'),
  ...needs('ldap-utils', '/usr/bin/ldapmodify'),
  ...needs('bind9-dnsutils', '/usr/bin/dig'),
  ...needsRoot(),
  timeout: 60_000,
}
let serving: ChildProcess | undefined

function start(): ChildProcess {
  const argv = ['netns', 'exec', namespace, coppice, 'serve', '--config', config, '--data', data]
  return spawn('ip', argv, { stdio: ['ignore', 'pipe', 'ignore'] })
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (/^ready/m.test(chunk.toString('utf8'))) resolve()
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
}

before(async () => {
  if (wanted.skip !== undefined) return
  execFileSync('ip', ['netns', 'add', namespace])
  for (const words of [
    'link set lo up',
    'link add prov0 type veth peer name far0',
    'address add 10.79.1.1/24 dev prov0',
    'link set prov0 up',
    'link set far0 up',
  ]) {
    execFileSync('ip', ['-n', namespace, ...words.split(' ')])
  }
  const directory = `directory: { embedded: { listen: 127.0.0.1:3890, base: "${base}" } }`
  writeFileSync(config, `version: 1\ndomain: serve.test\ninterfaces: [prov0]\n${directory}\n`)
  serving = start()
  await ready(serving)
  await modify('10.79.1.20', 'add')
})

after(async () => {
  if (serving !== undefined && serving.exitCode === null) {
    const gone = new Promise((resolve) => serving?.once('exit', resolve))
    serving.kill('SIGTERM')
    await gone
  }
  if (wanted.skip === undefined) execFileSync('ip', ['netns', 'del', namespace])
  rmSync(folder, { recursive: true, force: true })
})

async function answerOf(name: string): Promise<string> {
  const dig = ['dig', '+short', '+time=1', '+tries=1', '@10.79.1.1', `${name}.serve.test`]
  const { stdout } = await run('ip', ['netns', 'exec', namespace, ...dig]).catch(() => ({
    stdout: '',
  }))
  return stdout.trim()
}

async function modify(address: string, verb: 'add' | 'replace'): Promise<void> {
  const dn = `dn: cn=m1,ou=machines,${base}\n`
  const entry =
    verb === 'add'
      ? `${dn}changetype: add\nobjectClass: device\nobjectClass: ipHost\nobjectClass: ieee802Device\ncn: m1\nipHostNumber: ${address}\nmacAddress: 52:54:00:79:01:01\n`
      : `${dn}changetype: modify\nreplace: ipHostNumber\nipHostNumber: ${address}\n`
  const file = join(folder, 'change.ldif')
  writeFileSync(file, entry)
  const admin = ['-x', '-D', `cn=admin,${base}`, '-y', join(data, 'ldap-admin.secret'), '-f', file]
  await run('ip', [
    'netns',
    'exec',
    namespace,
    'ldapmodify',
    '-H',
    'ldap://127.0.0.1:3890',
    ...admin,
  ])
}

/** Bounded by the test's own deadline. */
async function until(wanted: () => Promise<boolean>): Promise<void> {
  while (!(await wanted())) await new Promise((resolve) => setImmediate(resolve))
}

test(
  'what ldapmodify writes is in the next DNS answer, and outlives kill -9 of every part',
  wanted,
  async () => {
    for (const [index, part] of ['core', 'wire', 'slapd'].entries()) {
      const pid = Number(readFileSync(join(data, 'run', `${part}.pid`), 'utf8'))
      process.kill(pid, 'SIGKILL')
      const address = `10.79.1.${30 + index}`
      await until(() =>
        modify(address, 'replace').then(
          () => true,
          () => false,
        ),
      )
      await until(async () => (await answerOf('m1')) === address)
    }
  },
)

test(
  'HOSTILE 44: a second appliance on the same data refuses to start and names the first',
  wanted,
  async () => {
    const second = run('ip', [
      'netns',
      'exec',
      namespace,
      coppice,
      'serve',
      '--config',
      config,
      '--data',
      data,
    ])
    await assert.rejects(second, (error) => {
      assert.ok(error instanceof Error && 'code' in error && 'stderr' in error)
      assert.equal(error.code, 5)
      assert.match(String(error.stderr), /CPC-STO-001/)
      return true
    })
  },
)

test(
  'an appliance whose keeper was killed starts again at once on the same data',
  wanted,
  async () => {
    const first = serving
    assert.ok(first !== undefined)
    await modify('10.79.1.40', 'replace')
    const gone = new Promise((resolve) => first.once('exit', resolve))
    process.kill(Number(readFileSync(join(data, 'run', 'serve.pid'), 'utf8')), 'SIGKILL')
    await gone
    serving = start()
    await ready(serving)
    assert.equal(await answerOf('m1'), '10.79.1.40')
  },
)

// Why this file exists: what is promised of log-ins is tried with a real sshd and sudo, in a box of namespaces that has the
// accounts and settings of our host image. This machine's own files lie below it and stay as they are.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parseIp4 } from '#directory'
import { sshArgv } from '#host'
import { runProgram } from '../../../src/core/benchmarks/program.ts'
import type { ExchangeParts } from '../../../src/core/people/exchange.ts'
import { peoplePlace } from '../../../src/core/people/scripts.ts'
import { imageFolder } from '../../host/accounts/people.ts'

export const programs = ['/usr/sbin/sshd', '/usr/bin/sudo', '/usr/bin/ssh', '/usr/bin/unshare']
const readyMsMax = 10_000
const answerMsMax = 20_000

/** The folder of the test, and that of the image's files. The links are those of recipe.yaml. */
const start = `set -e
mount --make-rprivate /
ip link set lo up
mount -t tmpfs box "$1/box"
cd "$1/box"
mkdir upper work root
mount -t overlay box -o "lowerdir=/,upperdir=$1/box/upper,workdir=$1/box/work" root
cd root
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs run run
mount -t tmpfs -o mode=1777 tmp tmp
mount -t tmpfs -o mode=0755 home home
mount -t tmpfs -o mode=0700 root root
mkdir -p etc/coppice usr/lib/coppice run/sshd run/coppice root/.ssh
cp -R "$2/usr/lib/coppice/accounts" usr/lib/coppice/
mkdir usr/lib/coppice/accounts/keys
ln -s /usr/lib/coppice/accounts etc/coppice/people
for name in passwd group shadow shells sudoers; do ln -sf coppice/people/$name etc/$name; done
cp "$2/etc/ssh/sshd_config" etc/ssh/
rm -f etc/pam.d/sudo etc/pam.d/sudo-i
cp "$2/etc/pam.d/"* etc/pam.d/
cp "$1/root.pub" root/.ssh/authorized_keys
cp "$1/host" etc/ssh/ssh_host_ed25519_key
chmod 0700 root/.ssh
chmod 0600 root/.ssh/authorized_keys etc/ssh/ssh_host_ed25519_key
echo yes >run/coppice/people-fenced
exec chroot . /usr/sbin/sshd -D -e
`

export interface Box {
  readonly exchange: ExchangeParts
  /** Public keys, as the directory holds them. */
  readonly keys: Readonly<Record<'ada' | 'bob', string>>
  /** What `command` printed, and how it ended; the log-in is tried with the key of `key`. */
  readonly login: (name: string, command: string, key?: 'ada' | 'bob') => Promise<Login>
  /** A log-in that goes on; settles when its command has printed a line. */
  readonly session: (name: 'ada' | 'bob', command: string) => Promise<Session>
  /** As root of the box. */
  readonly look: (command: string) => string
}

export interface Login {
  readonly status: number | undefined
  readonly output: string
  readonly complaint: string
}

export interface Session {
  readonly ended: Promise<Login>
}

export async function openBox(t: TestContext): Promise<Box> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-people-'))
  mkdirSync(join(folder, 'box'))
  for (const name of ['root', 'host', 'ada', 'bob']) {
    const argv = ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)]
    execFileSync('ssh-keygen', argv)
  }
  const publicKey = (name: string): string => readFileSync(join(folder, `${name}.pub`), 'utf8')
  const knownHostsFile = join(folder, 'known_hosts')
  writeFileSync(knownHostsFile, `box ${publicKey('host')}`)
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child']
  const words = [...namespaces, 'sh', '-c', start, 'box', folder, imageFolder]
  const child = spawn('unshare', words, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.after(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  await listening(child)
  const pid = execFileSync('cat', [`/proc/${child.pid}/task/${child.pid}/children`], {
    encoding: 'utf8',
  }).trim()
  const inside = ['nsenter', '-t', pid, '-n', '--'] as const
  const address = parseIp4('127.0.0.1')
  assert.ok(address !== undefined)
  const argvTo = (name: string, key: string, command: readonly string[]) => {
    const identity = { keyFile: join(folder, key), knownHostsFile }
    const argv = sshArgv(identity, { machineId: 'box', address }, command)
    return [...inside, ...argv.map((word) => word.replace(/^root@/, `${name}@`))] as const
  }
  const { signal } = new AbortController()
  return {
    exchange: {
      run: runProgram,
      argvTo: (command) => argvTo('root', 'root', command),
      place: peoplePlace,
      signal,
      now: Date.now,
    },
    keys: { ada: publicKey('ada'), bob: publicKey('bob') },
    login: (name, command, key = 'ada') => run(argvTo(name, key, ['sh', '-c', command])),
    session: (name, command) =>
      new Promise((resolve, reject) => {
        const argv = argvTo(name, name, ['sh', '-c', command])
        const ended = run(argv, () => resolve({ ended }))
        void ended.then(({ complaint }) => reject(new Error(`it never began: ${complaint}`)))
      }),
    look: (command) =>
      execFileSync('nsenter', ['-t', pid, '-m', '-p', '-r', '-w', 'sh', '-c', command], {
        encoding: 'utf8',
      }),
  }
}

async function run(argv: readonly [string, ...string[]], onLine?: () => void): Promise<Login> {
  const limits = { deadlineMs: answerMsMax, outputBytesMax: 65_536 }
  const { status, output, complaint } = await runProgram({
    argv,
    ...limits,
    ...(onLine === undefined ? {} : { onLine }),
  })
  return { status, output, complaint }
}

function listening(child: ChildProcess): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`sshd does not listen: ${said}`)), readyMsMax)
    child.once('exit', () => reject(new Error(`the box ended: ${said}`)))
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString()
      if (!said.includes('Server listening')) return
      clearTimeout(late)
      resolve()
    })
  })
}

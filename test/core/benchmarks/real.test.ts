// Why this file exists: a request becomes a figure of the real hpcc under the real Open MPI, through our own scripts in real
// shells; only SSH and the machines are played.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { formatIp4 } from '#directory'
import { needs, needsRoot } from '../../needs.ts'
import {
  caller,
  ended,
  host,
  network,
  openRack,
  snapshotOf,
  sshPlayedBy,
  until,
  vcn,
} from './rack.ts'

const hasHpcc = needs('hpcc', '/usr/bin/hpcc', '/usr/bin/mpirun.openmpi')
const hasBusybox = needs('busybox-static', '/bin/busybox')
const loopback = network('loopback', '127.0.0.0/8')
const own = host('n001', '127.0.0.1')

/** Every program that busybox has, before those of the same name that this machine has. */
function busyboxFirst(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-busybox-'))
  t.after(() => rmSync(folder, { recursive: true }))
  execFileSync('/bin/busybox', ['--install', '-s', folder])
  return `${folder}:/usr/bin:/bin`
}

for (const [kind, skip, path] of [
  ['Debian', hasHpcc, () => '/usr/bin:/bin'],
  ['busybox, as our own images have it', { ...hasHpcc, ...hasBusybox }, busyboxFirst],
] as const) {
  test(
    `one bare host gives a checked figure, and is clean after it, with the programs of ${kind}`,
    skip,
    async (t) => {
      const env = `PATH=${path(t)}`
      const { benchmarks, remoteFolder, authorizedKeys, told } = openRack(t, {
        snapshot: snapshotOf(loopback, own),
        run: sshPlayedBy((_address, command) => ['env', env, 'sh', '-c', command]),
      })
      const on = { kind: 'hosts', hosts: ['n001'] } as const
      const job = await benchmarks.run({ on, N: 100, NB: 20, ranksPerNode: 1 }, caller)
      const run = await ended(benchmarks, job.id)
      assert.equal(run.state, 'done', JSON.stringify(run.trouble))
      assert.deepEqual([run.N, run.NB, run.P, run.Q, run.side], [100, 20, 1, 1, 'physical'])
      assert.ok((run.gflops ?? 0) > 0)
      assert.match(run.program?.blas ?? '', /^\/usr\/lib\//)
      assert.deepEqual(readdirSync(remoteFolder), [])
      assert.equal(readFileSync(authorizedKeys, 'utf8'), 'ssh-ed25519 OURS coppice\n')
      const view = benchmarks.job(job.id)
      assert.deepEqual(view?.steps, { done: 5, total: 5 })
      assert.equal(view?.run, job.id)
      assert.match(told.at(-1) ?? '', /^benchmark n001: run run1: done, [\d.e+-]+ GFLOPS$/)
    },
  )
}

test(
  'a run that is called off is ended where it runs, and leaves nothing there',
  hasHpcc,
  async (t) => {
    const { benchmarks, remoteFolder } = openRack(t, {
      snapshot: snapshotOf(loopback, own),
      run: sshPlayedBy((_address, command) => ['sh', '-c', command]),
    })
    const on = { kind: 'hosts', hosts: ['n001'] } as const
    const { id } = await benchmarks.run({ on, N: 4000, NB: 8, ranksPerNode: 1 }, caller)
    const output = join(remoteFolder, id, 'hpccoutf.txt')
    await until(() => existsSync(output), 'hpcc to begin')
    await benchmarks.cancel(id)
    assert.equal(benchmarks.show(id).state, 'cancelled')
    assert.deepEqual(readdirSync(remoteFolder), [])
    assert.deepEqual(processesBelow(remoteFolder), [])
    await benchmarks.cancel(id)
  },
)

test('a run that is too slow ends at its limit of time, and says so', hasHpcc, async (t) => {
  const { benchmarks, remoteFolder } = openRack(t, {
    snapshot: snapshotOf(loopback, own),
    run: sshPlayedBy((_address, command) => ['sh', '-c', command]),
  })
  const on = { kind: 'hosts', hosts: ['n001'] } as const
  const order = { on, N: 4000, NB: 8, ranksPerNode: 1, secondsMax: 1 }
  const { id } = await benchmarks.run(order, caller)
  const run = await ended(benchmarks, id)
  assert.equal(run.trouble?.code, 'CPC-HPL-017')
  assert.deepEqual(processesBelow(remoteFolder), [])
})

function processesBelow(folder: string): readonly string[] {
  const links = execFileSync('sh', ['-c', 'ls -ld /proc/[0-9]*/cwd 2>/dev/null || :'], {
    encoding: 'utf8',
  })
  return links.split('\n').filter((line) => line.includes(folder))
}

/** Two machines with a wire between them, and a program in the place of ssh that steps from one into the other. */
function twoMachines(t: TestContext): { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-ssh-'))
  const ip = (...words: readonly string[]): void => {
    execFileSync('ip', words, { stdio: 'pipe' })
  }
  t.after(() => {
    for (const name of namesOf.values()) ip('netns', 'del', name)
    rmSync(folder, { recursive: true })
  })
  for (const name of namesOf.values()) ip('netns', 'add', name)
  ip('link', 'add', 'e0', 'netns', 'cpcb1', 'type', 'veth', 'peer', 'name', 'e0', 'netns', 'cpcb2')
  for (const [address, name] of namesOf) {
    ip('-n', name, 'addr', 'add', `${address}/20`, 'dev', 'e0')
    ip('-n', name, 'link', 'set', 'e0', 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  const lines = [
    '#!/bin/sh',
    'while [ "$1" != "${1#-}" ]; do [ "$1" = -F ] && shift; shift; done',
    'host=$1; shift',
    'cd /',
    'exec ip netns exec "cpcb${host##*.}" sh -c "$*"',
  ]
  writeFileSync(join(folder, 'ssh'), `${lines.join('\n')}\n`, { mode: 0o755 })
  return { path: folder }
}

const namesOf = new Map([
  ['10.128.0.1', 'cpcb1'],
  ['10.128.0.2', 'cpcb2'],
])

test(
  'two nodes of a cluster compute one figure together, over their own network',
  { ...hasHpcc, ...needs('iproute2', '/usr/sbin/ip'), ...needsRoot() },
  async (t) => {
    const { path } = twoMachines(t)
    const { benchmarks, remoteFolder } = openRack(t, {
      snapshot: snapshotOf(
        network('vo-physics', '10.128.0.0/20', 7),
        vcn('b.hpl.physics', '10.128.0.1', ['head.hpl.physics']),
        vcn('a.hpl.physics', '10.128.0.2'),
      ),
      secret: 'a private key',
      run: sshPlayedBy((address, command) => [
        'ip',
        'netns',
        'exec',
        namesOf.get(formatIp4(address)) ?? '',
        'env',
        `PATH=${path}:/usr/sbin:/usr/bin:/bin`,
        'sh',
        '-c',
        command,
      ]),
    })
    const on = { kind: 'cluster', vo: 'physics', cluster: 'hpl' } as const
    const { id } = await benchmarks.run({ on, N: 120, NB: 20, ranksPerNode: 1 }, caller)
    const run = await ended(benchmarks, id)
    assert.equal(run.state, 'done', JSON.stringify(run.trouble))
    assert.deepEqual([run.nodes, run.P, run.Q], [['b.hpl.physics', 'a.hpl.physics'], 1, 2])
    assert.deepEqual(readdirSync(remoteFolder), [])
  },
)

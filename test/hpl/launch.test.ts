// Why this file exists: how a run is started is decided as a value: one command, whose every word and file is known beforehand.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatSubnet, parseSubnet, type Subnet } from '#directory'
import {
  authorizedKeyLine,
  explainRefusal,
  inputText,
  keyPairArgv,
  type LaunchOrder,
  type LaunchPlan,
  planLaunch,
} from '#hpl'
import { needs } from '../needs.ts'

const network = subnet('10.128.0.0/20')
const hostKey = `ssh-ed25519 ${'A'.repeat(68)}`
const order: LaunchOrder = {
  problem: { N: 1000, NB: 80, P: 2, Q: 2 },
  hosts: [
    { address: 'compute1.hpl.physics.cluster.test', ranks: 2, hostKey },
    { address: '10.128.0.12', ranks: 2, hostKey },
  ],
  network,
  workDir: '/var/tmp/coppice-hpl/run7',
  keyFile: '/root/.ssh/coppice-mpi',
  secondsMax: 600,
}

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text)
  assert.ok(parsed !== undefined)
  return parsed
}

function planOf(change: Partial<LaunchOrder> = {}): LaunchPlan {
  const planned = planLaunch({ ...order, ...change })
  assert.ok(planned.ok)
  return planned.value
}

function fileOf(plan: LaunchPlan, name: string): string {
  return plan.files.find(({ path }) => path === `${plan.workDir}/${name}`)?.text ?? ''
}

test('the run is started by mpirun of Open MPI, with exactly P x Q ranks, and ends in bounded time', () => {
  const { argv, env } = planOf()
  assert.deepEqual([argv[0], argv.at(-1)], ['mpirun.openmpi', '/usr/bin/hpcc'])
  const text = argv.join(' ')
  assert.match(text, /--allow-run-as-root /)
  assert.match(text, / -np 4 /)
  assert.match(text, / --timeout 600 /)
  assert.equal(env['OPENBLAS_NUM_THREADS'], '1')
  assert.match(text, / -x OPENBLAS_NUM_THREADS /)
})

test('its messages use one network, and one transport that does not depend on what is found', () => {
  const text = planOf().argv.join(' ')
  for (const name of ['btl_tcp_if_include', 'oob_tcp_if_include']) {
    assert.ok(text.includes(`--mca ${name} ${formatSubnet(network)} `), name)
  }
  assert.ok(text.includes('--mca pml ob1 --mca btl self,vader,tcp '))
})

test('a rank that waits gives its processor to the one that it waits for', () => {
  assert.match(planOf().argv.join(' '), / --mca mpi_yield_when_idle 1 /)
  assert.match(planOf().argv.join(' '), / --mca op \^avx /)
})

test('its hosts, their ranks, their keys and its problem lie in files of the run', () => {
  const plan = planOf()
  assert.equal(
    fileOf(plan, 'hosts'),
    'compute1.hpl.physics.cluster.test slots=2\n10.128.0.12 slots=2\n',
  )
  assert.equal(
    fileOf(plan, 'known_hosts'),
    `compute1.hpl.physics.cluster.test ${hostKey}\n10.128.0.12 ${hostKey}\n`,
  )
  assert.deepEqual(inputText(order.problem), { ok: true, value: fileOf(plan, 'hpccinf.txt') })
  assert.equal(plan.outputFile, '/var/tmp/coppice-hpl/run7/hpccoutf.txt')
})

test('SSH uses the key of the cluster only, knows its hosts beforehand, and never asks', () => {
  const plan = planOf()
  const agent = plan.argv[plan.argv.indexOf('plm_rsh_agent') + 1]
  assert.equal(agent, `ssh -F ${plan.workDir}/ssh_config`)
  const lines = fileOf(plan, 'ssh_config')
    .split('\n')
    .map((line) => line.trim())
  for (const line of [
    'IdentityFile /root/.ssh/coppice-mpi',
    'IdentitiesOnly yes',
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    `UserKnownHostsFile ${plan.workDir}/known_hosts`,
  ])
    assert.ok(lines.includes(line), line)
})

test('only the first host starts others, so the private key lies there alone', () => {
  assert.match(planOf().argv.join(' '), /--mca plm_rsh_no_tree_spawn 1 /)
})

test('ssh understands the configuration', { ...needs('openssh-client', '/usr/bin/ssh') }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-hpl-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ssh_config')
  writeFileSync(file, fileOf(planOf(), 'ssh_config'))
  const shown = execFileSync('ssh', ['-G', '-F', file, '10.128.0.12'], { encoding: 'utf8' })
  for (const line of [
    'user root',
    'batchmode yes',
    'identityfile /root/.ssh/coppice-mpi',
    'stricthostkeychecking true',
  ])
    assert.ok(shown.split('\n').includes(line), line)
})

test(
  'a cluster has a pair of keys of its own, which opens nothing outside its network',
  { ...needs('openssh-client', '/usr/bin/ssh-keygen') },
  (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'cpc-hpl-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const [program, ...words] = keyPairArgv(join(folder, 'key'))
    execFileSync(program, words)
    const publicKey = readFileSync(join(folder, 'key.pub'), 'utf8')
    const line = authorizedKeyLine(publicKey, network)
    assert.match(
      line ?? '',
      /^from="10\.128\.0\.0\/20",restrict ssh-ed25519 AAAA[^ ]{64} coppice-mpi$/,
    )
    assert.match(readFileSync(join(folder, 'key'), 'utf8'), /^-----BEGIN OPENSSH PRIVATE KEY/)
  },
)

for (const text of ['', 'ssh-rsa AAAA', `ssh-ed25519 ${'A'.repeat(67)}`, `\n${hostKey}`]) {
  test(`${JSON.stringify(text.slice(0, 20))} is no public key of a cluster`, () => {
    assert.equal(authorizedKeyLine(text, network), undefined)
  })
}

const [first, second] = order.hosts
assert.ok(first !== undefined && second !== undefined)
for (const [sentence, change, kind] of [
  ['no host', { hosts: [] }, 'out-of-range'],
  ['fewer ranks than the grid has', { hosts: [first] }, 'ranks-unfit'],
  [
    'more ranks than the grid has',
    { hosts: [first, second, { ...first, address: 'n3' }] },
    'ranks-unfit',
  ],
  ['a host without ranks', { hosts: [first, { ...second, ranks: 0 }] }, 'out-of-range'],
  ['a host twice', { hosts: [first, first] }, 'host-unfit'],
  [
    'HOSTILE: a host name with a line break',
    { hosts: [first, { ...second, address: 'a\nb slots=9' }] },
    'host-unfit',
  ],
  [
    'HOSTILE: a host name that is an option',
    { hosts: [first, { ...second, address: '-oProxyCommand=x' }] },
    'host-unfit',
  ],
  [
    'HOSTILE: a host key with a second line',
    { hosts: [first, { ...second, hostKey: `${hostKey}\n* ${hostKey}` }] },
    'host-unfit',
  ],
  ['HOSTILE: a directory with a blank', { workDir: '/tmp/a b' }, 'path-unfit'],
  ['HOSTILE: a directory that climbs', { workDir: '/tmp/../etc' }, 'path-unfit'],
  ['HOSTILE: a key file with a line break', { keyFile: '/k\nProxyCommand x' }, 'path-unfit'],
  ['no end', { secondsMax: Infinity }, 'out-of-range'],
  ['a problem that is none', { problem: { ...order.problem, N: 0 } }, 'out-of-range'],
] as const) {
  test(`a launch with ${sentence} is refused`, () => {
    const planned = planLaunch({ ...order, ...change })
    assert.ok(!planned.ok)
    assert.equal(planned.refusal.kind, kind)
    assert.match(explainRefusal(planned.refusal, 'run').code, /^CPC-HPL-0(01|10)$/)
  })
}

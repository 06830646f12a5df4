// Why this file exists: a run over many machines is one command, a few files and an environment; they are decided here as a
// value, so that the virtual and the physical run start in the same way, and a plan can be read before it is carried out.
import { formatSubnet, parseDnsName, parseIp4, type Subnet } from '#directory'
import { inputText } from './input.ts'
import { type OutOfRange, outOfRange, type Problem } from './problem.ts'
import { hpccPath } from './program.ts'

export interface LaunchOrder {
  readonly problem: Problem
  /** The first is where the command is started, and where the result will lie. */
  readonly hosts: readonly LaunchHost[]
  /** The only network that messages of the run may use. */
  readonly network: Subnet
  /** On the first host; new and empty, because hpcc appends to the output of an earlier run. */
  readonly workDir: string
  /** Private key of this cluster's own pair, on the first host. */
  readonly keyFile: string
  readonly secondsMax: number
}

export interface LaunchHost {
  /** Name or IPv4 address, as the first host reaches it. */
  readonly address: string
  readonly ranks: number
  /** Its public SSH host key, such as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
}

export interface LaunchPlan {
  readonly argv: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  readonly workDir: string
  /** To be written into workDir before the start. */
  readonly files: readonly PlannedFile[]
  readonly outputFile: string
}

export interface PlannedFile {
  readonly path: string
  readonly text: string
}

export type LaunchRefusal =
  | OutOfRange
  | { readonly kind: 'host-unfit'; readonly address: string; readonly why: string }
  | { readonly kind: 'path-unfit'; readonly path: string }
  /** Ranks left over would idle and be counted; missing ones make hpcc solve another problem. */
  | { readonly kind: 'ranks-unfit'; readonly grid: number; readonly ranks: number }

export type PlannedLaunch =
  | { readonly ok: true; readonly value: LaunchPlan }
  | { readonly ok: false; readonly refusal: LaunchRefusal }

const hostsRange = { least: 1, most: 10_000 }
const ranksRange = { least: 1, most: 1_024 }
const secondsRange = { least: 1, most: 30 * 86_400 }
/** With the exchange of keys, which takes its time on an emulated machine that is busy. */
const connectSecondsMax = 60

export function planLaunch(order: LaunchOrder): PlannedLaunch {
  const refusal = unfitOrder(order)
  if (refusal !== undefined) return { ok: false, refusal }
  const input = inputText(order.problem)
  if (!input.ok) return input
  const { workDir } = order
  const at = (name: string): string => `${workDir}/${name}`
  return {
    ok: true,
    value: {
      argv: mpirunArgv(order, at),
      env: launchEnv,
      workDir,
      files: [
        { path: at('hpccinf.txt'), text: input.value },
        { path: at('hosts'), text: hostfileText(order.hosts) },
        { path: at('known_hosts'), text: knownHostsText(order.hosts) },
        { path: at('ssh_config'), text: sshConfigText(order.keyFile, at('known_hosts')) },
      ],
      outputFile: at('hpccoutf.txt'),
    },
  }
}

function unfitOrder(order: LaunchOrder): LaunchRefusal | undefined {
  const { hosts, problem, secondsMax, workDir, keyFile } = order
  const path = [workDir, keyFile].find((one) => !isPlainPath(one))
  if (path !== undefined) return { kind: 'path-unfit', path }
  const unfit =
    outOfRange('hosts', hosts.length, hostsRange) ??
    outOfRange('seconds', secondsMax, secondsRange) ??
    unfitHost(hosts)
  if (unfit !== undefined) return unfit
  const ranks = hosts.reduce((sum, host) => sum + host.ranks, 0)
  const grid = problem.P * problem.Q
  return ranks === grid ? undefined : { kind: 'ranks-unfit', grid, ranks }
}

/** Open MPI splits the remote command at blanks, and ssh_config has marks of its own: such paths are not ours. */
function isPlainPath(path: string): boolean {
  return /^\/[A-Za-z0-9._/-]{1,200}$/.test(path) && !path.split('/').includes('..')
}

const hostKeyShape =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{20,2000}={0,3}$/

function unfitHost(hosts: readonly LaunchHost[]): LaunchRefusal | undefined {
  const seen = new Set<string>()
  for (const { address, ranks, hostKey } of hosts) {
    const unfit = outOfRange(`ranks of ${address}`, ranks, ranksRange)
    if (unfit !== undefined) return unfit
    const why = unfitReason(address, hostKey) ?? (seen.has(address) ? 'it is listed twice' : '')
    if (why !== '') return { kind: 'host-unfit', address, why }
    seen.add(address)
  }
  return undefined
}

function unfitReason(address: string, hostKey: string): string | undefined {
  if (parseIp4(address) === undefined && parseDnsName(address) === undefined) {
    return 'it is neither a name nor an IPv4 address'
  }
  return hostKeyShape.test(hostKey) ? undefined : 'its SSH host key is not one line of a known kind'
}

/** By its whole name: under another MPI's mpirun hpcc becomes many runs of one process each. */
function mpirunArgv(
  { problem, network, secondsMax }: LaunchOrder,
  at: (name: string) => string,
): readonly [string, ...string[]] {
  const options = {
    '--timeout': String(secondsMax),
    '--hostfile': at('hosts'),
    '-np': String(problem.P * problem.Q),
    '--map-by': 'slot',
    '--bind-to': 'none',
  }
  const parameters = {
    plm_rsh_agent: `ssh -F ${at('ssh_config')}`,
    // Else the others would start each other, and the key would have to lie on all of them.
    plm_rsh_no_tree_spawn: '1',
    oob_tcp_if_include: formatSubnet(network),
    // TCP between machines and shared memory inside one, on both twins: never what happens to be found.
    pml: 'ob1',
    btl: 'self,vader,tcp',
    btl_tcp_if_include: formatSubnet(network),
    // Else ranks that are more than the processors wait for each other's: two hundred times slower, as measured.
    mpi_yield_when_idle: '1',
    // It believes the processor's word for AVX2 without asking whether the system below allows it, and a node whose
    // host is emulated dies of it. HPL's reductions are too few to gain by it.
    op: '^avx',
  }
  return [
    'mpirun.openmpi',
    '--allow-run-as-root',
    ...Object.entries(options).flat(),
    ...Object.entries(parameters).flatMap(([name, value]) => ['--mca', name, value]),
    ...Object.keys(threadEnv).flatMap((name) => ['-x', name]),
    hpccPath,
  ]
}

/** One thread for each rank: a BLAS with threads of its own would run on cores that P x Q does not count. */
const threadEnv = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } as const

const launchEnv = {
  ...threadEnv,
  LC_ALL: 'C',
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
} as const

function hostfileText(hosts: readonly LaunchHost[]): string {
  return hosts.map(({ address, ranks }) => `${address} slots=${ranks}\n`).join('')
}

function knownHostsText(hosts: readonly LaunchHost[]): string {
  return hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join('')
}

function sshConfigText(keyFile: string, knownHostsFile: string): string {
  return `Host *
  User root
  BatchMode yes
  IdentitiesOnly yes
  IdentityFile ${keyFile}
  UserKnownHostsFile ${knownHostsFile}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  ConnectTimeout ${connectSecondsMax}
  LogLevel ERROR
`
}

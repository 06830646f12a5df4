// Why this file exists: "as quick as a shell loop" is a claim only when the loop ran on the same hosts with the same command
// lines, minutes later; here it does, and then gives everything back.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inTenant } from '../appliance.ts'
import { shellWord } from '../bmc/ipmi.ts'
import { run as runProgram } from '../command.ts'
import { until } from '../processes.ts'
import type { Standing } from './bring-up.ts'
import { askHost, type HostPlace, hostsOf, onHost, sshArgv } from './host-shell.ts'
import { overlays } from './on-hosts.ts'
import { findQemu, type FoundQemu, plainArgv, readQemus } from './plain-qemu.ts'
import { demand } from './promise.ts'
import type { ClusterRun } from './site.ts'
import type { PlainStart } from './timeline-table.ts'
import type { SeenVcn } from './views.ts'

const chapter = 'plain shell loop'
const answerMsMax = 600_000
const askEveryMs = 300
/** Where libvirt knows of nothing. */
const folder = '/tmp/plain'

interface PlainHost {
  readonly place: HostPlace
  readonly nodes: readonly FoundQemu[]
}

/** Ends the nodes of a cluster, starts them by a loop, measures, and leaves the hosts without them. */
export async function plainLoop(
  cluster: ClusterRun,
  standing: Standing,
): Promise<readonly PlainStart[]> {
  const { run } = cluster
  const names = new Set(standing.vcns.map(({ fullName }) => fullName))
  const hosts: PlainHost[] = []
  for (const place of await hostsOf(run.plan)) {
    const found = readQemus(await onHost(run, place, findQemu))
    hosts.push({ place, nodes: found.filter(({ node }) => names.has(node)) })
  }
  const total = hosts.reduce((sum, { nodes }) => sum + nodes.length, 0)
  const promise = 'the command line of each node was found on its host'
  const found = `${total} command lines for ${names.size} nodes`
  demand(total === names.size, { chapter, promise, found }, run)
  try {
    for (const { place, nodes } of hosts) await onHost(run, place, preparation(nodes, standing))
    const from = performance.now()
    const starts = hosts.map((host) => startAll(cluster, host, standing, from))
    return (await Promise.all(starts)).flat()
  } finally {
    for (const { place } of hosts) await askHost(run, place, undoing)
  }
}

/** Cold, as it was for the cluster: what the host keeps of the images is let go. */
function preparation(nodes: readonly FoundQemu[], { vo }: Standing): string {
  return [
    'set -e',
    `mkdir -p ${folder}`,
    ...nodes.map(({ pid }) => `kill ${pid}`),
    ...nodes.map(({ pid }) => `while [ -d /proc/${pid} ]; do sleep 0.2; done`),
    'sync; echo 3 >/proc/sys/vm/drop_caches',
    ...nodes.flatMap(({ node, argv }, index) => [
      `mv ${overlays}/${node}.qcow2 ${folder}/${node}.kept`,
      `cat >${folder}/${node}.sh <<'END'`,
      ...startScript({ node, argv, tap: `plain${index}`, bridge: `cbr${vo.vni}` }),
      'END',
    ]),
  ].join('\n')
}

interface PlainNode {
  readonly node: string
  readonly argv: readonly string[]
  readonly tap: string
  readonly bridge: string
}

function startScript({ node, argv, tap, bridge }: PlainNode): readonly string[] {
  const disk = `${overlays}/${node}.qcow2`
  const plain = plainArgv(argv, tap)
  if (plain === undefined) throw new TypeError(`the QEMU of ${node} has not one NIC on a tap`)
  return [
    `base=$(qemu-img info -U -f qcow2 ${folder}/${node}.kept | sed -n 's/^backing file: \\([^ ]*\\).*/\\1/p')`,
    `qemu-img create -q -f qcow2 -F qcow2 -b "$base" ${disk}`,
    `ip tuntap add ${tap} mode tap`,
    `ip link set ${tap} mtu 1450 master ${bridge} up`,
    `echo started ${node}`,
    `exec ${plain.map(shellWord).join(' ')} </dev/null >${folder}/${node}.log 2>&1`,
  ]
}

/** The loop itself; it tells each start at once, and lives as long as what it started. */
async function startAll(
  { run }: ClusterRun,
  { place, nodes }: PlainHost,
  standing: Standing,
  from: number,
): Promise<readonly PlainStart[]> {
  if (nodes.length === 0) return []
  const loop = `for node in ${nodes.map(({ node }) => node).join(' ')}; do sh ${folder}/$node.sh & done; wait`
  const [program = '', ...words] = sshArgv(run.plan, place)
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'], signal: run.signal })
  child.on('error', () => undefined)
  child.stdin.end(loop)
  const started = new Map<string, number>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, node] = /^started (.+)$/.exec(line) ?? []
    if (node !== undefined) started.set(node, performance.now())
  })
  try {
    const vcns = standing.vcns.filter(({ fullName }) => nodes.some(({ node }) => node === fullName))
    return await Promise.all(
      vcns.map(async (vcn) => {
        const answeredAt = await firstAnswer(run, standing, vcn)
        const startedAt = started.get(vcn.fullName) ?? Number.NaN
        return { vcn: vcn.name, bootMs: answeredAt - startedAt, wholeMs: answeredAt - from }
      }),
    )
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await Promise.race([once(child, 'exit'), once(child, 'error')])
  }
}

async function firstAnswer(
  run: ClusterRun['run'],
  { vo }: Standing,
  vcn: SeenVcn,
): Promise<number> {
  const ping = inTenant(run.plan, vo.vni, ['ping', '-n', '-c', '1', '-W', '1', vcn.address])
  let askedAt = -askEveryMs
  const answers = async (): Promise<boolean> => {
    run.signal.throwIfAborted()
    if (performance.now() - askedAt < askEveryMs) return false
    askedAt = performance.now()
    return (await runProgram(ping)).exit === 0
  }
  const found = `no answer within ${answerMsMax / 1000} s`
  const promise = `${vcn.name} answers when a shell has started it`
  if (!(await until(answers, answerMsMax))) demand(false, { chapter, promise, found }, run)
  return performance.now()
}

/** Their own disks come back, so that a second "cluster apply" finds what it left. */
const undoing = `for file in /proc/[0-9]*/cmdline; do
  grep -q 'ifname=plain' "$file" 2>/dev/null && kill "$(echo "$file" | cut -d / -f 3)"
done
sleep 2
for kept in ${folder}/*.kept; do
  node=\${kept##*/}; node=\${node%.kept}
  [ -e "$kept" ] && mv "$kept" ${overlays}/$node.qcow2
done
for tap in /sys/class/net/plain*; do [ -e "$tap" ] && ip link delete "\${tap##*/}"; done
rm -rf ${folder}`

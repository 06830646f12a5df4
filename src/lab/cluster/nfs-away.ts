// Why this file exists: the images of running nodes come over NFS; when that server stands still or dies, the nodes must wait
// and go on, and never see an error on their disk.
import { setTimeout as pause } from 'node:timers/promises'
import { existsSync, readFileSync } from 'node:fs'
import { isAlive, markOf, type ProcessMark, signal as send, until } from '../processes.ts'
import type { Standing } from './bring-up.ts'
import { askHost, hostsOf, onHost } from './host-shell.ts'
import { insideNode } from './node-shell.ts'
import { demand } from './promise.ts'
import type { ClusterRun } from './site.ts'
import type { SeenVcn } from './views.ts'

const chapter = 'NFS away'
const awayMs = 20_000
const stalledMs = 6000
const resumeMsMax = 180_000
const insideMsMax = 120_000
const pidMsMax = 30_000

/** Reads the disk in pieces for ever, past what the node itself remembers, and counts the pieces and the errors. */
const reader = `rm -f /tmp/reads /tmp/errors /tmp/stop-reading
cat >/tmp/reader <<'END'
at=0
while [ ! -e /tmp/stop-reading ]; do
  dd if=/dev/vda of=/dev/null bs=512k count=1 skip=$at iflag=direct 2>/tmp/said || { echo "piece $at" >>/tmp/errors; cat /tmp/said >>/tmp/errors; }
  at=$(( (at + 1) % 200 ))
  reads=$((reads + 1)); echo $reads >/tmp/reads
done
END
(sh /tmp/reader </dev/null >/dev/null 2>&1 &)
echo reading`

/** What the host remembers of the images would hide that the server is away. */
const forget = `(while [ -e /tmp/forgetting ]; do echo 3 >/proc/sys/vm/drop_caches; sleep 1; done </dev/null >/dev/null 2>&1 &)`

export async function nfsAway(cluster: ClusterRun, { vcns }: Standing): Promise<void> {
  const { run } = cluster
  const [vcn] = vcns
  if (vcn === undefined) throw new TypeError('a cluster without nodes')
  const hosts = await hostsOf(run.plan)
  for (const host of hosts) await onHost(run, host, `touch /tmp/forgetting; ${forget}`)
  try {
    await insideNode(run, vcn, reader, insideMsMax)
    await standsStill(cluster, vcn)
    await dies(cluster, vcn)
    await insideNode(run, vcn, 'touch /tmp/stop-reading', insideMsMax)
  } finally {
    for (const host of hosts) await askHost(run, host, 'rm -f /tmp/forgetting')
  }
  await unharmed(cluster, vcns)
}

async function standsStill(cluster: ClusterRun, vcn: SeenVcn): Promise<void> {
  const { run } = cluster
  const server = await ganesha(cluster)
  await goesOn(cluster, vcn, 'before NFS stops')
  send(server, 'SIGSTOP')
  try {
    await pause(stalledMs, undefined, { signal: run.signal })
    const [first, second] = [await reads(cluster, vcn), await reads(cluster, vcn)]
    const promise = `${vcn.name} waits for its disk while NFS stands still`
    const found = `it went on from piece ${first} to ${second}`
    demand(second - first <= 1, { chapter, promise, found }, run)
    await pause(awayMs - stalledMs, undefined, { signal: run.signal })
  } finally {
    send(server, 'SIGCONT')
  }
  await goesOn(cluster, vcn, `after ${awayMs / 1000} s without NFS`)
}

/** The appliance starts it again by itself; its grace period holds everybody up a while longer. */
async function dies(cluster: ClusterRun, vcn: SeenVcn): Promise<void> {
  const server = await ganesha(cluster)
  send(server, 'SIGKILL')
  await until(() => !isAlive(server), pidMsMax)
  const next = await ganesha(cluster)
  const promise = 'NFS was killed, and the appliance started it again'
  demand(next.pid !== server.pid, { chapter, promise, found: `process ${next.pid}` }, cluster.run)
  await goesOn(cluster, vcn, 'after NFS was killed')
}

async function ganesha({ run }: ClusterRun): Promise<ProcessMark> {
  const path = `${run.plan.dataDir}/run/ganesha.pid`
  let mark: ProcessMark | undefined
  const found = (): boolean => {
    mark = existsSync(path) ? markOf(Number(readFileSync(path, 'utf8').trim())) : undefined
    return mark !== undefined
  }
  await until(found, pidMsMax)
  const promise = 'NFS is served by a process of the appliance'
  if (mark === undefined) demand(false, { chapter, promise, found: path }, run)
  return mark ?? { pid: 0, started: '' }
}

async function goesOn(cluster: ClusterRun, vcn: SeenVcn, when: string): Promise<void> {
  const { run } = cluster
  const from = await reads(cluster, vcn)
  const began = performance.now()
  let now = from
  const advanced = async (): Promise<boolean> => {
    run.signal.throwIfAborted()
    now = await reads(cluster, vcn)
    return now > from + 1
  }
  await until(advanced, resumeMsMax)
  const took = ((performance.now() - began) / 1000).toFixed(0)
  const found = `still at piece ${now} after ${took} s`
  const promise = `${vcn.name} reads its disk ${when}`
  demand(now > from + 1, { chapter, promise, found }, run)
}

async function reads({ run }: ClusterRun, vcn: SeenVcn): Promise<number> {
  const { text } = await insideNode(run, vcn, 'cat /tmp/reads || echo 0', insideMsMax)
  return Number(/^\d+$/m.exec(text)?.[0] ?? 0)
}

async function unharmed({ run }: ClusterRun, vcns: readonly SeenVcn[]): Promise<void> {
  for (const vcn of vcns) {
    const look =
      'cat /tmp/errors; dmesg | grep -iE "i/o error|ext4-fs error|remounting filesystem"; echo looked'
    const { text } = await insideNode(run, vcn, look, insideMsMax)
    const isClean = text.trim() === 'looked' || /^cat: .*\nlooked$/.test(text.trim())
    const promise = `${vcn.name} saw no error on its disk`
    demand(isClean, { chapter, promise, found: text }, run)
  }
  for (const host of await hostsOf(run.plan)) {
    const look = `grep -L "<domstatus state='running'" /run/libvirt/qemu/*.xml 2>/dev/null; true`
    const paused = (await onHost(run, host, look)).trim()
    const promise = `every node of ${host.name} runs`
    demand(paused === '', { chapter, promise, found: paused }, run)
  }
}

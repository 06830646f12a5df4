// Why this file exists: the plan is shown, carried out and watched; what comes of it is a cluster whose every node runs and
// has every step in its timeline, or an explained failure.
import { Fault } from '#fault'
import { askApi, lastWords, serveLog } from '../appliance.ts'
import { run as runProgram } from '../command.ts'
import { askHost, hostsOf } from './host-shell.ts'
import { demand, oneLine } from './promise.ts'
import { order } from './publish.ts'
import { clusterName, clusterPath, type ClusterRun, type Owner } from './site.ts'
import {
  itemsOf,
  missingMarks,
  parseMarks,
  parseVcn,
  parseVo,
  type SeenVcn,
  type SeenVo,
  type VcnMarks,
} from './views.ts'
import { applyWatched, fileOf, type OnMark } from './watch-apply.ts'

export interface Standing {
  readonly owner: Owner
  readonly vo: SeenVo
  readonly vcns: readonly SeenVcn[]
}

export async function bringUp(
  cluster: ClusterRun,
  owner: Owner,
  onMark?: OnMark,
): Promise<Standing> {
  await order(cluster, ['cluster', 'plan', fileOf(cluster, owner)])
  const { exit, stdout, stderr } = await applyWatched(cluster, owner, onMark)
  if (exit !== 0) {
    await printEvidence(cluster)
    throw new Fault('CPC-LAB-017', {
      what: `the cluster ${clusterName(owner)} did not come up: apply ended with exit ${exit}`,
      where: `${cluster.run.plan.logsDir}, coppice job list`,
      why: lastWords(stderr) || oneLine(stdout) || 'it gave no reason',
      todo: 'the evidence is printed above; "coppice lab up --keep" leaves the rack up to look around',
    })
  }
  cluster.run.print(`  ${stdout.trimEnd().split('\n').at(-1) ?? ''}`)
  const standing = await look(cluster, owner)
  const wanted = owner.computes + 1
  const running = standing.vcns.filter(({ state }) => state === 'Running').length
  demand(
    running === wanted && standing.vcns.length === wanted,
    {
      chapter: 'cluster',
      promise: `${wanted} nodes of ${clusterName(owner)} run`,
      found: standing.vcns.map(({ name, state }) => `${name} ${state}`).join(', '),
    },
    cluster.run,
  )
  return standing
}

export async function look({ run }: ClusterRun, owner: Owner): Promise<Standing> {
  const { vo, cluster } = owner
  const vcns = itemsOf(await askApi(run.plan, `/v1/vcns?vo=${vo}&cluster=${cluster}`))
    .map(parseVcn)
    .filter((one) => one !== undefined)
    .filter(({ fullName }) => fullName.endsWith(`.${cluster}.${vo}`))
  const seen = parseVo(await askApi(run.plan, `/v1/vos/${vo}`))
  if (seen === undefined) throw new TypeError(`the appliance shows no VO ${vo} with a network`)
  return { owner, vo: seen, vcns }
}

/** Every step of every node, or the run does not count as done. */
export async function wholeTimeline(
  { run }: ClusterRun,
  owner: Owner,
): Promise<readonly VcnMarks[]> {
  const marks = parseMarks(await askApi(run.plan, `${clusterPath(owner)}/timeline`))
  const gaps = marks.flatMap((one) => missingMarks(one).map((phase) => `${one.vcn} ${phase}`))
  demand(
    gaps.length === 0 && marks.length === owner.computes + 1,
    {
      chapter: 'timeline',
      promise: `the timeline of ${clusterName(owner)} holds every step of every node`,
      found: `of ${marks.length} nodes these are missing: ${gaps.join(', ')}`,
    },
    run,
  )
  return marks
}

const linesMax = 25
const hostLogs = `for log in /var/log/libvirt/qemu/*.log; do echo "$log:"; tail -n 4 "$log"; done 2>/dev/null
ps | grep -c '[q]emu-system'; free; dmesg | tail -n 6`

/** What is to be seen of a cluster that did not come up: jobs, hosts, the appliance. */
export async function printEvidence({ run }: ClusterRun): Promise<void> {
  const { plan, print } = run
  const tail = await runProgram(['tail', '-n', String(linesMax), serveLog(plan)])
  print(`last lines of the appliance:\n${tail.stdout}`)
  for (const host of await hostsOf(plan).catch(() => [])) {
    const { stdout, stderr } = await askHost(run, host, hostLogs)
    print(`host ${host.name}:\n${stdout}${stderr}`)
  }
}

// Why this file exists: the whole road, from missing packages to the table, as one story; each chapter is a file of its own,
// and whatever ends the story early is a Fault that names where.
import { mkdirSync, rmSync } from 'node:fs'
import { Fault } from '#fault'
import { mustCoppice, startAppliance } from './appliance.ts'
import { bmcSecretFile } from './bmc/start-keeper.ts'
import { playScenes } from './cluster/scenes.ts'
import type { Scene } from './cluster/scenes.table.ts'
import { chapters, runClusters } from './cluster/story.ts'
import { consoleText, evidenceOf, startCapture, verdictOf } from './evidence.ts'
import { follow, type Seen, type Watch } from './follow.ts'
import { hostImage, nodeDisks } from './host-image.ts'
import { changeWhileRunning } from './live-change.ts'
import type { LabOptions } from './options.ts'
import { demandRoot, ensurePackages } from './packages.ts'
import { measurePeer } from './peer.ts'
import { between, missingPhases, type Timeline } from './phases.ts'
import { type MachinePlan, powerUrl, type RackPlan } from './plan.ts'
import { checkPeople } from './people.ts'
import { claimRack, raiseRack, standing, takeDown } from './rack.ts'
import type { Started } from './start.ts'
import { phaseTable, seconds, type TableMachine } from './table.ts'

/** How many times sooner than a plain server a BIOS machine asks for its script. */
const timesSoonerMin = 5

export interface LabRun {
  readonly plan: RackPlan
  readonly options: LabOptions
  readonly signal: AbortSignal
  readonly print: (line: string) => void
  /** What a test breaks on the way; a plain run breaks nothing. */
  readonly breaks: Breaks
}

export interface Breaks {
  /** A run that breaks something measures nothing beside it. */
  readonly measures: boolean
  readonly image: (directory: string) => Promise<string>
  readonly beforeServe: () => Promise<void>
  readonly afterServe: (serving: Started) => void
  readonly onPhase: (machine: MachinePlan, phase: string) => Promise<void>
  /** Played in place of the story of clusters. */
  readonly scenes?: readonly Scene[]
}

export const breaksNothing: Breaks = {
  measures: true,
  image: (directory) => Promise.resolve(directory),
  beforeServe: () => Promise.resolve(),
  afterServe: () => undefined,
  onPhase: () => Promise.resolve(),
}

/** From here on the rack is ours to take away; whoever holds it already is not disturbed. */
export async function beginRun({ plan, print, signal }: LabRun): Promise<void> {
  demandRoot()
  await ensurePackages(print, signal)
  if (standing(plan.stateDir).kind === 'crashed') {
    print('taking away what an earlier run left when it ended unexpectedly')
    await takeDown(plan.stateDir, 'everything')
  }
  claimRack(plan)
  for (const folder of [plan.logsDir, plan.dataDir, `${plan.stateDir}/machines`]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
}

/** Settles when every machine is a host, clusters have come and gone, and every promise of the run was kept. */
export async function runLab(run: LabRun): Promise<void> {
  const { plan, print, signal } = run
  const image = await run.breaks.image(await hostImage(run))
  const disks = run.options.until === 'ready' ? undefined : await nodeDisks(run)
  await raiseRack(plan, signal)
  startCapture(plan)
  print(`rack ${plan.rack}: ${plan.machines.length} machines on ${plan.network.cidr}`)
  const peerMs = run.breaks.measures ? await comparison(run) : undefined
  await run.breaks.beforeServe()
  const serving = await startAppliance(plan, image)
  run.breaks.afterServe(serving)
  print('the appliance is ready')
  await describeRack(run)
  await makeHosts(run, peerMs)
  if (run.breaks.measures) await chapters(run)('people on hosts', () => checkPeople(run))
  if (disks === undefined) return
  const { scenes } = run.breaks
  await (scenes === undefined ? runClusters(run, disks) : playScenes(run, disks, scenes))
}

async function comparison({ plan, print }: LabRun): Promise<number> {
  const machine = firstMachine(plan)
  const peerMs = await measurePeer(plan, machine)
  print(`plain dnsmasq: ${machine.name} asked for its script ${seconds(peerMs)} s after power-on`)
  return peerMs
}

function firstMachine(plan: RackPlan): MachinePlan {
  const [machine] = plan.machines
  if (machine === undefined) throw new TypeError('a rack without machines')
  return machine
}

/** Name, MAC, role and power URL; the addresses are the directory's to give. */
async function describeRack({ plan, signal }: LabRun): Promise<void> {
  const { cidr, poolFirst, poolLast } = plan.network
  const pool = `${poolFirst}-${poolLast}`
  await mustCoppice(plan, ['network', 'add', 'prov', '--subnet', cidr, '--pool', pool], signal)
  for (const machine of plan.machines) {
    const facts = ['--mac', machine.mac, '--role', 'host', '--power', powerUrl(machine)]
    await mustCoppice(plan, ['machine', 'add', machine.name, ...facts], signal)
    const secret = ['--power-secret-file', bmcSecretFile(plan)]
    await mustCoppice(plan, ['machine', 'set', machine.name, ...secret], signal)
  }
}

async function makeHosts(run: LabRun, peerMs: number | undefined): Promise<void> {
  const { plan, print, signal } = run
  const deadlineAt = performance.now() + run.options.deadlineSeconds * 1000
  const { onPhase } = run.breaks
  const watch: Watch = { plan, machines: plan.machines, deadlineAt, signal, print, onPhase }
  const [first, ...others] = plan.machines
  await powerOn(run, first)
  // Alone until it has its script, as it was beside the plain server.
  const hasScript = (timelines: ReadonlyMap<string, Timeline>): boolean =>
    timelines.get(firstMachine(plan).name)?.phases.some(({ phase }) => phase === 'script') ?? false
  const silent = { ...watch, print: () => undefined, onPhase: () => Promise.resolve() }
  if (others.length > 0)
    await reached(
      run,
      await follow({ ...silent, machines: [firstMachine(plan)], until: hasScript }),
    )
  for (const machine of others) await powerOn(run, machine)
  const change = run.breaks.measures ? changeWhileRunning(plan, signal) : undefined
  const [seen, live] = await Promise.all([follow(watch), change])
  const timelines = await reached(run, seen)
  report(run, timelines)
  if (live !== undefined)
    print(`ldapmodify was in DNS after ${live.dnsMs.toFixed(0)} ms, in DHCP with the next request`)
  if (peerMs !== undefined) judgeScript(run, timelines, peerMs)
}

async function powerOn(run: LabRun, machine: MachinePlan | undefined): Promise<void> {
  if (machine === undefined) return
  const { plan, signal, print } = run
  try {
    await mustCoppice(plan, ['machine', 'power', 'on', machine.name], signal)
  } catch (error) {
    print(await evidenceOf(plan, machine, undefined))
    throw error
  }
}

/** The timelines, or the Fault with the evidence printed before it. */
async function reached(run: LabRun, seen: Seen): Promise<ReadonlyMap<string, Timeline>> {
  if (seen.kind === 'reached') return seen.timelines
  const { machine, phase, reason, timeline } = seen
  run.print(await evidenceOf(run.plan, machine, timeline))
  const verdict = verdictOf(consoleText(machine))
  throw new Fault('CPC-LAB-007', {
    what: `${machine.name} did not become a host: it failed at ${phase}`,
    where: run.plan.logsDir,
    why: verdict === undefined ? reason : `${reason}. Its console says: ${verdict}`,
    todo: 'the evidence is printed above; "coppice lab up --keep" leaves the rack up to look around',
  })
}

function report({ plan, print, breaks }: LabRun, timelines: ReadonlyMap<string, Timeline>): void {
  const machines = plan.machines.map((machine): TableMachine => {
    const timeline = timelines.get(machine.name)
    return {
      plan: machine,
      timeline: timeline ?? { machine: machine.name, boot: 0, phases: [], trail: [] },
    }
  })
  print(`\n${phaseTable(machines)}\n`)
  for (const { plan: machine, timeline } of machines) {
    // What was broken under a machine may have sent it through its firmware: nobody pressed a button for that boot.
    const hasRestarted = !breaks.measures && timeline.boot > 1
    const missing = missingPhases(timeline, machine.firmware).filter(
      (phase) => !(hasRestarted && phase === 'power-on'),
    )
    if (missing.length === 0) continue
    throw new Fault('CPC-LAB-013', {
      what: `${machine.name} is ready, but its timeline has gaps`,
      where: `coppice machine timeline ${machine.name}`,
      why: `it does not hold ${missing.join(', ')}`,
      todo: 'a step that nobody saw was not shown to work: look at the log of the appliance',
    })
  }
}

function judgeScript(
  { plan, print }: LabRun,
  timelines: ReadonlyMap<string, Timeline>,
  peerMs: number,
): void {
  const machine = firstMachine(plan)
  const timeline = timelines.get(machine.name)
  const ownMs = timeline === undefined ? undefined : between(timeline, 'power-on', 'script')
  const times = ownMs === undefined ? 0 : peerMs / ownMs
  print(
    `power-on to boot script, ${machine.name}: plain dnsmasq ${seconds(peerMs)} s, Coppice ${seconds(ownMs ?? 0)} s: ${times.toFixed(1)} times sooner`,
  )
  if (times >= timesSoonerMin) return
  throw new Fault('CPC-LAB-010', {
    what: `${machine.name} asked for its script only ${times.toFixed(1)} times sooner than with a plain dnsmasq`,
    where: `coppice machine timeline ${machine.name}`,
    why: `the promise is ${timesSoonerMin} times: iPXE's two waits were not both ended, or the machine was busy`,
    todo: `look for the router advertisement and option 175 in ${plan.logsDir}/wire.pcap`,
  })
}

/** What a person can do with a rack that stays. */
export function lookAround(plan: RackPlan): readonly string[] {
  const [machine] = plan.machines
  const name = machine?.name ?? 'n001'
  return [
    `the rack stays up. To look around:`,
    `  bin/coppice machine list --server unix:${plan.dataDir}/api.sock`,
    `  bin/coppice machine timeline ${name} --server unix:${plan.dataDir}/api.sock`,
    `  ip netns exec ${plan.applianceNamespace} dig @${plan.network.appliance} ${name}.${plan.domain}`,
    `  ip netns exec ${plan.rackNamespace} tcpdump -n -i br0`,
    `  tail -f ${machine?.directory ?? ''}/console.log`,
    `  ip netns exec ${plan.applianceNamespace} ssh -i ${plan.dataDir}/ssh/id_ed25519 root@ADDRESS`,
    `  nsenter -t $(cat ${plan.dataDir}/run/serve.pid) -m -n ip netns list   # the networks of VOs`,
    `  bin/coppice lab down`,
  ]
}

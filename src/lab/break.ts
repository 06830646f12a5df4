// Why this file exists: how each kind of fault is done to a running rack: by the same signals, files and ports with which
// the world does it.
import { randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { startAppliance, stopAppliance } from './appliance.ts'
import { askKeeper } from './bmc/ask.ts'
import { keeperSocket } from './bmc/start-keeper.ts'
import type { Break, Victim } from './faults.table.ts'
import { dnsmasqArguments } from './peer.ts'
import type { MachinePlan, RackPlan } from './plan.ts'
import { isAlive, markOf, type ProcessMark, signal, until } from './processes.ts'
import { type Breaks, breaksNothing } from './run.ts'
import { type Started, startIn } from './start.ts'

const deathMsMax = 5000
/** The appliance waits up to 5 s before it starts again what dies often. */
const rebirthMsMax = 8000
const noiseBytes = 1024 * 1024

export function breakOn(fault: Break, plan: RackPlan, print: (line: string) => void): Breaks {
  const nothing: Breaks = { ...breaksNothing, measures: false }
  switch (fault.kind) {
    case 'memory':
      return nothing
    case 'noise-as-kernel':
      return { ...nothing, image: (directory) => Promise.resolve(noiseAsKernel(directory, plan)) }
    case 'port-taken':
      return { ...nothing, beforeServe: () => takePort(plan) }
    case 'dead-bmc':
      return { ...nothing, beforeServe: () => silenceBmcs(plan) }
    case 'other-ca':
      return otherCa(plan, nothing)
    case 'scenes':
      return { ...nothing, scenes: fault.scenes }
    case 'kill':
      return {
        ...nothing,
        onPhase: async (machine, phase) => {
          if (!fault.after.some((name) => name === phase)) return
          print(`kill -9 of ${fault.victim} after ${phase}`)
          await kill(fault.victim, machine, plan)
        },
      }
  }
}

/** A copy of the image; the cache stays as it is. */
function noiseAsKernel(directory: string, plan: RackPlan): string {
  const copy = `${plan.stateDir}/image`
  mkdirSync(copy, { recursive: true })
  for (const file of readdirSync(directory))
    if (file.startsWith('vmlinuz')) writeFileSync(join(copy, file), randomBytes(noiseBytes))
    else copyFileSync(join(directory, file), join(copy, file))
  return copy
}

async function takePort(plan: RackPlan): Promise<void> {
  const [machine] = plan.machines
  if (machine === undefined) return
  const log = `${plan.logsDir}/squatter.log`
  startIn(plan.applianceNamespace, dnsmasqArguments(plan, machine), log)
  await until(() => readFileSync(log, 'utf8').includes('started, version'), deathMsMax)
}

async function silenceBmcs(plan: RackPlan): Promise<void> {
  for (const { name } of plan.machines) await askKeeper(keeperSocket(plan), 'POST', `/${name}/mute`)
}

/** One that is just being started again is waited for: each step has its own death. */
async function kill(victim: Victim, machine: MachinePlan, plan: RackPlan): Promise<void> {
  let mark: ProcessMark | undefined
  await until(async () => {
    const pid = victim === 'machine' ? await machinePid(machine, plan) : servicePid(victim, plan)
    mark = pid === undefined ? undefined : markOf(pid)
    return mark !== undefined
  }, rebirthMsMax)
  const doomed = mark
  if (doomed === undefined) return
  signal(doomed, 'SIGKILL')
  await until(() => !isAlive(doomed), deathMsMax)
}

async function machinePid(machine: MachinePlan, plan: RackPlan): Promise<number | undefined> {
  return (await askKeeper(keeperSocket(plan), 'GET', `/${machine.name}`)).pid
}

function servicePid(name: string, plan: RackPlan): number | undefined {
  const path = `${plan.dataDir}/run/${name}.pid`
  return existsSync(path) ? Number(readFileSync(path, 'utf8').trim()) : undefined
}

/** As after a restore from no backup: the machine's command line still names the CA that was. */
function otherCa(plan: RackPlan, nothing: Breaks): Breaks {
  let serving: Started | undefined
  let image = ''
  return {
    ...nothing,
    image: (directory) => {
      image = directory
      return Promise.resolve(directory)
    },
    afterServe: (started) => {
      serving = started
    },
    onPhase: async (_machine, phase) => {
      // Sooner, and the loader would ask the new appliance again and rightly trust it.
      if (phase !== 'initrd' || serving === undefined) return
      await stopAppliance(serving)
      rmSync(`${plan.dataDir}/ca`, { recursive: true })
      serving = await startAppliance(plan, image)
    },
  }
}

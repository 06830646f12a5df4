// Why this file exists: what is promised of a host is looked for on the host, by whoever owns the rack: a shell there, over
// SSH with the appliance's key.
import { Fault } from '#fault'
import { askApi } from '../appliance.ts'
import { type Finished, run } from '../command.ts'
import { parseMachines } from '../phases.ts'
import type { RackPlan } from '../plan.ts'
import type { LabRun } from '../run.ts'
import { inNamespace } from '../wiring.ts'
import { oneLine } from './promise.ts'
import { itemsOf } from './views.ts'

export interface HostPlace {
  readonly name: string
  readonly address: string
}

const connectSeconds = 10
/** Emulated hosts are slow, and slower under load. */
const scriptMsMax = 120_000

/** In the order of the rack. */
export async function hostsOf(plan: RackPlan): Promise<readonly HostPlace[]> {
  const machines = parseMachines(itemsOf(await askApi(plan, '/v1/machines'))) ?? []
  return plan.machines.flatMap(({ name }) => {
    const address = machines.find((one) => one.name === name)?.address
    return address === undefined ? [] : [{ name, address }]
  })
}

export function sshArgv(plan: RackPlan, { address }: HostPlace): readonly string[] {
  const options = [
    `IdentityFile=${plan.dataDir}/ssh/id_ed25519`,
    `ConnectTimeout=${connectSeconds}`,
    'BatchMode=yes',
    // The appliance checks host keys; the lab owns the rack, whose hosts are all alike to it.
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ].flatMap((option) => ['-o', option])
  const ssh = ['ssh', '-F', 'none', ...options, `root@${address}`, '--', 'sh', '-s']
  return inNamespace(plan.applianceNamespace, ssh)
}

export async function askHost(
  { plan, signal }: Pick<LabRun, 'plan' | 'signal'>,
  host: HostPlace,
  script: string,
): Promise<Finished> {
  return run(sshArgv(plan, host), { input: script, deadlineMs: scriptMsMax, signal })
}

/** What the script printed; a bad end is a Fault. */
export async function onHost(
  run: Pick<LabRun, 'plan' | 'signal'>,
  host: HostPlace,
  script: string,
): Promise<string> {
  const { exit, stdout, stderr } = await askHost(run, host, script)
  if (exit === 0) return stdout
  throw new Fault('CPC-LAB-019', {
    what: `a look at the host ${host.name} failed with exit ${exit}`,
    where: `${host.name}: ${oneLine(script).slice(0, scriptCharactersMax)}`,
    why: oneLine(stderr) || oneLine(stdout) || 'it said nothing',
    todo: `look whether it lives: its console is below ${run.plan.stateDir}/machines`,
  })
}

const scriptCharactersMax = 200

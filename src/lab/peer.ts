// Why this file exists: "sooner than a plain server" is a claim only when the plain server ran on the same machine, in the
// same rack, minutes before.
import { readFileSync, rmSync } from 'node:fs'
import { Fault } from '#fault'
import { askKeeper } from './bmc/ask.ts'
import { keeperSocket } from './bmc/start-keeper.ts'
import { numberMember, parseJson, textMember } from './json.ts'
import type { MachinePlan, RackPlan } from './plan.ts'
import { end, markOf, until } from './processes.ts'
import { ownProgram, type Started, startIn } from './start.ts'
import { provisioningInterface } from './wiring.ts'

const scriptPath = '/boot.ipxe'
const loaderFolder = '/usr/lib/ipxe'
const scriptMsMax = 120_000
const serverMsMax = 10_000
const endMsMax = 5000

/** What a careful administrator writes without knowing iPXE's two waits: fixed address, boot file, TFTP for UEFI. */
export function dnsmasqArguments(plan: RackPlan, machine: MachinePlan): readonly string[] {
  const { network } = plan
  return [
    '/usr/sbin/dnsmasq',
    '--no-daemon',
    '--conf-file=/dev/null',
    '--no-hosts',
    '--no-resolv',
    '--user=root',
    '--port=0',
    `--interface=${provisioningInterface}`,
    '--bind-interfaces',
    '--log-dhcp',
    '--log-facility=-',
    `--pid-file=${plan.stateDir}/peer.pid`,
    `--dhcp-leasefile=${plan.stateDir}/peer.leases`,
    `--dhcp-range=${network.cidr.split('/')[0]},static,${network.netmask}`,
    // A fixed address spares it the ping before an offer.
    `--dhcp-host=${machine.mac},${network.spare}`,
    '--dhcp-userclass=set:ipxe,iPXE',
    '--dhcp-match=set:uefi,option:client-arch,7',
    '--enable-tftp',
    `--tftp-root=${loaderFolder}`,
    '--dhcp-boot=tag:!ipxe,tag:uefi,snponly.efi',
    `--dhcp-boot=tag:ipxe,http://${network.appliance}${scriptPath}`,
  ]
}

/** Milliseconds from power-on to the request for the script. */
export async function measurePeer(plan: RackPlan, machine: MachinePlan): Promise<number> {
  const log = (name: string): string => `${plan.logsDir}/peer-${machine.name}-${name}.log`
  const http = ownProgram(
    new URL('./script-server.ts', import.meta.url),
    plan.network.appliance,
    '80',
  )
  const servers = [
    startIn(plan.applianceNamespace, http, log('http')),
    startIn(plan.applianceNamespace, dnsmasqArguments(plan, machine), log('dnsmasq')),
  ]
  try {
    await until(() => saysReady(log('http')) && saysReady(log('dnsmasq')), serverMsMax)
    const from = Date.now()
    await askKeeper(keeperSocket(plan), 'POST', `/${machine.name}/on`)
    await until(() => scriptAskedAt(log('http')) !== undefined, scriptMsMax)
    return (scriptAskedAt(log('http')) ?? fail(plan, machine, log('dnsmasq'))) - from
  } finally {
    await askKeeper(keeperSocket(plan), 'POST', `/${machine.name}/off`)
    await end(
      servers.map(markOfStarted).filter((mark) => mark !== undefined),
      endMsMax,
    )
    rmSync(`${plan.stateDir}/peer.leases`, { force: true })
  }
}

function markOfStarted({ child }: Started): ReturnType<typeof markOf> {
  return child.pid === undefined ? undefined : markOf(child.pid)
}

function saysReady(log: string): boolean {
  return /ready\n|started, version/.test(readFileSync(log, 'utf8'))
}

function scriptAskedAt(log: string): number | undefined {
  const requests = readFileSync(log, 'utf8').split('\n').map(parseJson)
  return numberMember(
    requests.find((request) => textMember(request, 'path')?.startsWith(scriptPath)),
    'at',
  )
}

function fail(plan: RackPlan, machine: MachinePlan, log: string): never {
  throw new Fault('CPC-LAB-005', {
    what: 'the plain server that we are compared with did not get a machine to its script',
    where: `${machine.name} of ${plan.rack}, ${log}`,
    why: `no request for ${scriptPath} within ${scriptMsMax / 1000} s of power-on`,
    todo: 'read that log and the console below machines/; without its figure there is no comparison',
  })
}

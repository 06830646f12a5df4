// Why this file exists: a machine or node can be served and still be on no wire, in a pool, or beside what it says.
import { networkContaining } from '../choose-address.ts'
import type { Machine, Network, Nic, Vcn } from '../entry.ts'
import { broadcastOf, formatIp4, type Ip4 } from '../ip4.ts'
import { isUnicastMac } from '../mac.ts'
import { hasMac } from '../device-keys.ts'
import { type Finding, warning } from './finding.ts'
import { lintNames } from './lint-names.ts'
import { topics, type World } from './world.ts'

export function lintDevice(world: World, device: Machine | Vcn): readonly Finding[] {
  return [
    ...lintNames(device),
    ...device.nics.flatMap((nic) => lintNic(world, device, nic)),
    ...(device.kind === 'machine' ? lintIdentity(world, device) : lintVcn(world, device)),
  ]
}

function lintNic(world: World, device: Machine | Vcn, nic: Nic): readonly Finding[] {
  const findings = nic.macs
    .filter((mac) => !isUnicastMac(mac))
    .map((mac) => warning('CPC-DIR-005', device, `MAC ${mac} names no network card`))
  if (nic.network !== undefined && !world.snapshot.networkByName.has(nic.network)) {
    findings.push(warning('CPC-DIR-009', device, `there is no network ${nic.network}`))
  }
  const { address } = nic
  if (address === undefined) return findings
  const text = formatIp4(address)
  if (world.ownAddresses.includes(address)) {
    findings.push(warning('CPC-DIR-045', device, `address ${text} is the appliance's own`))
  }
  const network = networkContaining(world.snapshot, address)
  if (network) findings.push(...lintPlace(device, nic, network, address))
  else findings.push(warning('CPC-DIR-003', device, `address ${text} is outside every network`))
  return findings
}

function lintPlace(
  device: Machine | Vcn,
  nic: Nic,
  network: Network,
  address: Ip4,
): readonly Finding[] {
  const { name, pool, number, prefix } = network
  const text = formatIp4(address)
  const findings: Finding[] = []
  if (pool && address >= pool.first && address <= pool.last) {
    const why = `address ${text} is inside the pool of ${name}, which is for the unknown`
    findings.push(warning('CPC-DIR-004', device, why))
  }
  if (prefix < 31 && (address === number || address === broadcastOf(network))) {
    const why = `address ${text} is the network number or the broadcast of ${name}`
    findings.push(warning('CPC-DIR-010', device, why))
  }
  if (nic.network !== undefined && nic.network !== name) {
    const why = `address ${text} is on ${name}, but the entry says ${nic.network}`
    findings.push(warning('CPC-DIR-011', device, why))
  }
  if (device.kind === 'vcn' && network.vni === undefined) {
    const why = `address ${text} is on ${name}, which is a network of machines`
    findings.push(warning('CPC-DIR-053', device, why))
  }
  return findings
}

/** The count of the others is left out: a batch of a thousand would be told anew with each that comes. */
function lintIdentity({ snapshot }: World, machine: Machine): readonly Finding[] {
  const { uuid, port } = machine
  const findings: Finding[] = []
  const say = (code: Finding['code'], what: string): void => {
    const why = `${what} is described for other machines too, so it identifies none of them`
    findings.push(warning(code, machine, why))
  }
  if (uuid !== undefined && isShared(snapshot.uuidClaims.get(uuid))) {
    say('CPC-DIR-006', `UUID ${uuid}`)
  }
  // Only machines without MACs lean on their port; the others may share one, behind a small switch.
  if (port === undefined || hasMac(machine)) return findings
  if (isShared(snapshot.portClaims.get(port)?.filter((other) => !hasMac(other)))) {
    say('CPC-DIR-007', `port ${port}`)
  }
  return findings
}

function isShared(machines: readonly Machine[] = []): boolean {
  return machines.length > 1
}

function lintVcn(world: World, vcn: Vcn): readonly Finding[] {
  const { vo, cluster, host } = vcn
  const findings: Finding[] = []
  if (!world.has(topics.vo(vo))) {
    findings.push(warning('CPC-DIR-050', vcn, `its VO ${vo} is not served`))
  } else if (!world.has(topics.cluster(vo, cluster))) {
    findings.push(warning('CPC-DIR-050', vcn, `its cluster ${vo}/${cluster} is not served`))
  }
  const device = host === undefined ? undefined : world.snapshot.byName.get(host)?.device
  const isHost = device?.kind === 'machine' && device.role === 'host'
  if (host !== undefined && !isHost) {
    findings.push(warning('CPC-DIR-051', vcn, `coppiceHost ${host} is no described host`))
  }
  return findings
}

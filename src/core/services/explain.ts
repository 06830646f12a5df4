// Why this file exists: "why?" has an answer for every machine: which entry, which address, which boot, and what was seen last.
import {
  formatIp4,
  joinName,
  type Machine,
  parseDnsName,
  parseIp4,
  parseMac,
  type Snapshot,
  type Vcn,
} from '#directory'
import { decideExplained } from '../explained-boot.ts'
import type { ServiceContext } from './context.ts'
import { findMachine } from './machine-plan.ts'
import { explainAside, explainPerson, peopleLines } from './people.ts'

export function explain(subject: string, context: ServiceContext): readonly string[] {
  const snapshot = context.snapshot()
  const mac = parseMac(subject)
  const address = parseIp4(subject)
  const found =
    (mac && snapshot.byMac.get(mac)?.device) ??
    (address === undefined ? undefined : snapshot.byIp.get(address)?.device)
  if (found !== undefined) return explainDevice(found, context)
  if (mac !== undefined) return explainStranger(subject, context)
  if (address !== undefined) return [`${subject}: no entry of the directory has this address`]
  return explainName(subject, context)
}

/** A machine and a person may have the same name; then both are told of. */
function explainName(subject: string, context: ServiceContext): readonly string[] {
  const { people } = context
  const snapshot = context.snapshot()
  const person = people.named(subject)
  const known =
    person === undefined ? explainAside(subject, snapshot) : explainPerson(person, snapshot, people)
  if (known === undefined) return explainDevice(findMachine(subject, snapshot), context)
  const name = parseDnsName(subject)
  const device = name === undefined ? undefined : snapshot.byName.get(name)?.device
  return device === undefined ? known : [...explainDevice(device, context), ...known]
}

function explainDevice(device: Machine | Vcn, context: ServiceContext): readonly string[] {
  const snapshot = context.snapshot()
  const fqdn = joinName(device.name, snapshot.domain) ?? device.name
  return [
    `entry    ${device.dn}`,
    `name     ${fqdn}${device.aliases.length > 0 ? ` (also ${device.aliases.join(', ')})` : ''}`,
    ...device.nics.flatMap((nic) => nicLines(nic, fqdn, snapshot)),
    ...(device.kind === 'machine' ? machineLines(device, context) : []),
  ]
}

function nicLines(nic: Machine['nics'][number], fqdn: string, snapshot: Snapshot): string[] {
  const macs = nic.macs.join(', ') || 'no MAC'
  if (nic.address === undefined) return [`card     ${macs}: no address yet`]
  const name = nic.label === undefined ? fqdn : `${nic.label}.${fqdn}`
  const { address } = nic
  const network = snapshot.networks.findLast((one) => one.name === nic.network)
  return [
    `dhcp     ${macs} gets ${formatIp4(address)}${network ? ` on ${network.name}` : ''}, always, because its entry says so`,
    `dns      ${name} is ${formatIp4(address)}, and back`,
  ]
}

function machineLines(machine: Machine, context: ServiceContext): string[] {
  const { hosts, people, snapshot, store } = context
  const life = hosts.life(machine.id)
  const next = store.hosts.nextBoots().get(machine.id) ?? 'by-role'
  const boot = decideExplained(machine, next, snapshot())
  const last = life.trail.slice(-5).map((line) => `seen     ${line}`)
  return [
    `boot     ${boot}`,
    `state    ${life.state}, boot ${life.boot}`,
    ...peopleLines(machine, people),
    ...last,
  ]
}

function explainStranger(mac: string, { sightings }: ServiceContext): readonly string[] {
  const seen = sightings.waiting().find((one) => one.mac === mac.toLowerCase())
  return [
    'entry    none: the directory does not describe this card',
    'dhcp     an address of the pool of the network where it asks, when there is a pool',
    'boot     a script that waits until somebody gives it a name: coppice machine adopt',
    seen === undefined ? 'seen     never' : `seen     ${seen.lastSeen} on ${seen.interfaceName}`,
  ]
}

// Why this table exists: what goes wrong around the appliance, and what people do to the directory, each with how often it
// happens. Everything is undone again, or people do something else.
import { id, ip, label, network } from '../../directory/samples.ts'
import { below, pick } from '../../fuzz/random.ts'
import { machineEntry, machinesMax, nodeEntry, nodesMax, siteEntries } from './site.ts'
import type { World } from './world.ts'

export interface WorldEvent {
  readonly name: string
  readonly weight: number
  readonly act: (world: World) => void
}

const dayMillis = 86_400_000
const yearMillis = 365 * dayMillis
const clockJumps = [-10 * yearMillis, -dayMillis, -3_600_000, 3_600_000, dayMillis, 10 * yearMillis]

export const worldEvents: readonly WorldEvent[] = [
  { name: 'wire is killed', weight: 5, act: (world) => world.killWire() },
  { name: 'core is killed', weight: 3, act: (world) => world.killCore() },
  { name: 'the power fails', weight: 3, act: (world) => world.powerFails(0) },
  {
    name: 'the power fails, and the clock is lost',
    weight: 1,
    act: (world) => world.powerFails(pick(world.random, [-10, 10]) * yearMillis),
  },
  {
    name: 'the clock is set',
    weight: 2,
    act: (world) => world.setClock(pick(world.random, clockJumps)),
  },
  { name: 'the disk is full', weight: 2, act: (world) => world.diskFails('full') },
  { name: 'the disk fails', weight: 2, act: (world) => world.diskFails('failing') },
  { name: 'a machine is gone', weight: 2, act: removeMachine },
  { name: 'a machine moves', weight: 3, act: moveMachine },
  { name: 'two machines swap', weight: 2, act: swapMachines },
  { name: 'a stranger is described', weight: 2, act: describeStranger },
  { name: 'a pool shrinks', weight: 1, act: (world) => world.put(provWith(world, '10.77.0.202')) },
  { name: 'a pool grows', weight: 1, act: (world) => world.put(provWith(world, '10.77.0.207')) },
  { name: 'a network is gone', weight: 1, act: (world) => world.drop(id(2)) },
  { name: 'all is as it was', weight: 2, act: restore },
  { name: 'a node moves', weight: 2, act: moveNode },
  { name: 'a squatter comes', weight: 1, act: (world) => world.squat() },
  { name: 'somebody asks for a name', weight: 6, act: (world) => world.askDns('prov') },
  { name: 'a tenant asks for a name', weight: 4, act: (world) => world.askDns('vo') },
  { name: 'a loader asks for a file', weight: 3, act: (world) => world.askTftp() },
]

function someMachine(world: World): number {
  return below(world.random, machinesMax)
}

function removeMachine(world: World): void {
  world.drop(id(someMachine(world) + 10))
}

/** To an address of its own kind, or into the pool. */
function moveMachine(world: World): void {
  const last = pick(world.random, [11, 12, 13, 14, 21, 22, 201, 203])
  world.put(machineEntry(someMachine(world), `10.77.0.${last}`))
}

function swapMachines(world: World): void {
  world.put(machineEntry(0, undefined))
  world.put(machineEntry(1, '10.77.0.11'))
  world.put(machineEntry(0, '10.77.0.12'))
}

/** A machine that lived by the pool gets an entry, at times with an address that another has of the pool now. */
function describeStranger(world: World): void {
  world.put(world.strangerEntry(below(world.random, 5), pick(world.random, [31, 200, 202])))
}

function provWith(world: World, last: string) {
  const { leaseSeconds } = world
  const pool = { first: ip('10.77.0.200'), last: ip(last) }
  return network(1, '10.77.0.0/24', { leaseSeconds, gateway: ip('10.77.0.254'), pool })
}

function restore(world: World): void {
  for (const entry of siteEntries(world.leaseSeconds)) world.put(entry)
}

function moveNode(world: World): void {
  const number = below(world.random, nodesMax)
  const address = `10.128.0.${pick(world.random, [11, 12, 13, 20])}`
  const vo = world.random() < 0.8 ? 'physics' : label('biology')
  world.put(nodeEntry(number, vo === 'physics' ? address : '10.129.0.20', vo))
}

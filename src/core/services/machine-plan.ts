// Why this file exists: an order for many machines is understood and checked as a whole before any of it is written:
// against the directory, and against itself.
import type { MachineOrders } from '#api'
import {
  type DnsName,
  type EntryId,
  formatIp4,
  type Ip4,
  isUnicastMac,
  type Mac,
  type Machine,
  parseDnsName,
  type Snapshot,
  type Vcn,
} from '#directory'
import { Fault } from '#fault'
import type { MachineFields } from '#ldap-sync'
import { unknownMachine } from '../enrolment.ts'
import { fieldsOf, type PowerCredentials, readCredentials } from './machine-fields.ts'
import { namedTwice, nameTaken } from './order-words.ts'
import { Problems } from './orders.ts'
import { readName } from './reading.ts'

export interface NewMachine {
  readonly name: DnsName
  readonly fields: MachineFields
}

export interface ChangedMachine {
  readonly machine: Machine
  readonly fields: MachineFields
  readonly credentials?: PowerCredentials
}

export interface MachinePlan {
  readonly adds: readonly NewMachine[]
  readonly changes: readonly ChangedMachine[]
  readonly removals: readonly Machine[]
}

export interface KnownAround {
  readonly snapshot: Snapshot
  /** Also by an entry that is set aside. */
  readonly isClaimed: (address: Ip4) => boolean
  readonly applianceAddresses: readonly Ip4[]
  /** Clusters that have nodes there. */
  readonly clustersOn: (host: DnsName) => readonly string[]
}

/** Throws all that is wrong with it in one fault. */
export function planMachines(orders: MachineOrders, known: KnownAround): MachinePlan {
  const planning = new Planning(known)
  // What goes makes room for what comes.
  const removals = (orders.remove ?? []).flatMap((name) => planning.removal(name) ?? [])
  const changes = (orders.change ?? []).flatMap((change) => planning.change(change) ?? [])
  const adds = (orders.add ?? []).flatMap((request) => planning.add(request) ?? [])
  planning.problems.demandNone()
  return { adds, changes, removals }
}

/** By any of its names, with or without the domain. */
export function findMachine(text: string, snapshot: Snapshot): Machine {
  const name = parseDnsName(text)
  const suffix = `.${snapshot.domain}`
  const relative = name?.endsWith(suffix) ? parseDnsName(name.slice(0, -suffix.length)) : name
  const device = relative === undefined ? undefined : snapshot.byName.get(relative)?.device
  if (device?.kind === 'machine') return device
  throw unknownMachine(text)
}

class Planning {
  readonly problems = new Problems()
  readonly #known: KnownAround
  readonly #touched = new Set<EntryId>()
  readonly #gone = new Set<EntryId>()
  /** What this order gives to whom: `name n1`, `MAC …`, `address …`. */
  readonly #given = new Map<string, string>()

  constructor(known: KnownAround) {
    this.#known = known
  }

  removal(name: string): Machine | undefined {
    const machine = this.#machine(name)
    if (machine) this.#gone.add(machine.id)
    if (machine) this.#noteNodes(name, machine)
    return machine
  }

  change(change: NonNullable<MachineOrders['change']>[number]): ChangedMachine | undefined {
    const { name, powerSecret, ...described } = change
    const machine = this.#machine(name)
    const fields = this.problems.reading(name, () => fieldsOf(described))
    const credentials = this.problems.reading(name, () =>
      powerSecret === undefined ? undefined : readCredentials(powerSecret),
    )
    if (!machine || !fields) return undefined
    if (fields.role !== undefined && fields.role !== 'host') this.#noteNodes(name, machine)
    this.#claimAll(name, fields, machine)
    return { machine, fields, ...(credentials && { credentials }) }
  }

  add(request: NonNullable<MachineOrders['add']>[number]): NewMachine | undefined {
    const { name: text, ...rest } = request
    const name = this.problems.reading(text, () => readName(text))
    const fields = this.problems.reading(text, () => fieldsOf({ role: 'other', ...rest }))
    if (name === undefined || !fields) return undefined
    const holder = this.#known.snapshot.byName.get(name)?.device
    const isHeld = holder !== undefined && !this.#gone.has(holder.id)
    if (isHeld || !this.#give(`name ${name}`, name))
      this.problems.note(text, nameTaken('machine', name))
    this.#claimAll(text, fields)
    return { name, fields }
  }

  /** Each once: what is to be removed and changed is a mistake. */
  #machine(name: string): Machine | undefined {
    const { snapshot } = this.#known
    const machine = this.problems.reading(name, () => findMachine(name, snapshot))
    if (!machine || !this.#touched.has(machine.id)) {
      if (machine) this.#touched.add(machine.id)
      return machine
    }
    this.problems.note(name, namedTwice('machine', machine.name))
    return undefined
  }

  /** Nobody could ask it any more what runs there. */
  #noteNodes(name: string, machine: Machine): void {
    const clusters = this.#known.clustersOn(machine.name)
    if (clusters.length > 0) this.problems.note(name, nodesPlaced(machine.name, clusters))
  }

  #claimAll(name: string, { macs = [], address }: MachineFields, own?: Machine): void {
    for (const mac of macs) this.#claimMac(name, mac, own)
    if (address !== undefined && address !== null) this.#claimAddress(name, address, own)
  }

  #claimMac(name: string, mac: Mac, own: Machine | undefined): void {
    const holder = this.#known.snapshot.byMac.get(mac)?.device
    if (!isUnicastMac(mac)) this.problems.note(name, noCard(mac))
    else this.#claim(name, `MAC ${mac}`, holder?.id === own?.id ? undefined : holder)
  }

  #claimAddress(name: string, address: Ip4, own: Machine | undefined): void {
    const { snapshot, isClaimed, applianceAddresses } = this.#known
    const thing = `address ${formatIp4(address)}`
    const holder = snapshot.byIp.get(address)?.device
    if (applianceAddresses.includes(address))
      this.problems.note(name, taken(thing, 'the appliance'))
    else if (holder === undefined && isClaimed(address)) {
      this.problems.note(name, taken(thing, 'an entry that is set aside'))
    } else this.#claim(name, thing, holder?.id === own?.id ? undefined : holder)
  }

  #claim(name: string, thing: string, holder: Machine | Vcn | undefined): void {
    if (holder && !this.#gone.has(holder.id)) this.problems.note(name, taken(thing, holder.name))
    else if (!this.#give(thing, name)) {
      const other = this.#given.get(thing) ?? ''
      const who = other === name ? 'the same machine once more' : `${other} in the same order`
      this.problems.note(name, taken(thing, who))
    }
  }

  /** Whether nobody has it yet. */
  #give(thing: string, name: string): boolean {
    if (this.#given.has(thing)) return false
    this.#given.set(thing, name)
    return true
  }
}

function taken(thing: string, holder: string): Fault {
  return new Fault('CPC-DIR-082', {
    what: `${thing} is taken`,
    where: thing,
    why: `${holder} has it`,
    todo: 'choose another, or take it away there first',
  })
}

function nodesPlaced(name: DnsName, clusters: readonly string[]): Fault {
  return new Fault('CPC-HOST-009', {
    what: `${name} carries virtual nodes`,
    where: name,
    why: `nodes of ${clusters.join(', ')} are placed there`,
    todo: 'coppice cluster down, or let them move first; coppice explain-error CPC-HOST-009 tells how',
  })
}

function noCard(mac: Mac): Fault {
  return new Fault('CPC-DIR-005', {
    what: `${mac} is no address of one network card`,
    where: mac,
    why: 'group addresses and 00:00:00:00:00:00 are never the sender of a packet',
    todo: 'write the address that is on the card',
  })
}

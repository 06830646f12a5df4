// Why this file exists: machines as people handle them: described in LDAP, followed in their boots, adopted by name.
import type { Caller, MachineChange, MachineRequest, Services } from '#api'
import { type Machine, parseMac, type Snapshot } from '#directory'
import { audited, type ServiceContext } from './context.ts'
import { carryOutMachines, machineViewOf, orderMachines } from './machine-orders.ts'
import { findMachine } from './machine-plan.ts'
import { onlyDone, unwatched } from './orders.ts'
import { peopleFacts } from './people.ts'
import { confirmOff, switchPower } from './power.ts'
import { readMac, readName } from './reading.ts'
import { timelineView } from './views.ts'

export function machineServices(context: ServiceContext): Services['machines'] {
  const { snapshot, hosts, people, sightings, store } = context
  const view = (machine: Machine) => machineViewOf(machine, context)
  const find = (name: string): Machine => findMachine(name, snapshot())
  return {
    list: (tag) => machinesOf(snapshot(), tag).map(view),
    show(name) {
      const machine = find(name)
      return { ...view(machine), ...peopleFacts(machine, people) }
    },
    add: async (request, caller) => view(await addMachine(request, caller, context)),
    change: async (name, change, caller) =>
      view(await changeMachine(find(name), change, caller, context)),
    remove: async (name, caller) =>
      onlyDone(await carryOutMachines({ remove: [name] }, caller, context, unwatched)),
    order: (orders, caller, watch) => orderMachines(orders, caller, context, watch),
    timeline(name) {
      const machine = find(name)
      return timelineView(machine, hosts.life(machine.id))
    },
    power: (name, action, caller) => switchPower(find(name), action, caller, context),
    confirmOff: (name, caller) => confirmOff(find(name), caller, context),
    nextBoot(name, choice, caller) {
      const machine = find(name)
      const change = { caller, action: 'machine boot', target: machine.name, after: choice }
      return audited(context, change, () => {
        store.hosts.setNextBoot(machine.id, choice)
        context.tellNextBoot(machine.id, choice)
        return Promise.resolve()
      })
    },
    waiting: () => sightings.waiting(),
    adopt: async (mac, name, caller) => view(await adopt(mac, name, caller, context)),
  }
}

/** All, or those with a tag; `n2` comes before `n10`. */
export function machinesOf({ entries, byTag }: Snapshot, tag?: string): readonly Machine[] {
  const machines =
    tag === undefined ? entries.ofKind('machine') : (byTag.get(tag)?.ofKind('machine') ?? [])
  return Array.from(machines).toSorted((one, other) =>
    one.name.localeCompare(other.name, 'en', { numeric: true }),
  )
}

async function addMachine(
  request: MachineRequest,
  caller: Caller,
  context: ServiceContext,
): Promise<Machine> {
  onlyDone(await carryOutMachines({ add: [request] }, caller, context, unwatched))
  return findMachine(request.name, context.snapshot())
}

async function changeMachine(
  machine: Machine,
  change: MachineChange,
  caller: Caller,
  context: ServiceContext,
): Promise<Machine> {
  const { name } = machine
  onlyDone(await carryOutMachines({ change: [{ ...change, name }] }, caller, context, unwatched))
  return findMachine(name, context.snapshot())
}

/** A waiting machine gets a name; one in doubt is confirmed to be itself. */
async function adopt(
  macText: string,
  nameText: string,
  caller: Caller,
  context: ServiceContext,
): Promise<Machine> {
  const mac = readMac(macText)
  const name = readName(nameText)
  const known = context.snapshot().byMac.get(mac)?.device
  if (known?.kind === 'machine' && known.name === name) return confirm(known, caller, context)
  const seen = context.sightings.waiting().find((one) => parseMac(one.mac) === mac)
  const uuid = seen?.uuid
  const request = { name, macs: [mac], role: 'host', ...(uuid !== undefined && { uuid }) } as const
  return addMachine(request, caller, context)
}

function confirm(machine: Machine, caller: Caller, context: ServiceContext): Promise<Machine> {
  const { store, now } = context
  const change = { caller, action: 'machine adopt', target: machine.name, after: 'confirmed' }
  return audited(context, change, () => {
    for (const { id, state } of store.approvals.ofMachine(machine.id)) {
      if (state === 'pending')
        store.approvals.decide(id, { state: 'confirmed', by: caller.name, at: now() })
    }
    return Promise.resolve(machine)
  })
}

// Why this file exists: machines as people handle them: described in LDAP, followed in their boots, adopted by name.
import type { Caller, MachineChange, MachineRequest, Services } from '#api'
import { type DnsName, type Machine, parseDnsName, parseMac, type Snapshot } from '#directory'
import { Fault } from '#fault'
import type { MachineFields } from '#ldap-sync'
import { unknownMachine } from '../enrolment.ts'
import { audited, type ServiceContext } from './context.ts'
import { peopleFacts } from './people.ts'
import { switchPower } from './power.ts'
import { readAddress, readMac, readName, readUuid } from './reading.ts'
import { machineView, timelineView } from './views.ts'

export function machineServices(context: ServiceContext): Services['machines'] {
  const { snapshot, hosts, people, sightings, store } = context
  const view = (machine: Machine) => machineView(machine, hosts.life(machine.id), snapshot())
  const find = (name: string): Machine => findMachine(name, snapshot())
  return {
    list: () => machinesOf(snapshot()).map(view),
    show(name) {
      const machine = find(name)
      return { ...view(machine), ...peopleFacts(machine, people) }
    },
    add: async (request, caller) => view(await addMachine(request, caller, context)),
    change: async (name, change, caller) =>
      view(await changeMachine(find(name), change, caller, context)),
    remove: (name, caller) => removeMachine(find(name), caller, context),
    timeline(name) {
      const machine = find(name)
      return timelineView(machine, hosts.life(machine.id))
    },
    power: (name, action, caller) => switchPower(find(name), action, caller, context),
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

export function machinesOf(snapshot: Snapshot): readonly Machine[] {
  return [...snapshot.entries.values()]
    .filter((entry) => entry.kind === 'machine')
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
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

async function addMachine(
  request: MachineRequest,
  caller: Caller,
  context: ServiceContext,
): Promise<Machine> {
  const name = readName(request.name)
  const { name: _name, ...rest } = request
  const fields = fieldsOf({ role: 'other', ...rest })
  if (context.snapshot().byName.has(name)) throw alreadyThere(name)
  const change = { caller, action: 'machine add', target: name, after: request }
  return audited(context, change, async () => {
    await context.sync.writer.addMachine(name, fields)
    await shown(name, context, () => true)
    // Whoever adds a machine wants to know its address.
    await context.addresses.settled()
    return findMachine(name, context.snapshot())
  })
}

async function changeMachine(
  machine: Machine,
  change: MachineChange,
  caller: Caller,
  context: ServiceContext,
): Promise<Machine> {
  const { powerSecret, ...described } = change
  const before = machineView(machine, context.hosts.life(machine.id), context.snapshot())
  const told = { caller, action: 'machine set', target: machine.name, before, after: described }
  return audited(context, told, async () => {
    if (powerSecret !== undefined)
      context.store.powerSecrets.put(machine.id, readCredentials(powerSecret))
    if (Object.keys(described).length === 0) return machine
    await context.sync.writer.changeMachine(machine.dn, fieldsOf(described))
    return shown(machine.name, context, (now) => now !== machine)
  })
}

async function removeMachine(
  machine: Machine,
  caller: Caller,
  context: ServiceContext,
): Promise<void> {
  const before = machineView(machine, context.hosts.life(machine.id), context.snapshot())
  const change = { caller, action: 'machine remove', target: machine.name, before }
  await audited(context, change, async () => {
    await context.sync.writer.remove(machine.dn)
    await context.directory.untilShown(
      `the removal of ${machine.name}`,
      (snapshot) => !snapshot.entries.has(machine.id),
    )
    context.store.powerSecrets.remove(machine.id)
  })
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

async function shown(
  name: DnsName,
  context: ServiceContext,
  isNew: (machine: Machine) => boolean,
): Promise<Machine> {
  const here = (snapshot: Snapshot): boolean => {
    const device = snapshot.byName.get(name)?.device
    return device?.kind === 'machine' && isNew(device)
  }
  await context.directory.untilShown(name, here)
  return findMachine(name, context.snapshot())
}

function fieldsOf(change: Omit<MachineChange, 'powerSecret'>): MachineFields {
  const { macs, address, role, uuid, port, power, tags, bootFile, bootParameters } = change
  return {
    ...(macs !== undefined && { macs: (macs ?? []).map(readMac) }),
    ...(address !== undefined && { address: address === null ? null : readAddress(address) }),
    ...(role !== undefined && { role }),
    ...(uuid !== undefined && { uuid: uuid === null ? null : readUuid(uuid) }),
    ...(port !== undefined && { port }),
    ...(power !== undefined && { power }),
    ...(tags !== undefined && { tags: tags ?? [] }),
    ...(bootFile !== undefined && { bootFile }),
    ...(bootParameters !== undefined && { bootParameters: bootParameters ?? [] }),
  }
}

/** One line, `user:password`, as the file that the command line sends. */
function readCredentials(text: string): { readonly user: string; readonly secret: string } {
  const [line = ''] = text.split('\n')
  const at = line.indexOf(':')
  const user = line.slice(0, at)
  const secret = line.slice(at + 1)
  if (at > 0 && secret !== '') return { user, secret }
  throw new Fault('CPC-HOST-003', {
    what: 'the power secret cannot be used',
    where: '--power-secret-file',
    why: 'its first line is not user:password, or one of the two is empty',
    todo: 'write one line, user:password, and send it again',
  })
}

function alreadyThere(name: DnsName): Fault {
  return new Fault('CPC-HOST-004', {
    what: `there is a machine ${name} already`,
    where: 'the directory, ou=machines',
    why: 'a name belongs to one entry',
    todo: `choose another name, or change it: coppice machine set ${name}`,
  })
}

// Why this file exists: machines are added, changed and removed by one order each time, for one machine as for a
// hundred thousand: planned, written as a batch, shown by our own feed, and audited once.
import type { Caller, MachineOrders, OrderManner, OrdersView, OrderWatch, MachineView } from '#api'
import { type Machine, parseDnsName, type Snapshot } from '#directory'
import { type DirectoryOrder, machineAlteration, machineOrder } from '#ldap-sync'
import { audited, type OrderContext } from './context.ts'
import { isAsAsked } from './machine-fields.ts'
import { type MachinePlan, planMachines } from './machine-plan.ts'
import { auditedOrder } from './order-words.ts'
import { carryOutItems, dryView, type Item, ordersView, type Result, resultLine } from './orders.ts'
import { machineView } from './views.ts'

export async function orderMachines(
  { dryRun, views, ...orders }: MachineOrders & OrderManner,
  caller: Caller,
  context: OrderContext,
  watch: OrderWatch,
): Promise<OrdersView<MachineView>> {
  if (dryRun === true) return dryRunOf(orders, context)
  const result = await carryOutMachines(orders, caller, context, watch)
  if (views !== true) return ordersView(result)
  const { byName } = context.snapshot()
  const machines = [...new Set(result.done)].flatMap((name) => machineNamed(name, byName) ?? [])
  return ordersView(result, { views: machines.map((machine) => machineViewOf(machine, context)) })
}

/** Checked as a whole; what fails after that is in the result. */
export async function carryOutMachines(
  orders: MachineOrders,
  caller: Caller,
  context: OrderContext,
  watch: OrderWatch,
): Promise<Result> {
  const plan = planMachines(orders, around(context))
  const { adds, removals } = plan
  const changed = plan.changes.map(({ machine }) => machine)
  const view = (machine: Machine): MachineView => machineViewOf(machine, context)
  const change = auditedOrder('machine', { caller, asked: orders, adds, changed, removals, view })
  return audited(context, change, () => carryOutPlan(plan, context, watch), resultLine)
}

async function carryOutPlan(
  plan: MachinePlan,
  context: OrderContext,
  watch: OrderWatch,
): Promise<Result> {
  const { powerSecrets } = context.store
  for (const { machine, credentials } of plan.changes) {
    if (credentials) powerSecrets.put(machine.id, credentials)
  }
  const { plan: whole, release } = withAddresses(plan, context)
  try {
    const result = await carryOutItems(await phasesOf(whole, context), context, watch)
    const done = new Set(result.done)
    for (const { name, id } of plan.removals) if (done.has(name)) powerSecrets.remove(id)
    // Whoever adds a machine wants to know its address.
    if (plan.adds.length > 0) await context.addresses.settled()
    return result
  } finally {
    release()
  }
}

async function dryRunOf(
  orders: MachineOrders,
  context: OrderContext,
): Promise<OrdersView<MachineView>> {
  const { plan, release } = withAddresses(planMachines(orders, around(context)), context)
  try {
    return dryView(await phasesOf(plan, context))
  } finally {
    release()
  }
}

/** New machines with a card and without an address are written with one at once, in the order of the order. */
function withAddresses(
  plan: MachinePlan,
  { addresses }: OrderContext,
): { readonly plan: MachinePlan; readonly release: () => void } {
  const isBare = ({ fields }: MachinePlan['adds'][number]): boolean =>
    (fields.address ?? undefined) === undefined && (fields.macs ?? []).length > 0
  const reserved = addresses.reserve(plan.adds.filter(isBare).length)
  const left = reserved.addresses.values()
  const adds = plan.adds.map((add) => {
    const address = isBare(add) ? left.next().value : undefined
    return address === undefined ? add : { ...add, fields: { ...add.fields, address } }
  })
  return { plan: { ...plan, adds }, release: reserved.release }
}

/** What goes makes room for what comes. */
async function phasesOf(
  plan: MachinePlan,
  { sync: { writer } }: OrderContext,
): Promise<readonly (readonly Item[])[]> {
  const removals = await writer.ordersToRemove(plan.removals.map(({ dn }) => dn))
  const described = plan.changes.filter(({ fields }) => Object.keys(fields).length > 0)
  const changes = await writer.ordersToAlter(
    described.map(({ machine, fields }) => machineAlteration(machine.dn, fields)),
  )
  const orderOf = new Map(described.map((change, at) => [change, changes[at]]))
  const gone = new Set(plan.removals.map(({ id }) => id))
  return [
    plan.removals.map((machine, at) => removalItem(machine, removals[at] ?? [])),
    plan.changes.map((change) => changeItem(change, orderOf.get(change))),
    plan.adds.map(({ name, fields }): Item => {
      const order = machineOrder(writer.base, name, fields)
      const isShown: Item['isShown'] = ({ byName }) => {
        const device = machineNamed(name, byName)
        return device !== undefined && !gone.has(device.id)
      }
      return { name, dn: order.dn, orders: [order], isShown }
    }),
  ]
}

function removalItem({ name, dn, id }: Machine, orders: readonly DirectoryOrder[]): Item {
  return {
    name,
    dn,
    orders,
    isShown: ({ entries, setAside }) => !entries.has(id) && !setAside.has(id),
  }
}

function changeItem(
  { machine, fields }: MachinePlan['changes'][number],
  order: DirectoryOrder | undefined,
): Item {
  const { name, dn, id } = machine
  const isShown: Item['isShown'] = ({ entries }) => {
    const now = entries.get(id)
    return now?.kind === 'machine' && (now !== machine || isAsAsked(now, fields))
  }
  return { name, dn, orders: order ? [order] : [], isShown }
}

function around({ snapshot, directory, applianceAddresses, clustersOn }: OrderContext) {
  const isClaimed = directory.isClaimed.bind(directory)
  return { snapshot: snapshot(), isClaimed, applianceAddresses, clustersOn }
}

/** Those that were removed have no name any more. */
function machineNamed(name: string, byName: Snapshot['byName']): Machine | undefined {
  const parsed = parseDnsName(name)
  const device = parsed === undefined ? undefined : byName.get(parsed)?.device
  return device?.kind === 'machine' ? device : undefined
}

export function machineViewOf(machine: Machine, context: OrderContext): MachineView {
  return machineView(machine, context.hosts.life(machine.id), context.snapshot())
}

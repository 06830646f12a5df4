// Why this file exists: networks as people handle them; their entries lie in LDAP like everything else that is described.
import type {
  Caller,
  NetworkChange,
  NetworkOrders,
  NetworkView,
  OrderManner,
  OrdersView,
  OrderWatch,
  Services,
} from '#api'
import {
  formatRoute,
  type Label,
  type Network,
  parseLabel,
  type Route,
  type Subnet,
} from '#directory'
import { Fault } from '#fault'
import {
  type DirectoryOrder,
  networkAlteration,
  type NetworkFields,
  networkOrder,
} from '#ldap-sync'
import { audited, type OrderContext } from './context.ts'
import { auditedOrder, namedTwice, nameTaken } from './order-words.ts'
import {
  carryOutItems,
  dryView,
  type Item,
  onlyDone,
  ordersView,
  Problems,
  type Result,
  resultLine,
  unwatched,
} from './orders.ts'
import { readAddress, readLabel, readPool, readRoutes, readSubnet } from './reading.ts'
import { networkView } from './views.ts'

export function networkServices(context: OrderContext): Services['networks'] {
  const find = (name: string): Network => findNetwork(name, context)
  const one = async (orders: NetworkOrders, caller: Caller): Promise<void> =>
    onlyDone(await carryOutNetworks(orders, caller, context, unwatched))
  return {
    list: () => context.snapshot().networks.map(networkView),
    show: (name) => networkView(find(name)),
    async add(request, caller) {
      await one({ add: [request] }, caller)
      return networkView(find(request.name))
    },
    async change(name, change, caller) {
      await one({ change: [{ ...change, name }] }, caller)
      return networkView(find(name))
    },
    remove: (name, caller) => one({ remove: [name] }, caller),
    order: (orders, caller, watch) => orderNetworks(orders, caller, context, watch),
  }
}

function findNetwork(text: string, { snapshot }: Pick<OrderContext, 'snapshot'>): Network {
  const name = parseLabel(text)
  const network = name === undefined ? undefined : snapshot().networkByName.get(name)
  if (network !== undefined) return network
  throw new Fault('CPC-HOST-006', {
    what: `there is no network ${text}`,
    where: 'the directory, ou=networks',
    why: 'no entry that is served has this name',
    todo: 'coppice network list shows the names; coppice lint shows entries that were set aside',
  })
}

interface NetworkPlan {
  readonly adds: readonly {
    readonly name: Label
    readonly subnet: Subnet
    readonly fields: NetworkFields
  }[]
  readonly changes: readonly { readonly network: Network; readonly fields: NetworkFields }[]
  readonly removals: readonly Network[]
}

async function orderNetworks(
  { dryRun, views, ...orders }: NetworkOrders & OrderManner,
  caller: Caller,
  context: OrderContext,
  watch: OrderWatch,
): Promise<OrdersView<NetworkView>> {
  if (dryRun === true) return dryView(await phasesOf(planNetworks(orders, context), context))
  const result = await carryOutNetworks(orders, caller, context, watch)
  if (views !== true) return ordersView(result)
  const done = new Set<string>(result.done)
  const shown = context.snapshot().networks.filter(({ name }) => done.has(name))
  return ordersView(result, { views: shown.map(networkView) })
}

function carryOutNetworks(
  orders: NetworkOrders,
  caller: Caller,
  context: OrderContext,
  watch: OrderWatch,
): Promise<Result> {
  const plan = planNetworks(orders, context)
  const carryOut = async (): Promise<Result> =>
    carryOutItems(await phasesOf(plan, context), context, watch)
  const { adds, removals } = plan
  const changed = plan.changes.map(({ network }) => network)
  const view = networkView
  const change = auditedOrder('network', { caller, asked: orders, adds, changed, removals, view })
  return audited(context, change, carryOut, resultLine)
}

/** Throws all that is wrong with it in one fault. */
function planNetworks(orders: NetworkOrders, context: OrderContext): NetworkPlan {
  const problems = new Problems()
  const named = new Set<string>()
  const once = (name: string): void => {
    if (named.has(name)) problems.note(name, namedTwice('network', name))
    named.add(name)
  }
  const existing = (name: string): Network | undefined => {
    once(name)
    return problems.reading(name, () => findNetwork(name, context))
  }
  const removals = (orders.remove ?? []).flatMap((name) => existing(name) ?? [])
  const changes = (orders.change ?? []).flatMap(({ name, ...change }) => {
    const network = existing(name)
    const fields = problems.reading(name, () => fieldsOf(change))
    return network && fields ? [{ network, fields }] : []
  })
  const adds = (orders.add ?? []).flatMap(({ name: text, subnet: cidr, ...rest }) => {
    once(text)
    const name = problems.reading(text, () => readNew(text, context))
    const subnet = problems.reading(text, () => readSubnet(cidr))
    const fields = problems.reading(text, () => fieldsOf(rest))
    return name !== undefined && subnet && fields ? [{ name, subnet, fields }] : []
  })
  problems.demandNone()
  return { adds, changes, removals }
}

function readNew(text: string, { snapshot }: OrderContext): Label {
  const name = readLabel(text)
  if (!snapshot().networkByName.has(name)) return name
  throw nameTaken('network', name)
}

function fieldsOf({ subnet, gateway, routes, pool, leaseSeconds }: NetworkChange): NetworkFields {
  return {
    ...(subnet !== undefined && { subnet: readSubnet(subnet) }),
    ...(gateway !== undefined && { gateway: gateway === null ? null : readAddress(gateway) }),
    ...(routes !== undefined && { routes: readRoutes(routes ?? []) }),
    ...(pool !== undefined && { pool: pool === null ? null : readPool(pool) }),
    ...(leaseSeconds !== undefined && { leaseSeconds }),
  }
}

async function phasesOf(
  plan: NetworkPlan,
  { sync }: OrderContext,
): Promise<readonly (readonly Item[])[]> {
  const { writer } = sync
  const removals = await writer.ordersToRemove(plan.removals.map(({ dn }) => dn))
  const described = plan.changes.filter(({ fields }) => Object.keys(fields).length > 0)
  const changes = await writer.ordersToAlter(
    described.map(({ network, fields }) => networkAlteration(network.dn, fields)),
  )
  return [
    plan.removals.map(({ name, dn }, at): Item => {
      const isShown: Item['isShown'] = ({ networkByName }) => !networkByName.has(name)
      return { name, dn, orders: removals[at] ?? [], isShown }
    }),
    described.map(({ network, fields }, at) => changeItem(network, fields, changes[at])),
    plan.adds.map(({ name, subnet, fields }): Item => {
      const order = networkOrder(writer.base, name, subnet, fields)
      const isShown: Item['isShown'] = ({ networkByName }) => networkByName.has(name)
      return { name, dn: order.dn, orders: [order], isShown }
    }),
  ]
}

function changeItem(
  network: Network,
  fields: NetworkFields,
  order: DirectoryOrder | undefined,
): Item {
  const { name, dn } = network
  const isShown: Item['isShown'] = ({ networkByName }) => {
    const now = networkByName.get(name)
    return now !== undefined && (now !== network || isAsAsked(now, fields))
  }
  return { name, dn, orders: order ? [order] : [], isShown }
}

function isSameText(asked: readonly Route[], are: readonly Route[]): boolean {
  return asked.map(formatRoute).join() === are.map(formatRoute).join()
}

/** What was so before does not come back from the feed as news. */
function isAsAsked(
  network: Network,
  { subnet, gateway, routes, pool, leaseSeconds }: NetworkFields,
): boolean {
  const isSame = <T>(asked: T | null | undefined, is: T | undefined): boolean =>
    asked === undefined || (asked ?? undefined) === is
  const hasPool =
    pool === undefined || (pool?.first === network.pool?.first && pool?.last === network.pool?.last)
  return (
    isSame(subnet?.number, network.number) &&
    isSame(subnet?.prefix, network.prefix) &&
    isSame(gateway, network.gateway) &&
    hasPool &&
    (routes === undefined || isSameText(routes, network.routes ?? [])) &&
    // Without a value of its own it has the usual one.
    (leaseSeconds === null || isSame(leaseSeconds, network.leaseSeconds))
  )
}

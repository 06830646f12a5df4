// Why this file exists: an order for many, as a core that obeys and remembers carries it out.
import type { Caller, MachineOrders, MachineView, OrderManner, OrdersView, OrderWatch } from '#api'
import { Fault } from '#fault'
import type { Order } from './fake-clusters.ts'
import { machine, noSuch } from './fake-services.ts'

export interface OrderedCore {
  readonly orders: Order[]
  readonly machines: Map<string, MachineView>
  /** Waited for before each of an order for many. */
  beforeEachOrder?: (name: string) => Promise<void>
}

/** Names that begin with `bad` cannot be written; names that are taken or not there stop all of it. */
export async function orderFake(
  { add = [], change = [], remove = [], dryRun, views }: MachineOrders & OrderManner,
  caller: Caller,
  core: OrderedCore,
  onProgress: OrderWatch['onProgress'],
): Promise<OrdersView<MachineView>> {
  const taken = add.find(({ name }) => core.machines.has(name))
  if (taken) throw nameTaken(taken.name)
  const unknown = [...change.map(({ name }) => name), ...remove].find(
    (name) => !core.machines.has(name),
  )
  if (unknown !== undefined) throw noSuch('machine', unknown)
  if (dryRun === true)
    return { done: [], failed: [], ldif: 'version: 1\n\ndn: cn=x\nchangetype: add\ncn: x\n' }
  const names = [...add, ...change].map(({ name }) => name).concat(remove)
  const isBad = (name: string): boolean => name.startsWith('bad')
  for (const [at, name] of names.entries()) {
    await core.beforeEachOrder?.(name)
    onProgress({ done: at, of: names.length })
  }
  for (const request of add.filter(({ name }) => !isBad(name))) {
    core.orders.push({ what: `machine add ${request.name}`, caller: caller.name, given: request })
    const { name, macs, role = 'other', tags = [], address, power } = request
    const more = {
      ...(address !== undefined && { address }),
      ...(power !== undefined && { power }),
    }
    core.machines.set(name, machine(name, { macs, role, tags, ...more }))
  }
  for (const { name, ...given } of change.filter((one) => !isBad(one.name))) {
    core.orders.push({ what: `machine change ${name}`, caller: caller.name, given })
    const before = core.machines.get(name) ?? machine(name)
    core.machines.set(name, { ...before, ...(given.tags && { tags: given.tags }) })
  }
  for (const name of remove.filter((one) => !isBad(one))) {
    core.orders.push({ what: `machine remove ${name}`, caller: caller.name })
    core.machines.delete(name)
  }
  const done = names.filter((name) => !isBad(name))
  const trouble = {
    code: 'CPC-LDAP-005',
    what: 'it was refused',
    where: 'ldap',
    why: 'no',
    do: 'ask',
  }
  return {
    done,
    failed: names.filter(isBad).map((name) => ({ name, trouble })),
    ...(views === true && { views: done.flatMap((name) => core.machines.get(name) ?? []) }),
  }
}

export function nameTaken(name: string): Fault {
  return new Fault('CPC-DIR-002', {
    what: `the machine ${name} cannot be added`,
    where: name,
    why: 'there is one of this name',
    todo: 'choose another name',
  })
}

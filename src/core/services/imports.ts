// Why this file exists: what other programs describe becomes entries of the directory: read, compared with what is there,
// shown as LDIF or written as one order, and told in full.
import type { Caller, ImportRequest, ImportView, OrderWatch, Services } from '#api'
import { foldNodeSet, formatIp4, type Ip4, joinName } from '#directory'
import {
  findFormat,
  formatNames,
  type ImportedMachine,
  type ImportedNetwork,
  type ImportOutcome,
  type ImportPlan,
  type ImportProblem,
  planImport,
} from '#exchange'
import { Fault } from '#fault'
import { type DirectoryOrder, machineOrder, networkOrder, nicOrder } from '#ldap-sync'
import { audited, type Change, type ServiceContext } from './context.ts'
import { readImport } from './import-reader.ts'
import { carryOutItems, dryView, type Item, ordersView, type Result, resultLine } from './orders.ts'
import { readName } from './reading.ts'

export function importServices(context: ServiceContext): Services['imports'] {
  return { run: (request, caller, watch) => runImport(request, caller, context, watch) }
}

async function runImport(
  request: ImportRequest,
  caller: Caller,
  context: ServiceContext,
  watch: OrderWatch,
): Promise<ImportView> {
  const outcome = await readFiles(request, context)
  const plan = planImport(outcome, context.snapshot(), (address) => takenBy(address, context))
  const { base } = context.sync.writer
  const items = [
    ...plan.networks.map((network) => networkItem(network, base)),
    ...plan.machines.map((machine) => machineItem(machine, base)),
  ]
  const view = viewOf(outcome, plan)
  if (request.dryRun === true) return { ...view, ...dryOf(items) }
  if (items.length === 0) return view
  const change = auditedChange(request, caller, outcome, plan)
  const carryOut = (): Promise<Result> => carryOutItems([items], context, watch)
  const result = await audited(context, change, carryOut, resultLine)
  // Whoever imports machines wants to know their addresses.
  if (plan.machines.length > 0) await context.addresses.settled()
  const { done, failed } = ordersView(result)
  return { ...view, done, failed }
}

function takenBy(
  address: Ip4,
  { applianceAddresses, directory }: ServiceContext,
): string | undefined {
  if (applianceAddresses.includes(address)) return 'is the appliance’s own'
  return directory.isClaimed(address) ? 'belongs to an entry that is set aside' : undefined
}

async function readFiles(request: ImportRequest, context: ServiceContext): Promise<ImportOutcome> {
  const { files, role, domains = [] } = request
  const { domain, networks } = context.snapshot()
  const format = request.format === undefined ? undefined : readFormat(request.format)
  const result = await readImport({
    files,
    options: {
      ...(format !== undefined && { format }),
      domains: [domain, ...domains.map(readName)],
      known: networks.map(({ number, prefix }) => ({ number, prefix })),
      ...(role !== undefined && { role }),
    },
  })
  if (result.ok) return result.value
  throw refused(result.refusal)
}

function readFormat(text: string): ImportOutcome['format'] {
  const format = findFormat(text)
  if (format !== undefined) return format
  throw new Fault('CPC-IMP-001', {
    what: `there is no format ${JSON.stringify(text)}`,
    where: 'the request',
    why: `the formats are ${formatNames.join(', ')}`,
    todo: 'name one of them, or leave it to the content',
  })
}

/** Everything that is wrong with the files, told at once. */
function refused(problems: readonly ImportProblem[]): Fault {
  const [first, ...others] = problems
  const { code, where } = first ?? { code: 'CPC-IMP-002', where: 'the files' }
  const several = problems.map((problem) => `${problem.where}: ${problem.why}`).join('; ')
  const todo = {
    'CPC-IMP-001': `name the format: ${formatNames.join(', ')}`,
    'CPC-IMP-002': 'correct the files, as the program that they are for would ask for, too',
    'CPC-IMP-003': 'cut them in parts, and import one after the other',
  } as const
  return new Fault(code, {
    what:
      others.length === 0
        ? 'nothing was imported'
        : `nothing was imported, for ${problems.length} reasons`,
    where,
    why: others.length === 0 ? (first?.why ?? 'they cannot be read') : several,
    todo: todo[code],
  })
}

function viewOf(outcome: ImportOutcome, plan: ImportPlan): ImportView {
  const { format, understood, leftOut } = outcome
  const { already, conflicts } = plan
  return {
    format,
    understood,
    leftOut,
    already,
    conflicts,
    networks: plan.networks.map(({ name }) => name),
    machines: plan.machines.map(({ name }) => name),
    done: [],
    failed: [],
  }
}

function dryOf(items: readonly Item[]): Pick<ImportView, 'ldif'> {
  const { ldif } = dryView([items])
  return ldif === undefined ? {} : { ldif }
}

function networkItem(network: ImportedNetwork, base: string): Item {
  const { name, gateway, routes, pool, leaseSeconds } = network
  const fields = {
    ...(gateway !== undefined && { gateway }),
    ...(routes && { routes }),
    ...(pool && { pool }),
    ...(leaseSeconds !== undefined && { leaseSeconds }),
  }
  const order = networkOrder(base, name, network, fields)
  const isShown: Item['isShown'] = ({ networkByName }) => networkByName.has(name)
  return { name, dn: order.dn, orders: [order], isShown }
}

function machineItem({ name, aliases, nics, facts }: ImportedMachine, base: string): Item {
  const [own, ...others] = nics
  const [address, ...further] = own?.addresses ?? []
  const fields = {
    ...facts,
    role: facts.role ?? 'other',
    aliases,
    macs: own?.macs ?? [],
    ...(address !== undefined && { address }),
  } as const
  const order = withAddresses(machineOrder(base, name, fields), further.map(formatIp4))
  const cards = others.flatMap(({ label, macs, addresses: [only] }) => {
    return label === undefined
      ? []
      : [nicOrder(order.dn, label, { macs, ...(only !== undefined && { address: only }) })]
  })
  const names = others.flatMap(({ label }) => (label && joinName(label, name)) ?? [])
  const isShown: Item['isShown'] = ({ byName }) =>
    [name, ...names].every((each) => byName.has(each))
  return { name, dn: order.dn, orders: [order, ...cards], isShown }
}

/** A flat entry may have one on each network. */
function withAddresses(order: DirectoryOrder, further: readonly string[]): DirectoryOrder {
  if (order.kind !== 'add' || further.length === 0) return order
  const attributes = order.attributes.map((each) =>
    each.name === 'ipHostNumber' ? { ...each, values: [...each.values, ...further] } : each,
  )
  return { ...order, attributes }
}

/** The files themselves may be long and hold what is not for a log. */
function auditedChange(
  { files }: ImportRequest,
  caller: Caller,
  { format, leftOut }: ImportOutcome,
  { networks, machines, already, conflicts }: ImportPlan,
): Change {
  return {
    caller,
    action: `import ${format}`,
    target: files.map(({ name }) => name).join(' '),
    after: {
      networks: networks.map(({ name }) => name).join(' '),
      machines: foldNodeSet(machines.map(({ name }) => name)),
      already: already.length,
      conflicts: conflicts.length,
      leftOut: leftOut.length,
    },
  }
}

// Why this file exists: the noun `network`: which addresses there are.
import type { Command } from 'commander'
import type { NetworkChange, NetworkView } from '#api'
import { Fault } from '#fault'
import { type Listing, printList, printThing } from '../output/print.ts'
import { namedBy, tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import {
  type Declare,
  demanded,
  type Flag,
  ldifFlag,
  repeated,
  watchFlag,
  yesFlag,
} from '../program/noun.ts'
import { orderMany } from '../program/order-many.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

const networkListing: Listing<NetworkView> = {
  nameOf: ({ name }) => name,
  columns: [
    { title: 'name', text: ({ name }) => name },
    { title: 'subnet', text: ({ subnet }) => subnet },
    { title: 'gateway', text: ({ gateway }) => gateway ?? '-' },
    { title: 'pool', text: ({ pool }) => pool ?? '-' },
    { title: 'lease', text: ({ leaseSeconds }) => `${leaseSeconds} s` },
  ],
}

interface FactFlags {
  readonly gateway?: string
  readonly route?: readonly string[]
  readonly pool?: string
  readonly leaseSeconds?: string
  readonly dryRun?: boolean
}

interface AddFlags extends FactFlags {
  readonly subnet: string
}

const factFlags: readonly Flag[] = [
  ['--gateway <address>', 'the router on it'],
  repeated(
    '--route <route>',
    "a way to elsewhere, as '198.51.100.0/24 10.1.0.253'; may be repeated, and takes the place of all there were",
  ),
  ['--pool <first-last>', 'addresses for unknown machines'],
  ['--lease-seconds <seconds>', 'how long an address is lent'],
]

export function declareNetwork(program: Command, declare: Declare): void {
  const noun = program
    .command('network')
    .summary('describe the networks that machines are on')
    .description('Describe the networks that machines are on.')
  declare<WatchFlags>(noun, {
    name: 'list',
    summary: 'list networks',
    help: '  coppice network list',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).networks.list()
        await printList(call.io, call.flags, all, networkListing)
      }),
  })
  declare(noun, {
    name: 'show',
    summary: 'show all that is known of a network',
    help: '  coppice network show prov',
    words: [['<name>', 'the network']],
    run: async (call) => {
      const view = await (await call.appliance()).networks.show(call.words[0] ?? '')
      await printThing(call.io, call.flags, view, view.name)
    },
  })
  declareAdd(noun, declare)
  declareSet(noun, declare)
  declare<{ yes?: boolean; dryRun?: boolean }>(noun, {
    name: 'remove',
    summary: 'remove networks from the directory',
    help: 'Machines keep their addresses, but are no longer answered by DHCP.\n\n  coppice network remove prov',
    words: [['<names...>', 'networks']],
    flags: [yesFlag, ldifFlag],
    run: async (call) => {
      const names = await namedBy(call.words, call)
      if (call.flags.dryRun !== true) await confirm(call, `Remove ${names.join(' ')}`)
      const { networks } = await call.appliance()
      return orderMany(call, {
        doing: 'removing',
        done: 'removed',
        order: (manner, onProgress) => networks.order({ remove: names, ...manner }, onProgress),
      })
    },
  })
}

function declareAdd(noun: Command, declare: Declare): void {
  declare<AddFlags>(noun, {
    name: 'add',
    summary: 'describe a new network',
    help: 'Machines without an address get one outside of the pool; the pool is for machines that nobody has described.\n\n  coppice network add prov --subnet 10.1.0.0/16 --gateway 10.1.0.254 --pool 10.1.200.1-10.1.200.250',
    words: [['<name>', 'what it is called']],
    flags: [
      demanded('--subnet <cidr>', 'its addresses, for example 10.1.0.0/16'),
      ...factFlags,
      ldifFlag,
    ],
    run: async (call) => {
      const [name = ''] = call.words
      const { subnet, dryRun } = call.flags
      const request = { ...factsOf(call.flags), name, subnet }
      const { networks } = await call.appliance()
      if (dryRun === true) {
        return orderMany(call, {
          doing: 'adding',
          done: 'added',
          order: (manner, onProgress) => networks.order({ add: [request], ...manner }, onProgress),
        })
      }
      const added = await networks.add(request)
      tell(call, `added ${added.name}`)
      if (call.flags.output !== 'table') {
        await printThing(call.io, call.flags, added, added.name)
      }
      return undefined
    },
  })
}

/** What can be taken away, and what it is called in a change. */
const unsettable = {
  gateway: 'gateway',
  routes: 'routes',
  pool: 'pool',
  'lease-seconds': 'leaseSeconds',
} as const
type Unset = keyof typeof unsettable

interface SetFlags extends FactFlags {
  readonly subnet?: string
  readonly unset?: readonly Unset[]
}

function declareSet(noun: Command, declare: Declare): void {
  declare<SetFlags>(noun, {
    name: 'set',
    summary: 'change what is described of networks',
    help: "What is not named stays as it is. Machines keep their addresses.\n\n  coppice network set prov --pool 10.1.200.1-10.1.201.250\n  coppice network set prov --route '198.51.100.0/24 10.1.0.253'\n  coppice network set prov --unset gateway",
    words: [['<names...>', 'networks']],
    flags: [
      ['--subnet <cidr>', 'its addresses, for example 10.1.0.0/16'],
      ...factFlags,
      repeated(
        '--unset <fact>',
        `take this away: ${Object.keys(unsettable).join(', ')}; may be repeated`,
        Object.keys(unsettable),
      ),
      ldifFlag,
    ],
    run: async (call) => {
      const names = await namedBy(call.words, call)
      const { subnet, unset = [] } = call.flags
      const gone: NetworkChange = Object.fromEntries(unset.map((fact) => [unsettable[fact], null]))
      const change = names.map((name) => ({ ...factsOf(call.flags), subnet, ...gone, name }))
      const { networks } = await call.appliance()
      return orderMany(call, {
        doing: 'changing',
        done: 'changed',
        listing: networkListing,
        order: (manner, onProgress) => networks.order({ change, ...manner }, onProgress),
      })
    },
  })
}

function factsOf({ gateway, route: routes, pool, leaseSeconds }: FactFlags) {
  const seconds = leaseSeconds === undefined ? undefined : wholeSeconds(leaseSeconds)
  return { gateway, routes, pool, leaseSeconds: seconds }
}

function wholeSeconds(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new Fault('CPC-CLI-001', {
    what: 'this is no time for a lease',
    where: `--lease-seconds ${text}`,
    why: 'it must be a whole number of seconds, 1 or more',
    todo: 'for example: --lease-seconds 3600',
  })
}

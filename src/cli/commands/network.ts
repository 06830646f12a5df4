// Why this file exists: the nouns `network` and `lease`: which addresses there are, and who has them.
import type { Command } from 'commander'
import type { LeaseView, NetworkView } from '#api'
import { Fault } from '#fault'
import { type Listing, printList, printThing } from '../output/print.ts'
import { namedBy, tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import { forEachName } from '../program/many.ts'
import { type Declare, demanded, dryRunFlag, watchFlag, yesFlag } from '../program/noun.ts'
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

const leaseListing: Listing<LeaseView> = {
  nameOf: ({ address }) => address,
  columns: [
    { title: 'address', text: ({ address }) => address },
    { title: 'mac', text: ({ mac }) => mac },
    { title: 'machine', text: ({ machine }) => machine ?? '-' },
    { title: 'last seen', text: ({ lastSeen }) => lastSeen },
    { title: 'answered', text: ({ answered }) => answered },
  ],
}

interface AddFlags {
  readonly subnet: string
  readonly gateway?: string
  readonly pool?: string
  readonly leaseSeconds?: string
  readonly dryRun?: boolean
}

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
  declare<{ yes?: boolean; dryRun?: boolean }>(noun, {
    name: 'remove',
    summary: 'remove networks from the directory',
    help: 'Machines keep their addresses, but are no longer answered by DHCP.\n\n  coppice network remove prov',
    words: [['<names...>', 'networks']],
    flags: [yesFlag, dryRunFlag],
    run: async (call) => {
      const names = await namedBy(call.words, call)
      if (call.flags.dryRun === true) return tell(call, `would remove ${names.join(' ')}`)
      await confirm(call, `Remove ${names.join(' ')}`)
      const { networks } = await call.appliance()
      return forEachName(call, names, { done: 'removed' }, (name) => networks.remove(name))
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
      ['--gateway <address>', 'the router on it'],
      ['--pool <first-last>', 'addresses for unknown machines'],
      ['--lease-seconds <seconds>', 'how long an address is lent'],
      dryRunFlag,
    ],
    run: async (call) => {
      const [name = ''] = call.words
      const { subnet, gateway, pool, leaseSeconds, dryRun } = call.flags
      const seconds = leaseSeconds === undefined ? undefined : wholeSeconds(leaseSeconds)
      const request = { name, subnet, gateway, pool, leaseSeconds: seconds }
      if (dryRun === true) return call.io.out(`would add ${JSON.stringify(request)}`)
      const added = await (await call.appliance()).networks.add(request)
      tell(call, `added ${added.name}`)
      if (call.flags.output !== 'table') {
        await printThing(call.io, call.flags, added, added.name)
      }
    },
  })
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

export function declareLease(program: Command, declare: Declare): void {
  const noun = program
    .command('lease')
    .summary('see who was given which address')
    .description('See who was given which address.')
  declare<WatchFlags>(noun, {
    name: 'list',
    summary: 'list leases',
    help: 'What DHCP has answered, and to whom.\n\n  coppice lease list --watch',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        await printList(call.io, call.flags, await (await call.appliance()).leases(), leaseListing)
      }),
  })
}

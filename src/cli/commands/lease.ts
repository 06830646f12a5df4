// Why this file exists: the noun `lease`: who holds which address, and taking it back.
import type { Command } from 'commander'
import type { LeaseView } from '#api'
import { parseIp4, parseMac } from '#directory'
import { Fault } from '#fault'
import type { Appliance } from '../client/appliance.ts'
import { type Listing, printList } from '../output/print.ts'
import { type Call, namedBy } from '../program/call.ts'
import { forEachName } from '../program/many.ts'
import { type Declare, watchFlag } from '../program/noun.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

const listing: Listing<LeaseView> = {
  nameOf: ({ address }) => address,
  columns: [
    { title: 'address', text: ({ address }) => address },
    { title: 'mac', text: ({ mac }) => mac },
    { title: 'machine', text: ({ machine }) => machine ?? '-' },
    { title: 'state', text: ({ state }) => state },
    { title: 'chosen by', text: ({ source }) => source },
    { title: 'since', text: ({ since }) => since },
    { title: 'ends', text: ({ ends }) => ends },
  ],
}

const whose = ['<which...>', 'addresses, MACs, or names of machines'] as const

export function declareLease(program: Command, declare: Declare): void {
  const noun = program
    .command('lease')
    .summary('see who holds which address, and take it back')
    .description('See who holds which address, and take it back.')
  declare<WatchFlags>(noun, {
    name: 'list',
    summary: 'list leases',
    help: 'As they are on the wire now, of machines and of nodes of clusters.\n\n  coppice lease list --watch',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        await printList(call.io, call.flags, await (await call.appliance()).leases.list(), listing)
      }),
  })
  declare(noun, {
    name: 'show',
    summary: 'show the leases of an address, a MAC or a machine',
    help: "  coppice lease show 10.1.200.7\n  coppice lease show 52:54:00:00:00:31 'n[001-004]'",
    words: [whose],
    run: async (call) => {
      const found = await meant(call)
      await printList(call.io, call.flags, found, listing)
    },
  })
  declare<{ dryRun?: boolean }>(noun, {
    name: 'release',
    summary: 'take addresses back from whoever holds them',
    help: 'As if the holder had given them back: they are free for others. The holder is not told, and may go on using the address until it asks again; look first that it is gone. A quarantine ends, too.\n\n  coppice lease release 10.1.200.7\n  coppice lease release 52:54:00:00:00:31 --dry-run',
    words: [whose],
    flags: [['--dry-run', 'show what would be released, and release nothing']],
    run: async (call) => {
      const found = await meant(call)
      if (call.flags.dryRun === true) return printList(call.io, call.flags, found, listing)
      const macs = new Map(found.map(({ address, mac }) => [address, mac]))
      const { leases } = await call.appliance()
      return forEachName(call, [...macs.keys()], { done: 'released' }, (address) =>
        leases.release(address, macs.get(address)),
      )
    },
  })
}

/** The leases that the words name; each word names one at least. */
async function meant(call: Call<unknown>): Promise<readonly LeaseView[]> {
  const { leases } = await call.appliance()
  const isAddress = (word: string): boolean => parseIp4(word) !== undefined
  const addresses = call.words.filter(isAddress)
  const others = call.words.filter((word) => !isAddress(word))
  const found = [
    ...(await Promise.all(addresses.map((address) => leases.show(address)))),
    ...(others.length === 0 ? [] : await ofCards(others, leases, call)),
  ]
  return [...new Map(found.map((lease) => [lease.address, lease])).values()]
}

async function ofCards(
  words: readonly string[],
  leases: Appliance['leases'],
  call: Call<unknown>,
): Promise<readonly LeaseView[]> {
  const all = await leases.list()
  const macs = words.flatMap((word) => parseMac(word) ?? [])
  const named = words.filter((word) => parseMac(word) === undefined)
  const names = named.length === 0 ? [] : await namedBy(named, call)
  return [
    ...macs.flatMap((mac) => known(mac, all, (lease) => lease.mac === mac)),
    ...names.flatMap((name) => known(name, all, ({ machine }) => machine === name)),
  ]
}

function known(
  what: string,
  all: readonly LeaseView[],
  isIt: (lease: LeaseView) => boolean,
): readonly LeaseView[] {
  const found = all.filter(isIt)
  if (found.length > 0) return found
  throw new Fault('CPC-DHCP-012', {
    what: `${what} holds no address`,
    where: 'the leases, as they are on the wire now',
    why: 'it has not asked yet, or its lease has ended',
    todo: `coppice lease list shows who holds which; coppice explain ${what} tells what it would get`,
  })
}

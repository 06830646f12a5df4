// Why this file exists: the noun `machine`: what is described, what waits, and what each did last.
import type { Command } from 'commander'
import type { MachineView, WaitingView } from '#api'
import { foldNodeSet } from '#directory'
import { Fault } from '#fault'
import { printList, printThing, type Listing } from '../output/print.ts'
import { type Call, namedBy, tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import { forEachName, inOrderOf } from '../program/many.ts'
import { type Declare, ldifFlag, watchFlag, yesFlag } from '../program/noun.ts'
import { orderMany } from '../program/order-many.ts'
import { showing, type WatchFlags } from '../program/watch.ts'
import { declareMachineFacts } from './machine-facts.ts'
import { declareMachineOrders } from './machine-orders.ts'
import { declareTimeline } from './timeline.ts'

export const machineListing: Listing<MachineView> = {
  nameOf: ({ name }) => name,
  columns: [
    { title: 'name', text: ({ name }) => name },
    { title: 'role', text: ({ role }) => role },
    { title: 'state', text: ({ state }) => state },
    { title: 'address', text: ({ address }) => address ?? '-' },
    { title: 'macs', text: ({ macs }) => macs.join(' ') || '-' },
    { title: 'tags', text: ({ tags }) => tags.join(' ') },
    { title: 'reason', text: ({ reason }) => reason ?? '' },
  ],
}

const waitingListing: Listing<WaitingView> = {
  nameOf: ({ mac }) => mac,
  columns: [
    { title: 'mac', text: ({ mac }) => mac },
    { title: 'address', text: ({ address }) => address ?? '-' },
    { title: 'interface', text: ({ interfaceName }) => interfaceName },
    { title: 'port', text: ({ port }) => port ?? '-' },
    { title: 'last seen', text: ({ lastSeen }) => lastSeen },
    { title: 'machine', text: ({ machine }) => machine ?? '-' },
    { title: 'doubt', text: ({ doubt }) => doubt ?? 'nobody describes it' },
  ],
}

export function declareMachine(program: Command, declare: Declare): void {
  const noun = program
    .command('machine')
    .summary('describe, switch and watch machines')
    .description(
      'Describe, switch and watch machines.\n\nNAMES may be one name, a set such as "n[001-128]" or "n[1-9],!n4" (in quotes), a tag such as @rack3, or - to read names from standard input.',
    )
  declareMachineViews(noun, declare)
  declareMachineFacts(noun, declare)
  declareMachineOrders(noun, declare)
  declareTimeline(noun, declare)
  declareAdoption(noun, declare)
}

function declareMachineViews(noun: Command, declare: Declare): void {
  declare<WatchFlags>(noun, {
    name: 'list',
    summary: 'list machines and their states',
    help: 'Without NAMES all machines are listed.\n\n  coppice machine list\n  coppice machine list @rack3 -o json',
    words: [['[names...]', 'node set of machines']],
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).machines.list()
        await printList(call.io, call.flags, await chosenOf(all, call), machineListing)
      }),
  })
  declare(noun, {
    name: 'show',
    summary: 'show all that is known of machines',
    help: '  coppice machine show n001',
    words: [['<names...>', 'node set of machines']],
    run: async (call) => {
      const { machines } = await call.appliance()
      const names = await namedBy(call.words, call)
      const [first, ...others] = names
      if (first !== undefined && others.length === 0) {
        const view = await machines.show(first)
        return printThing(call.io, call.flags, view, view.name)
      }
      const views: MachineView[] = []
      const outcome = await forEachName(
        { ...call, flags: { ...call.flags, quiet: true } },
        names,
        { done: '' },
        async (name) => void views.push(await machines.show(name)),
      )
      const inOrder = inOrderOf(names, views, ({ name }) => name)
      await printList(call.io, call.flags, inOrder, machineListing)
      return outcome
    },
  })
  declare<{ yes?: boolean; dryRun?: boolean }>(noun, {
    name: 'remove',
    summary: 'remove machines from the directory',
    help: 'Their addresses and names are free again; what runs on them is not stopped.\n\n  coppice machine remove "n[120-128]" --yes',
    words: [['<names...>', 'node set of machines']],
    flags: [yesFlag, ldifFlag],
    run: async (call) => {
      const names = await namedBy(call.words, call)
      if (call.flags.dryRun !== true) {
        await confirm(call, `Remove ${names.length === 1 ? names[0] : `${names.length} machines`}`)
      }
      const { machines } = await call.appliance()
      return orderMany(call, {
        doing: 'removing',
        done: 'removed',
        order: (manner, onProgress) => machines.order({ remove: names, ...manner }, onProgress),
      })
    },
  })
}

/** Those that the words name, in the order of the list; all without words. */
async function chosenOf(
  all: readonly MachineView[],
  call: Call<unknown>,
): Promise<readonly MachineView[]> {
  if (call.words.length === 0) return all
  const wanted = new Set(await namedBy(call.words, call))
  const missing = wanted.difference(new Set(all.map(({ name }) => name)))
  if (missing.size === 0) return all.filter(({ name }) => wanted.has(name))
  throw new Fault('CPC-CLI-012', {
    what: 'not all of these machines are described',
    where: foldNodeSet(missing),
    why: 'no entry of the directory has this name',
    todo: 'correct the names; "coppice machine list" without names shows all',
  })
}

function declareAdoption(noun: Command, declare: Declare): void {
  declare<WatchFlags>(noun, {
    name: 'waiting',
    summary: 'list machines that wait for a person',
    help: 'They have booted, but nobody describes them, or something about them is in doubt. Give them a name with "coppice machine adopt".',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const waiting = await (await call.appliance()).machines.waiting()
        await printList(call.io, call.flags, waiting, waitingListing)
      }),
  })
  declare<{ name?: string }>(noun, {
    name: 'adopt',
    summary: 'give a waiting machine a name, or confirm a doubtful one',
    help: 'Without --name a machine that is described already, but in doubt, is confirmed under its own name.\n\n  coppice machine adopt 52:54:00:cc:00:31 --name n007',
    words: [['<mac>', 'MAC address as "machine waiting" shows it']],
    flags: [['--name <name>', 'what it is called from now on']],
    run: async (call) => {
      const { machines } = await call.appliance()
      const [mac = ''] = call.words
      const doubted = async (): Promise<string> => {
        const waiting = await machines.waiting()
        return waiting.find((one) => one.mac === mac.toLowerCase())?.machine ?? ''
      }
      const adopted = await machines.adopt(mac, call.flags.name ?? (await doubted()))
      tell(call, `${mac} is ${adopted.name}`)
      if (call.flags.output !== 'table') {
        await printThing(call.io, call.flags, adopted, adopted.name)
      }
    },
  })
}

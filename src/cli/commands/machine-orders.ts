// Why this file exists: switching machines, and saying what they boot next.
import { type Command, Option } from 'commander'
import type { BootChoice, PowerAction } from '#api'
import { foldNodeSet } from '#directory'
import { Fault } from '#fault'
import { type Listing, printList } from '../output/print.ts'
import { type Call, namedBy, type Outcome, tell } from '../program/call.ts'
import { forEachName, inOrderOf } from '../program/many.ts'
import { type Declare, dryRunFlag } from '../program/noun.ts'

const actions = ['on', 'off', 'cycle', 'status'] as const
const done: Readonly<Record<PowerAction, string>> = {
  on: 'switched on',
  off: 'switched off',
  cycle: 'switched off and on',
  status: 'asked',
}

interface PowerSeen {
  readonly name: string
  readonly power: 'on' | 'off' | 'unknown'
}

const powerListing: Listing<PowerSeen> = {
  nameOf: ({ name }) => name,
  columns: [
    { title: 'name', text: ({ name }) => name },
    { title: 'power', text: ({ power }) => power },
  ],
}

export function declareMachineOrders(noun: Command, declare: Declare): void {
  declare<{ dryRun?: boolean }>(noun, {
    name: 'power',
    summary: 'switch machines on, off, off and on, or ask for their power',
    help: 'The BMC that the machine’s --power names is asked.\n\n  coppice machine power on "n[001-128]"\n  coppice machine power status @rack3',
    words: [
      ['<action>', `one of ${actions.join(', ')}`],
      ['<names...>', 'node set of machines'],
    ],
    flags: [dryRunFlag],
    run: power,
  })
  declare<{ iLooked?: boolean; dryRun?: boolean }>(noun, {
    name: 'confirm-off',
    summary: 'say that you looked, and machines are off',
    help: 'For a host that fell silent and that nothing can switch: its BMC is dead, or it has none. Its virtual nodes are then started elsewhere, and a node that runs twice destroys its data: so pull the plug first, or look at it. A machine whose libvirt answers, or whose BMC says that it is on, is not believed to be off. It counts until the machine is switched on or heard of again.\n\n  coppice machine confirm-off n007 --i-looked',
    words: [['<names...>', 'node set of machines']],
    flags: [['--i-looked', 'somebody stood before them and saw that they are off'], dryRunFlag],
    run: confirmOff,
  })
  declare<{ next: BootChoice; dryRun?: boolean }>(noun, {
    name: 'boot',
    summary: 'say what machines boot next',
    help: 'It counts for the next boot only; after that the machine’s role decides again. The machine is not switched: see "coppice machine power".\n\n  coppice machine boot n007 --next rescue',
    words: [['<names...>', 'node set of machines']],
    flags: [
      {
        option: new Option('--next <what>', 'what to boot')
          .choices(['kvm-host', 'disk', 'rescue', 'by-role'])
          .makeOptionMandatory(),
      },
      dryRunFlag,
    ],
    run: async (call) => {
      const { next, dryRun } = call.flags
      const names = await namedBy(call.words, call)
      if (dryRun === true) return tell(call, `would let boot ${next}: ${names.join(' ')}`)
      const { machines } = await call.appliance()
      return forEachName(call, names, { done: `next boot is ${next}:` }, (name) =>
        machines.boot(name, next),
      )
    },
  })
}

async function confirmOff(call: Call<{ iLooked?: boolean; dryRun?: boolean }>): Promise<Outcome> {
  const names = await namedBy(call.words, call)
  if (call.flags.iLooked !== true) throw nobodyLooked(names)
  if (call.flags.dryRun === true) {
    tell(call, `would take for off: ${names.join(' ')}`)
    return undefined
  }
  const { machines } = await call.appliance()
  return forEachName(call, names, { done: 'taken for off:' }, (name) => machines.confirmOff(name))
}

function nobodyLooked(names: readonly string[]): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'nobody says that they are off',
    where: foldNodeSet(names),
    why: 'their nodes would be started elsewhere, and one that runs twice destroys its data',
    todo: 'look at them, pull their plugs if need be, and add --i-looked',
  })
}

async function power(call: Call<{ dryRun?: boolean }>): Promise<Outcome> {
  const [word = '', ...rest] = call.words
  const action = actions.find((one) => one === word)
  if (action === undefined) throw noAction(word)
  const names = await namedBy(rest, call)
  if (call.flags.dryRun === true) {
    tell(call, `would ask power ${action} of ${names.join(' ')}`)
    return undefined
  }
  const { machines } = await call.appliance()
  const seen: PowerSeen[] = []
  const told = action === 'status' ? { ...call, flags: { ...call.flags, quiet: true } } : call
  try {
    return await forEachName(told, names, { done: done[action] }, async (name) => {
      seen.push({ name, power: await machines.power(name, action) })
    })
  } finally {
    await show(
      call,
      action,
      inOrderOf(names, seen, ({ name }) => name),
    )
  }
}

/** People see one line for all that are alike. */
async function show(
  call: Call<unknown>,
  action: PowerAction,
  seen: readonly PowerSeen[],
): Promise<void> {
  const { output } = call.flags
  if (output !== 'table') return printList(call.io, call.flags, seen, powerListing)
  if (action !== 'status') return undefined
  const alike = Map.groupBy(seen, ({ power: state }) => state)
  const folded = [...alike].map(([state, group]) => ({
    name: foldNodeSet(group.map(({ name }) => name)),
    power: state,
  }))
  return printList(call.io, call.flags, folded, powerListing)
}

function noAction(word: string): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'machines cannot be switched like that',
    where: `coppice machine power ${word}`,
    why: `${word} is none of ${actions.join(', ')}`,
    todo: 'look at: coppice machine power --help',
  })
}

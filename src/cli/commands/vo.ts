// Why this file exists: the noun `vo`: who shares the hosts, and how much of them each may have.
import type { Command } from 'commander'
import type { VoChange, VoView } from '#api'
import { Fault } from '#fault'
import { oneEach } from '../names/beside.ts'
import { bytesText } from '../output/bytes.ts'
import { type Listing, printList, printThing } from '../output/print.ts'
import { type Call, type Outcome, tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import { forEachName } from '../program/many.ts'
import { wordsOf } from '../program/named-clusters.ts'
import {
  type Declare,
  dryRunFlag,
  type Flag,
  repeated,
  watchFlag,
  yesFlag,
} from '../program/noun.ts'
import { showEach } from '../program/show.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

const voListing: Listing<VoView> = {
  nameOf: ({ name }) => name,
  columns: [
    { title: 'name', text: ({ name }) => name },
    { title: 'vcns', text: ({ used, quota }) => ofLimit(used.vcns, quota.vcns, String) },
    { title: 'vcpus', text: ({ used, quota }) => ofLimit(used.vcpus, quota.vcpus, String) },
    {
      title: 'memory',
      text: ({ used, quota }) => ofLimit(used.memoryBytes, quota.memoryBytes, bytesText),
    },
    {
      title: 'images',
      text: ({ used, quota }) => ofLimit(used.imageBytes, quota.imageBytes, bytesText),
    },
    { title: 'network', text: ({ network }) => network?.subnet ?? '-' },
    { title: 'members', text: ({ members }) => String(members.length) },
  ],
}

function ofLimit(
  used: number,
  limit: number | undefined,
  text: (figure: number) => string,
): string {
  return limit === undefined ? text(used) : `${text(used)} of ${text(limit)}`
}

interface AddFlags {
  readonly quota?: string
  readonly subnet?: string
  readonly member?: readonly string[]
  readonly dryRun?: boolean
}

interface SetFlags {
  readonly quota?: string
  readonly member?: readonly string[]
  readonly unset?: readonly Unset[]
  readonly dryRun?: boolean
}

/** What can be taken away, and what it is called in a change. */
const unsettable = { quota: 'quota', member: 'members' } as const
type Unset = keyof typeof unsettable

const quotaFlag: Flag = [
  '--quota <limits>',
  'for example vcpus=64,memory=128GiB,vcns=64,image-bytes=100GiB; a limit that is not named is none',
]
const memberFlag = repeated('--member <dn>', 'entry of somebody who belongs to it; may be repeated')

export function declareVo(program: Command, declare: Declare): void {
  const noun = program
    .command('vo')
    .summary('say who shares the hosts, and how much of them each may have')
    .description(
      'Say which virtual organizations share the hosts, and how much of them each may have.',
    )
  declare<WatchFlags>(noun, {
    name: 'list',
    summary: 'list virtual organizations and what they use',
    help: '  coppice vo list',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).vos.list()
        await printList(call.io, call.flags, all, voListing)
      }),
  })
  declare(noun, {
    name: 'show',
    summary: 'show all that is known of virtual organizations',
    help: '  coppice vo show physics',
    words: [['<names...>', 'virtual organizations']],
    run: async (call) => {
      const { vos } = await call.appliance()
      return showEach(call, await wordsOf(call), voListing, (name) => vos.show(name))
    },
  })
  declareVoOrders(noun, declare)
}

function declareVoOrders(noun: Command, declare: Declare): void {
  declare<AddFlags>(noun, {
    name: 'add',
    summary: 'make a virtual organization, with a network of its own',
    help: 'Its network is the next free /20 of 10.128.0.0/12, unless --subnet says another.\n\n  coppice vo add physics --quota vcpus=64,memory=128GiB,vcns=64',
    words: [['<names...>', 'what it is called']],
    flags: [
      quotaFlag,
      ['--subnet <cidr>', 'addresses of its network; a list runs beside the names'],
      memberFlag,
      dryRunFlag,
    ],
    run: addVos,
  })
  declare<SetFlags>(noun, {
    name: 'set',
    summary: 'change what virtual organizations may have, and who belongs to them',
    help: 'What is not named stays as it is; --quota and --member replace what was there. A quota below what is used stops growth, and takes nothing away.\n\n  coppice vo set physics --quota vcpus=128,memory=256GiB\n  coppice vo set physics --unset quota',
    words: [['<names...>', 'virtual organizations']],
    flags: [
      quotaFlag,
      memberFlag,
      repeated('--unset <what>', 'take this away: quota or member', Object.keys(unsettable)),
      dryRunFlag,
    ],
    run: setVos,
  })
  declare<{ yes?: boolean; dryRun?: boolean }>(noun, {
    name: 'remove',
    summary: 'remove virtual organizations and their networks',
    help: 'Refused while one has clusters or images: take those away first.\n\n  coppice vo remove physics',
    words: [['<names...>', 'virtual organizations']],
    flags: [yesFlag, dryRunFlag],
    run: async (call) => {
      const names = await wordsOf(call)
      if (call.flags.dryRun === true) return tell(call, `would remove ${names.join(' ')}`)
      await confirm(call, `Remove ${names.join(' ')}`)
      const { vos } = await call.appliance()
      return forEachName(call, names, { done: 'removed', inOrder: true }, (name) =>
        vos.remove(name),
      )
    },
  })
}

async function addVos(call: Call<AddFlags>): Promise<Outcome> {
  const names = await wordsOf(call)
  const { quota, subnet, member: members, dryRun } = call.flags
  const subnets = subnet === undefined ? [] : oneEach(names, '--subnet', subnet)
  const requests = new Map(
    names.map((name, at) => [name, { name, quota, subnet: subnets[at], members }]),
  )
  if (dryRun === true) {
    for (const request of requests.values()) call.io.out(`would add ${JSON.stringify(request)}`)
    return undefined
  }
  const { vos } = await call.appliance()
  // Networks are chosen one after the other, so their order follows that of the names.
  return changing(call, names, 'added', (name) => vos.add(requests.get(name) ?? { name }))
}

async function setVos(call: Call<SetFlags>): Promise<Outcome> {
  const names = await wordsOf(call)
  const { quota, member: members, unset = [], dryRun } = call.flags
  const change: VoChange = {
    ...(quota !== undefined && { quota }),
    ...(members !== undefined && { members }),
    ...Object.fromEntries(unset.map((what) => [unsettable[what], null])),
  }
  if (Object.keys(change).length === 0) throw nothingToSet(names)
  if (dryRun === true) {
    tell(call, `would set ${JSON.stringify(change)} of ${names.join(' ')}`)
    return undefined
  }
  const { vos } = await call.appliance()
  return changing(call, names, 'set', (name) => vos.change(name, change))
}

/** People are told what was done; programs get what came out. */
async function changing(
  call: Call<unknown>,
  names: readonly string[],
  done: string,
  act: (name: string) => Promise<VoView>,
): Promise<Outcome> {
  const views: VoView[] = []
  const outcome = await forEachName(call, names, { done, inOrder: true }, async (name) => {
    views.push(await act(name))
  })
  const [only, ...others] = views
  if (call.flags.output !== 'table' && only !== undefined) {
    if (names.length === 1) await printThing(call.io, call.flags, only, only.name)
    else await printList(call.io, call.flags, [only, ...others], voListing)
  }
  return outcome
}

function nothingToSet(names: readonly string[]): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'nothing is to be changed',
    where: `coppice vo set ${names.join(' ')}`,
    why: 'neither --quota nor --member nor --unset is given',
    todo: 'for example: --quota vcpus=64,memory=128GiB',
  })
}

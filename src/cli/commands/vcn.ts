// Why this file exists: the noun `vcn`: the nodes of virtual clusters, one by one.
import type { Command } from 'commander'
import type { VcnView } from '#api'
import { type Listing, printList } from '../output/print.ts'
import type { Call } from '../program/call.ts'
import { clusterNamed, vcnNamed, voFlag, type VoFlag, wordsOf } from '../program/named-clusters.ts'
import { type Declare, watchFlag } from '../program/noun.ts'
import { showEach } from '../program/show.ts'
import { showing, type WatchFlags } from '../program/watch.ts'
import { declareConsole } from './vcn-console.ts'

const vcnListing: Listing<VcnView> = {
  nameOf: ({ name, cluster, vo }) => `${name}.${cluster}.${vo}`,
  columns: [
    { title: 'name', text: ({ name }) => name },
    { title: 'cluster', text: ({ vo, cluster }) => `${vo}/${cluster}` },
    {
      title: 'state',
      text: ({ state, trouble }) => (trouble === undefined ? state : `${state}: ${trouble}`),
    },
    { title: 'host', text: ({ host }) => host ?? '-' },
    { title: 'image', text: ({ image }) => image ?? '-' },
    { title: 'addresses', text: ({ nics }) => nics.map(({ address }) => address).join(' ') || '-' },
  ],
}

export function declareVcn(program: Command, declare: Declare): void {
  const noun = program
    .command('vcn')
    .summary('see the nodes of virtual clusters, and their consoles')
    .description(
      'See the nodes of virtual clusters (VCNs), and their consoles.\n\nNAME is compute1.hpl.physics, or less of it as long as only one node answers to it.',
    )
  declare<WatchFlags & VoFlag>(noun, {
    name: 'list',
    summary: 'list nodes of virtual clusters',
    help: 'Of one cluster, or of all.\n\n  coppice vcn list physics/hpl',
    words: [['[cluster]', 'only of this cluster']],
    flags: [voFlag, watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).vcns.list(await wanted(call))
        await printList(call.io, call.flags, all, vcnListing)
      }),
  })
  declare<VoFlag>(noun, {
    name: 'show',
    summary: 'show all that is known of nodes',
    help: '  coppice vcn show "compute[1-4].hpl.physics"',
    words: [['<names...>', 'node set of nodes']],
    flags: [voFlag],
    run: async (call) => {
      const { vcns } = await call.appliance()
      return showEach(call, await wordsOf(call), vcnListing, async (name) =>
        vcns.show(await vcnNamed(call, name)),
      )
    },
  })
  declareConsole(noun, declare)
}

async function wanted(
  call: Call<VoFlag>,
): Promise<{ readonly vo?: string; readonly cluster?: string }> {
  const [word] = call.words
  if (word !== undefined) return clusterNamed(call, word)
  const { vo } = call.flags
  return vo === undefined ? {} : { vo }
}

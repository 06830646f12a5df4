// Why this file exists: the noun `cluster`: what a virtual organization runs on the hosts.
import type { Command } from 'commander'
import type { ClusterView } from '#api'
import { foldNodeSet } from '#directory'
import { type Listing, printList } from '../output/print.ts'
import { clusterNamed, voFlag, type VoFlag, wordsOf } from '../program/named-clusters.ts'
import { type Declare, watchFlag } from '../program/noun.ts'
import { showEach } from '../program/show.ts'
import { showing, type WatchFlags } from '../program/watch.ts'
import { declareClusterOrders } from './cluster-orders.ts'
import { declareClusterTimeline } from './cluster-timeline.ts'

const clusterListing: Listing<ClusterView> = {
  nameOf: ({ vo, name }) => `${vo}/${name}`,
  columns: [
    { title: 'vo', text: ({ vo }) => vo },
    { title: 'name', text: ({ name }) => name },
    { title: 'state', text: ({ state }) => state },
    { title: 'running', text: ({ running, vcns }) => `${running} of ${vcns}` },
    { title: 'hosts', text: ({ hosts }) => foldNodeSet(hosts) || '-' },
    { title: 'images', text: ({ images }) => images.join(' ') || '-' },
    { title: 'job', text: ({ job }) => job ?? '-' },
    { title: 'trouble', text: ({ trouble }) => trouble ?? '' },
  ],
}

export function declareCluster(program: Command, declare: Declare): void {
  const noun = program
    .command('cluster')
    .summary('run virtual clusters on the hosts')
    .description(
      'Run virtual clusters on the hosts, as a cluster file describes them.\n\nNAME is hpl when only one VO has such a cluster, else physics/hpl or hpl.physics; --vo VO does as well.',
    )
  declare<WatchFlags & VoFlag>(noun, {
    name: 'list',
    summary: 'list virtual clusters',
    help: '  coppice cluster list',
    flags: [voFlag, watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).clusters.list()
        const { vo } = call.flags
        const wanted = vo === undefined ? all : all.filter((one) => one.vo === vo)
        await printList(call.io, call.flags, wanted, clusterListing)
      }),
  })
  declare<VoFlag>(noun, {
    name: 'show',
    summary: 'show all that is known of virtual clusters',
    help: '  coppice cluster show physics/hpl',
    words: [['<names...>', 'clusters']],
    flags: [voFlag],
    run: async (call) => {
      const { clusters } = await call.appliance()
      return showEach(call, await wordsOf(call), clusterListing, async (name) =>
        clusters.show(await clusterNamed(call, name)),
      )
    },
  })
  declareClusterOrders(noun, declare)
  declareClusterTimeline(noun, declare)
}

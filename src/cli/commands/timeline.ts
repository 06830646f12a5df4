// Why this file exists: how the last boot of a machine went, phase by phase, and where it broke off, is what people ask
// first when a machine does not come up.
import type { Command } from 'commander'
import type { TimelineView } from '#api'
import { type Listing, printList, printThing } from '../output/print.ts'
import { plainText } from '../output/table.ts'
import type { Call } from '../program/call.ts'
import { namedBy } from '../program/call.ts'
import type { Declare } from '../program/noun.ts'
import { watchFlag } from '../program/noun.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

const phaseListing: Listing<TimelineView['phases'][number]> = {
  nameOf: ({ phase }) => phase,
  columns: [
    { title: 'phase', text: ({ phase }) => phase },
    { title: 'at', text: ({ at }) => at },
    { title: 'since', text: ({ sinceMs }) => `+${(sinceMs / 1000).toFixed(1)} s` },
    { title: 'detail', text: ({ detail }) => detail },
  ],
}

export function declareTimeline(noun: Command, declare: Declare): void {
  declare<WatchFlags>(noun, {
    name: 'timeline',
    summary: 'show the latest boot of a machine, phase by phase',
    help: 'With the reason and the last things seen of it where it failed.\n\n  coppice machine timeline n001',
    words: [['<names...>', 'one machine, or a node set']],
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const { machines } = await call.appliance()
        const views: TimelineView[] = []
        for (const name of await namedBy(call.words, call)) {
          views.push(await machines.timeline(name))
        }
        await printTimelines(call, views)
      }),
  })
}

async function printTimelines(call: Call<unknown>, views: readonly TimelineView[]): Promise<void> {
  const { io, flags } = call
  const [only] = views
  if (flags.output === 'table') {
    for (const view of views) await printForPeople(call, view)
  } else if (only !== undefined && views.length === 1) {
    await printThing(io, flags, only, only.machine)
  } else {
    await printList(io, flags, views, { nameOf: ({ machine }) => machine, columns: [] })
  }
}

async function printForPeople({ io, flags }: Call<unknown>, view: TimelineView): Promise<void> {
  io.out(`${plainText(view.machine)}: boot ${view.boot}, ${plainText(view.state)}`)
  await printList(io, flags, view.phases, phaseListing)
  if (view.failure !== undefined) {
    const { phase, reason, at } = view.failure
    io.out(`failed at ${plainText(phase)}, ${plainText(at)}: ${plainText(reason)}`)
    for (const line of view.trail) io.out(`  ${plainText(line)}`)
  }
}

// Why this file exists: how the appliance is: status, lint, events.
import type { Command } from 'commander'
import type { LintView } from '#api'
import { type Listing, printList, printThing } from '../output/print.ts'
import { plainText } from '../output/table.ts'
import { type Call, tell } from '../program/call.ts'
import { type Declare, watchFlag } from '../program/noun.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

const lintListing: Listing<LintView> = {
  nameOf: ({ where }) => where,
  columns: [
    { title: 'severity', text: ({ severity }) => severity },
    { title: 'where', text: ({ where }) => where },
    { title: 'reason', text: ({ reason }) => reason },
  ],
}

export function declareState(program: Command, declare: Declare): void {
  declare<WatchFlags>(program, {
    name: 'status',
    summary: 'show how the appliance is',
    help: 'Its version, its parts, its directory, and how many machines are in which state.',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const status = await (await call.appliance()).status()
        await printThing(call.io, call.flags, status, status.domain)
      }),
  })
  declare(program, {
    name: 'lint',
    summary: 'list entries of the directory that are set aside or deserve a look',
    help: 'Each with the reason. Exit 1 when entries are set aside.',
    run: async (call) => {
      const found = await (await call.appliance()).lint()
      await printList(call.io, call.flags, found, lintListing)
      if (found.length === 0) tell(call, 'nothing to complain about')
      return found.some(({ severity }) => severity === 'set-aside') ? 'failed' : undefined
    },
  })
  declare(program, {
    name: 'events',
    summary: 'follow what happens, until Ctrl-C',
    help: 'One line for each event, the latest ones first. -o jsonl for programs.',
    run: followEvents,
  })
}

async function followEvents(call: Call<unknown>): Promise<void> {
  const { io, flags } = call
  const isForPeople = flags.output === 'table' || flags.output === 'name'
  const appliance = await call.appliance()
  await appliance.events((event) => {
    const { at, kind, subject, text } = event
    io.out(
      isForPeople ? [at, kind, subject, text].map(plainText).join('  ') : JSON.stringify(event),
    )
  }, io.stop)
}

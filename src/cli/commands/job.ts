// Why this file exists: the noun `job`: long work goes on by itself, and can be looked at, followed and ended.
import type { Command } from 'commander'
import type { JobView } from '#api'
import { type Listing, printList } from '../output/print.ts'
import { plainText } from '../output/table.ts'
import { tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import { concludeJob, followJob } from '../program/follow-job.ts'
import { forEachName } from '../program/many.ts'
import { wordsOf } from '../program/named-clusters.ts'
import { type Declare, dryRunFlag, type Word, watchFlag, yesFlag } from '../program/noun.ts'
import { showEach } from '../program/show.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

const jobListing: Listing<JobView> = {
  nameOf: ({ id }) => id,
  columns: [
    { title: 'id', text: ({ id }) => id },
    { title: 'kind', text: ({ kind }) => kind },
    { title: 'subject', text: ({ subject }) => subject },
    { title: 'state', text: ({ state }) => state },
    { title: 'steps', text: ({ steps }) => `${steps.done} of ${steps.total}` },
    { title: 'started', text: ({ startedAt }) => startedAt },
    { title: 'by', text: ({ by }) => by },
    { title: 'trouble', text: ({ trouble }) => trouble?.why ?? '' },
  ],
}

const idsWord: Word = ['<ids...>', 'ids as "job list" shows them']

export function declareJob(program: Command, declare: Declare): void {
  const noun = program
    .command('job')
    .summary('follow and end long work')
    .description('Follow and end long work: it goes on by itself, also past a restart.')
  declare<WatchFlags>(noun, {
    name: 'list',
    summary: 'list jobs, the newest first',
    help: '  coppice job list --watch',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).jobs.list()
        await printList(call.io, call.flags, all, jobListing)
      }),
  })
  declare(noun, {
    name: 'show',
    summary: 'show all that is known of jobs',
    help: '  coppice job show ID',
    words: [idsWord],
    run: async (call) => {
      const { jobs } = await call.appliance()
      return showEach(call, await wordsOf(call), jobListing, (id) => jobs.show(id))
    },
  })
  declare(noun, {
    name: 'watch',
    summary: 'follow a job until it has ended',
    help: 'The exit status is that of the job.\n\n  coppice job watch ID',
    words: [['<id>', 'id as "job list" shows it']],
    run: async (call) => {
      const { jobs } = await call.appliance()
      const ended = await followJob(call, await jobs.show(call.words[0] ?? ''))
      await concludeJob(call, ended)
      const { id, kind, subject, changes } = ended
      if (call.flags.output === 'table') {
        call.io.out(plainText(`job ${id} is done: ${kind} ${subject}, ${changes} changed`))
      }
    },
  })
  declare<{ yes?: boolean; dryRun?: boolean }>(noun, {
    name: 'cancel',
    summary: 'end jobs',
    help: 'What is done stays done.\n\n  coppice job cancel ID',
    words: [idsWord],
    flags: [yesFlag, dryRunFlag],
    run: async (call) => {
      const ids = await wordsOf(call)
      if (call.flags.dryRun === true) return tell(call, `would cancel ${ids.join(' ')}`)
      await confirm(call, `Cancel ${ids.join(' ')}`)
      const { jobs } = await call.appliance()
      return forEachName(call, ids, { done: 'cancelled' }, (id) => jobs.cancel(id))
    },
  })
}

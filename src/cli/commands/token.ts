// Why this file exists: the noun `token`: who may use the API over the network.
import type { Command } from 'commander'
import { Option } from 'commander'
import type { TokenView } from '#api'
import { type Listing, printList, printThing } from '../output/print.ts'
import { tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import { forEachName } from '../program/many.ts'
import { type Declare, yesFlag } from '../program/noun.ts'

const tokenListing: Listing<TokenView> = {
  nameOf: ({ id }) => id,
  columns: [
    { title: 'id', text: ({ id }) => id },
    { title: 'name', text: ({ name }) => name },
    { title: 'role', text: ({ role }) => role },
    { title: 'vo', text: ({ vo }) => vo ?? '-' },
    { title: 'created', text: ({ createdAt }) => createdAt },
  ],
}

export function declareToken(program: Command, declare: Declare): void {
  const noun = program
    .command('token')
    .summary('say who may use the API over the network')
    .description(
      'Say who may use the API over the network. On the appliance itself its owner needs no token.',
    )
  declare(noun, {
    name: 'list',
    summary: 'list tokens, without their secrets',
    help: '  coppice token list',
    run: async (call) => {
      const all = await (await call.appliance()).tokens.list()
      await printList(call.io, call.flags, all, tokenListing)
    },
  })
  declare<{ role: string; vo?: string }>(noun, {
    name: 'add',
    summary: 'make a token',
    help: 'Its secret is printed once, alone on standard output, and stored nowhere. Put it into ~/.config/coppice/token (mode 0600) or COPPICE_TOKEN.\n\n  coppice token add ada --role operator',
    words: [['<name>', 'whose token it is; the audit log names it']],
    flags: [
      {
        option: new Option('--role <role>', 'what it allows')
          .choices(['admin', 'operator', 'vo-member', 'read-only'])
          .makeOptionMandatory(),
      },
      ['--vo <vo>', 'of a vo-member: whose member it is'],
    ],
    run: async (call) => {
      const { role, vo } = call.flags
      const made = await (await call.appliance()).tokens.add(call.words[0] ?? '', role, vo)
      tell(
        call,
        `token ${made.id} of ${made.name}, role ${made.role}; its secret is shown only now:`,
      )
      if (call.flags.output === 'table') call.io.out(made.secret)
      else await printThing(call.io, call.flags, made, made.id)
    },
  })
  declare<{ yes?: boolean }>(noun, {
    name: 'revoke',
    summary: 'revoke tokens at once',
    help: '  coppice token revoke ID',
    words: [['<ids...>', 'ids as "token list" shows them']],
    flags: [yesFlag],
    run: async (call) => {
      await confirm(call, `Revoke ${call.words.join(' ')}`)
      const { tokens } = await call.appliance()
      return forEachName(call, call.words, { done: 'revoked' }, (id) => tokens.revoke(id))
    },
  })
}

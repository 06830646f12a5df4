// Why this file exists: the noun `directory`: how it is followed, removals that are held, and the directory as files of
// other programs.
import type { Command } from 'commander'
import { type ExportFormat, exportFormats } from '#api'
import { Fault } from '#fault'
import { printThing } from '../output/print.ts'
import { tell } from '../program/call.ts'
import { type Declare, watchFlag } from '../program/noun.ts'
import { showing, type WatchFlags } from '../program/watch.ts'

export function declareDirectory(program: Command, declare: Declare): void {
  const noun = program
    .command('directory')
    .summary('see and steer how the directory is followed, and write it as files')
    .description('See and steer how the directory is followed, and write it as files.')
  declare<WatchFlags>(noun, {
    name: 'status',
    summary: 'show how well the directory is followed',
    help: 'Whether the LDAP server answers, how old our copy is, and whether removals are held.',
    flags: [watchFlag],
    run: (call) =>
      showing(call, async () => {
        const { directory } = await (await call.appliance()).status()
        await printThing(call.io, call.flags, directory, directory.state)
      }),
  })
  declareDecision(noun, declare, 'accept', 'apply the removals that are held')
  declareDecision(noun, declare, 'reject', 'keep what is held, and ask the LDAP server anew')
  declareExport(noun, declare)
}

const accepted = 'the removals are applied'
const rejected = 'the entries are served on, and the LDAP server is asked for everything anew'

function declareDecision(
  noun: Command,
  declare: Declare,
  decision: 'accept' | 'reject',
  summary: string,
): void {
  declare(noun, {
    name: decision,
    summary,
    help: 'When very many entries vanish from LDAP at once, the appliance goes on serving them and waits for a person: "accept" if that was meant, "reject" if the LDAP server is at fault. An entry that comes back needs neither. What is held stands under: coppice directory status.',
    run: async (call) => {
      await (await call.appliance()).decideHeld(decision)
      tell(call, decision === 'accept' ? accepted : rejected)
    },
  })
}

function declareExport(noun: Command, declare: Declare): void {
  declare<{ readonly zone?: string }>(noun, {
    name: 'export',
    summary: 'write the directory as a file of another program, on standard output',
    help: `Sorted, and the same for the same directory, so that it can be kept in version control.\n\n  coppice directory export dhcpd > dhcpd.conf\n  coppice directory export zone --zone 1.10.in-addr.arpa > db.10.1`,
    words: [['<format>', `one of ${exportFormats.join(', ')}`]],
    flags: [['--zone <name>', 'which zone (default: the domain of the appliance)']],
    run: async (call) => {
      const [word = ''] = call.words
      const format = formatOf(word)
      const { zone } = call.flags
      const { exports: out } = await call.appliance()
      const { outBytes, stop } = call.io
      await out.file({ format, zone, onBytes: outBytes, signal: stop })
    },
  })
}

function formatOf(word: string): ExportFormat {
  const format = exportFormats.find((each) => each === word)
  if (format !== undefined) return format
  throw new Fault('CPC-CLI-001', {
    what: 'there is no such format to export',
    where: word,
    why: `the formats are ${exportFormats.join(', ')}`,
    todo: 'name one of them',
  })
}

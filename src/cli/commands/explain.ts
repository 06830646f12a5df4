// Why this file exists: "what would it get, and why?" in the terminal: the lines as the appliance tells them, or all of it as
// data.
import type { Command } from 'commander'
import type { ExplanationView } from '#api'
import { printThing } from '../output/print.ts'
import { plainText } from '../output/table.ts'
import type { Call } from '../program/call.ts'
import type { Declare, Flag } from '../program/noun.ts'

export interface JsonFlag {
  readonly json?: boolean
}

export const jsonFlag: Flag = ['--json', 'the same as -o json']

export function declareExplain(program: Command, declare: Declare): void {
  declare<JsonFlag>(program, {
    name: 'explain',
    summary: 'tell what a machine would get right now, and why',
    help: 'By DHCP, DNS, TFTP and HTTP, from which entry and by which rule, and what it got last. Nothing comes of asking: no lease is made and nothing is counted.\n\n  coppice explain n001\n  coppice explain 52:54:00:00:01:01\n  coppice explain 10.1.0.77 -o json',
    words: [['<subject>', 'name, MAC or address']],
    flags: [jsonFlag],
    run: async (call) => {
      const [subject = ''] = call.words
      await showLines(call, await (await call.appliance()).explain(subject), subject)
    },
  })
}

/** As lines for people; the form that was asked for otherwise. */
export async function showLines(
  { io, flags }: Call<JsonFlag>,
  view: Pick<ExplanationView, 'lines'>,
  name: string,
): Promise<void> {
  const output = flags.json === true ? 'json' : flags.output
  if (output !== 'table') return printThing(io, { ...flags, output }, view, name)
  for (const line of view.lines) io.out(plainText(line))
}

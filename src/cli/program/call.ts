// Why this file exists: what a command is given when it runs: its words, its flags, the terminal, and the appliance if it asks.
import type { ExitKind } from '#fault'
import type { Appliance } from '../client/appliance.ts'
import type { CliIo } from '../io.ts'
import type { LocalCommands } from '../local.ts'
import { namesFrom } from '../names/names.ts'
import type { OutputFlags } from '../output/print.ts'

/** Known everywhere, before and after the words. */
export interface CommonFlags extends OutputFlags {
  readonly server?: string
  readonly quiet?: boolean
}

export interface Call<Flags> {
  readonly words: readonly string[]
  readonly flags: CommonFlags & Flags
  readonly io: CliIo
  readonly local: LocalCommands
  /** Connects when it is first called. */
  readonly appliance: () => Promise<Appliance>
}

/** `undefined` is done; a number is the exit status of something that printed for itself. */
export type Outcome = ExitKind | number | undefined

export type Run<Flags> = (call: Call<Flags>) => Promise<Outcome | void>

/** The machines that the words name. */
export async function namedBy(
  words: readonly string[],
  { io, appliance }: Call<unknown>,
): Promise<readonly string[]> {
  return namesFrom(words, {
    stdin: io.stdin,
    namesOfTag: async (tag) =>
      (await (await appliance()).machines.list(tag)).map(({ name }) => name),
  })
}

/** What was done, for people; programs look at the exit status. */
export function tell({ io, flags }: Call<unknown>, line: string): void {
  if (flags.quiet !== true) io.err(line)
}

// Why this file exists: a command is declared in one place, with its words, its flags, its help and what it does; here is
// how such a declaration becomes one of commander's.
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Run } from './call.ts'

/** What an order's argument is called and what it is, for the help. */
export type Word = readonly [shape: string, meaning: string]
export type Flag = readonly [shape: string, meaning: string] | { readonly option: Option }

export interface Order<Flags> {
  readonly name: string
  /** One sentence, in the list of commands. */
  readonly summary: string
  /** What a newcomer wants to know, with an example. */
  readonly help: string
  readonly words?: readonly Word[]
  readonly flags?: readonly Flag[]
  readonly run: Run<Flags>
}

/** Adds a command that does something. `perform` carries it out when its turn comes. */
export type Declare = <Flags>(parent: Command, order: Order<Flags>) => void

export function declareWith(
  perform: <Flags>(command: Command, run: Run<Flags>) => Promise<void>,
): Declare {
  return (parent, order) => {
    const { name, summary, help, words = [], flags = [], run } = order
    const command = parent
      .command(name)
      .summary(summary)
      .description(`${sentence(summary)}\n\n${help}`)
    for (const [shape, meaning] of words) command.argument(shape, meaning)
    for (const flag of flags) {
      if ('option' in flag) command.addOption(flag.option)
      else command.option(flag[0], flag[1])
    }
    command.action(() => perform(command, run))
  }
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
}

/** A flag that takes one of a few words. */
export function choice(shape: string, meaning: string, words: readonly string[]): Flag {
  return { option: new Option(shape, meaning).choices([...words]) }
}

/** A flag that may be given several times; with `words`, each must be one of them. */
export function repeated(shape: string, meaning: string, words?: readonly string[]): Flag {
  const option = new Option(shape, meaning).argParser(
    (text: string, before: readonly string[] | undefined) => {
      if (words?.includes(text) === false) {
        throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`)
      }
      return [...(before ?? []), text]
    },
  )
  return { option }
}

export function demanded(shape: string, meaning: string): Flag {
  return { option: new Option(shape, meaning).makeOptionMandatory() }
}

export const dryRunFlag: Flag = ['--dry-run', 'tell what would be done, and do nothing']
export const ldifFlag: Flag = [
  '--dry-run',
  'print what would be written as LDIF, which ldapmodify takes, and write nothing',
]
export const yesFlag: Flag = ['--yes', 'do not ask']
export const watchFlag: Flag = ['--watch', 'show it again every two seconds, until Ctrl-C']

// Why this file exists: whatever a command throws becomes four lines and an exit status, in one place.
import { type Command, CommanderError } from 'commander'
import { exitStatus, Fault, faultLines } from '#fault'
import type { CliIo } from '../io.ts'

/** The exit status of what was thrown; it has been told on stderr by then. */
export function report(
  error: unknown,
  words: readonly string[],
  program: Command,
  { err }: CliIo,
): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitStatus.done
    // `coppice machine` alone: commander has printed the help already.
    if (error.code === 'commander.help') return exitStatus.usage
    return reportFault(misused(error, words, program), err)
  }
  if (error instanceof Fault) return reportFault(error, err)
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  err(`error: coppice failed in a way that nobody foresaw; please report this\n${reason}`)
  return exitStatus.failed
}

export function reportFault(fault: Fault, err: (line: string) => void): number {
  err(faultLines(fault.code, fault.text))
  return exitStatus[fault.entry.exit]
}

function misused(error: CommanderError, words: readonly string[], program: Command): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'the command line cannot be understood',
    where: ['coppice', ...words].join(' '),
    why: error.message.replace(/^error: /, '').replaceAll('\n', ' '),
    todo: `look at: ${commandIn(words, program)} --help`,
  })
}

/** As far as the words name commands that there are. */
function commandIn(words: readonly string[], program: Command): string {
  let command = program
  let path = program.name()
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) continue
    command = next
    path = `${path} ${word}`
  }
  return path
}

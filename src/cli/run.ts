// Why this file exists: one call is one command line: from the words to the exit status, with everything it touches given
// to it, so that a test can be the terminal.
import type { Command } from 'commander'
import { type ExitKind, exitStatus } from '#fault'
import type { Appliance } from './client/appliance.ts'
import type { CliIo } from './io.ts'
import type { LocalCommands } from './local.ts'
import { buildProgram } from './program/build.ts'
import type { Call, CommonFlags, Outcome, Run } from './program/call.ts'
import { report } from './program/failure.ts'
import { declareWith } from './program/noun.ts'

/** `words` without the program's own name. Nothing is thrown; the number is the exit status. */
export async function runCli(
  words: readonly string[],
  io: CliIo,
  local: LocalCommands,
): Promise<number> {
  let status: number = exitStatus.done
  const perform = async <Flags>(command: Command, run: Run<Flags>): Promise<void> => {
    status = statusOf(await run(callOf<Flags>(command, io, local)))
  }
  const program = buildProgram(io, declareWith(perform))
  try {
    await program.parseAsync(withVersionCommand(words), { from: 'user' })
    return status
  } catch (error) {
    return report(error, words, program, io)
  }
}

/** Only as the first word: further on, --version is the number of an image. */
function withVersionCommand([first, ...others]: readonly string[]): string[] {
  if (first === undefined) return []
  return [first === '--version' ? 'version' : first, ...others]
}

function callOf<Flags>(command: Command, io: CliIo, local: LocalCommands): Call<Flags> {
  const flags = command.optsWithGlobals<CommonFlags & Flags>()
  let connected: Promise<Appliance> | undefined
  return {
    words: command.args,
    flags,
    io,
    local,
    appliance: () => (connected ??= connectTo(flags.server, io)),
  }
}

/** Loaded when it is needed, so that `coppice version` does not wait for it. */
async function connectTo(server: string | undefined, io: CliIo): Promise<Appliance> {
  const { connect } = await import('./client/connect.ts')
  return connect(server, io)
}

function statusOf(outcome: Outcome | void): number {
  if (outcome === undefined) return exitStatus.done
  return typeof outcome === 'number' ? outcome : exitStatus[outcome satisfies ExitKind]
}

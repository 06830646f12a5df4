// Why this file exists: the whole command line at a glance, and what is common to all of it.
import { Command, Option } from 'commander'
import { declareCluster } from '../commands/cluster.ts'
import { declareState } from '../commands/appliance-state.ts'
import { declareCompletion } from '../commands/completion.ts'
import { declareDirectory } from '../commands/directory.ts'
import { declareDoctor } from '../commands/doctor.ts'
import { declareExplain } from '../commands/explain.ts'
import { declareHpl } from '../commands/hpl.ts'
import { declareImage } from '../commands/image.ts'
import { declareImport } from '../commands/import.ts'
import { declareInit } from '../commands/init.ts'
import { declareJob } from '../commands/job.ts'
import { declareHelpers, declareLab, declareServe } from '../commands/local-orders.ts'
import { declareMachine } from '../commands/machine.ts'
import { declareLease } from '../commands/lease.ts'
import { declareNetwork } from '../commands/network.ts'
import { declareToken } from '../commands/token.ts'
import { declareVcn } from '../commands/vcn.ts'
import { declareVo } from '../commands/vo.ts'
import { declareWhatIf } from '../commands/whatif.ts'
import type { CliIo } from '../io.ts'
import { outputForms } from '../output/print.ts'
import type { Declare } from './noun.ts'

const about = `Bare machines become KVM hosts, and virtual clusters run on them.

Start here:
  coppice init      write a configuration
  coppice doctor    look whether this machine is ready for the appliance
  coppice serve     run the appliance
  coppice lab       see it all on an emulated rack`

const exits = `
Exit: 0 done, 1 failed, 2 usage, 3 not found, 4 refused, 5 conflict, 6 partly done, 7 timed out, 8 appliance unreachable, 10 there are changes (cluster plan --detailed-exitcode).
An error code such as CPC-CLI-001 is explained by: coppice explain-error CPC-CLI-001`

export function buildProgram(io: CliIo, declare: Declare): Command {
  const program = new Command('coppice')
    .description(about)
    .helpOption('-h, --help', 'explain this command')
    .addOption(
      new Option('-o, --output <form>', 'how to print').choices([...outputForms]).default('table'),
    )
    .option('--no-headers', 'leave out the head of a table')
    .option('--server <place>', 'where the appliance is: unix:PATH or http://HOST:PORT')
    .option('--quiet', 'say nothing but results and errors')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: true })
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      // Told once, in four lines, where all failures are told.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', exits)
  declareMachine(program, declare)
  declareNetwork(program, declare)
  declareLease(program, declare)
  declareVo(program, declare)
  declareImage(program, declare)
  declareCluster(program, declare)
  declareVcn(program, declare)
  declareJob(program, declare)
  declareToken(program, declare)
  declareDirectory(program, declare)
  declareImport(program, declare)
  declareHpl(program, declare)
  declareLab(program, declare)
  declareServe(program, declare)
  declareInit(program, declare)
  declareDoctor(program, declare)
  declareState(program, declare)
  declareExplain(program, declare)
  declareWhatIf(program, declare)
  declareHelpers(program, declare)
  declareCompletion(program, declare)
  return program
}

// Why this file exists: the command `import`: files of other programs become entries, after a person has seen what was
// understood and what was not.
import type { Command } from 'commander'
import type { ImportRequest, ImportView } from '#api'
import { exitStatus, Fault, faultLines } from '#fault'
import { printThing } from '../output/print.ts'
import { progressOn } from '../output/progress.ts'
import { plainText } from '../output/table.ts'
import { type Call, type Outcome, tell } from '../program/call.ts'
import { demandYes } from '../program/confirm.ts'
import { choice, type Declare, dryRunFlag, repeated, yesFlag } from '../program/noun.ts'
import { readSources } from './import-files.ts'
import { countText, importLines, inShort } from './import-report.ts'

export interface ImportFlags {
  readonly format?: string
  readonly domain?: readonly string[]
  readonly role?: 'host' | 'other'
  readonly dryRun?: boolean
  readonly yes?: boolean
}

const help = `The format is told by the content where that is unmistakable: dhcpd (ISC's dhcpd.conf), kea (JSON), dnsmasq, hosts (/etc/hosts and /etc/ethers together), csv (a header names the columns), warewulf (nodes.conf). What is understood, what is left out and why is told first. What the directory holds already stays as it is, so that an import can be repeated.

  coppice import dhcpd /etc/dhcp/dhcpd.conf --dry-run > changes.ldif
  coppice import hosts /etc/hosts /etc/ethers --domain old.example
  coppice import nodes.conf --role host --yes`

export function declareImport(program: Command, declare: Declare): void {
  declare<ImportFlags>(program, {
    name: 'import',
    summary: 'describe machines and networks as files of other programs do',
    help,
    words: [['<words...>', 'the format, if it is to be named, and the files; - is standard input']],
    flags: [
      ['--format <format>', 'what the files are, where no word says it'],
      repeated('--domain <name>', 'names below it are names of ours; may be given several times'),
      choice('--role <role>', 'of machines whose role the files do not tell', ['host', 'other']),
      dryRunFlag,
      yesFlag,
    ],
    run,
  })
}

async function run(call: Call<ImportFlags>): Promise<Outcome> {
  const { flags } = call
  const request = await requestOf(call)
  const order = await orderFor(call)
  if (flags.dryRun === true) {
    const view = await order({ ...request, dryRun: true })
    return show(call, view)
  }
  // With --yes the report comes with the result: nobody reads it before.
  const asked = flags.yes === true ? undefined : await order({ ...request, dryRun: true })
  if (asked !== undefined) {
    report(call, asked)
    if (asked.networks.length + asked.machines.length === 0) return conclude(call, asked)
    await demandYes(
      call,
      `Add ${countText(asked)} to the directory`,
      'look at it with --dry-run, then give --yes',
    )
  }
  const view = await order(request)
  if (asked === undefined) report(call, view)
  return conclude(call, view)
}

/** Told on standard error how far it is, where it takes long. */
async function orderFor(
  call: Call<ImportFlags>,
): Promise<(request: ImportRequest) => Promise<ImportView>> {
  const { io, flags } = call
  const { imports } = await call.appliance()
  return async (request) => {
    const progress = progressOn(io, flags.quiet === true, io.clock.now)
    try {
      return await imports.run(request, ({ done, of }) => {
        progress.show({ what: 'adding', done, total: of, detail: `${done} of ${of}` })
      })
    } finally {
      progress.end()
    }
  }
}

async function requestOf({ words, flags, io }: Call<ImportFlags>): Promise<ImportRequest> {
  const { findFormat } = await import('#exchange')
  const [first = '', ...rest] = words
  const isNamed = flags.format === undefined && rest.length > 0 && findFormat(first) !== undefined
  const format = isNamed ? first : flags.format
  return {
    files: await readSources(isNamed ? rest : words, io),
    ...(format !== undefined && { format }),
    ...(flags.domain && { domains: flags.domain }),
    ...(flags.role && { role: flags.role }),
  }
}

function report(call: Call<ImportFlags>, view: ImportView): void {
  for (const line of importLines(view)) tell(call, line)
}

/** What would be written is the result; what is said of it goes beside it. */
async function show(call: Call<ImportFlags>, view: ImportView): Promise<Outcome> {
  const { io, flags } = call
  if (flags.output !== 'table') await printView(call, view)
  else {
    report(call, view)
    io.out((view.ldif ?? '').trimEnd())
  }
  return undefined
}

async function conclude(call: Call<ImportFlags>, view: ImportView): Promise<Outcome> {
  const { io, flags } = call
  const { done, already, failed, conflicts } = view
  if (flags.output !== 'table') await printView(call, view)
  if (done.length > 0) tell(call, `added ${inShort(done)}`)
  const isDone = failed.length === 0 && conflicts.length === 0
  if (isDone && done.length === 0) tell(call, 'nothing to add: 0 changes')
  for (const { name, trouble } of failed) {
    const { code, what, where, why, do: todo } = trouble
    io.err(faultLines(code, { what: `${plainText(name)}: ${what}`, where, why, todo }))
  }
  if (isDone) return undefined
  const fault = partly(view)
  if (done.length + already.length > 0) throw fault
  io.err(faultLines(fault.code, fault.text))
  return conflicts.length > 0 ? exitStatus.conflict : exitStatus.failed
}

function partly({ done, already, failed, conflicts }: ImportView): Fault {
  const isAll = done.length + already.length > 0
  return new Fault('CPC-IMP-004', {
    what: `${failed.length + conflicts.length} could not be added`,
    where: inShort([...failed.map(({ name }) => name), ...conflicts.map(({ what }) => what)]),
    why: `${conflicts.length} are there otherwise, ${failed.length} failed; ${isAll ? 'all others are there' : 'there were no others'}`,
    todo: 'correct the files or the directory, and import again',
  })
}

function printView({ io, flags }: Call<ImportFlags>, view: ImportView): Promise<void> {
  if (flags.output !== 'name') return printThing(io, flags, view, view.format)
  const names = [...view.networks, ...view.machines]
  if (names.length > 0) io.out(names.map(plainText).join('\n'))
  return Promise.resolve()
}

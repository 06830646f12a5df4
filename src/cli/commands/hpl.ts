// Why this file exists: the noun `hpl`, and of it what needs no appliance: how large a run should be, and what a run's
// output is worth.
import type { Command } from 'commander'
import { Fault } from '#fault'
import type { HplReport, HplResult, Problem, SizeRequest } from '#hpl'
import { type Listing, printList, printThing } from '../output/print.ts'
import type { Call } from '../program/call.ts'
import { readGivenStart } from '../program/given-file.ts'
import { type Declare, demanded } from '../program/noun.ts'
import { declareHplRuns } from './hpl-runs.ts'

interface SizeFlags {
  readonly nodes: string
  readonly memory: string
  readonly use?: string
  readonly nb?: string
  readonly ranksPerNode?: string
}

interface ParseFlags {
  readonly input?: string
}

const resultListing: Listing<HplResult> = {
  nameOf: ({ variant }) => variant,
  columns: [
    { title: 'variant', text: ({ variant }) => variant },
    { title: 'N', text: ({ N }) => String(N) },
    { title: 'NB', text: ({ NB }) => String(NB) },
    { title: 'P', text: ({ P }) => String(P) },
    { title: 'Q', text: ({ Q }) => String(Q) },
    { title: 'time', text: ({ seconds }) => `${seconds.toFixed(2)} s` },
    { title: 'gflops', text: ({ gflops }) => String(gflops) },
    { title: 'residual', text: ({ residual }) => String(residual ?? '-') },
    { title: 'verdict', text: ({ verdict }) => verdict },
  ],
}

export function declareHpl(program: Command, declare: Declare): void {
  const noun = program
    .command('hpl')
    .summary('size and run High Performance Linpack, and read its results')
    .description('Size and run High Performance Linpack (HPL), and read its results.')
  declareHplRuns(noun, declare)
  declare<SizeFlags>(noun, {
    name: 'size',
    summary: 'tell N, NB, P and Q of a run over some nodes',
    help: 'N = sqrt(n·D·U), in whole blocks of NB: n nodes, D doubles that fit in the memory of one, U the share of it to use. The grid P x Q is as square as possible, with P not above Q. Needs no appliance.\n\n  coppice hpl size --nodes 14 --memory 4GiB',
    flags: [
      demanded('--nodes <number>', 'how many nodes take part'),
      demanded('--memory <size>', 'memory of each node, such as 4GiB or 512MiB'),
      ['--use <share>', 'share of the memory for the matrix (default: 0.8)'],
      ['--nb <number>', 'block size (default: 168)'],
      ['--ranks-per-node <number>', 'MPI processes on each node (default: 2)'],
    ],
    run: size,
  })
  declare<ParseFlags>(noun, {
    name: 'parse',
    summary: 'read the output of an HPL or hpcc run',
    help: 'Prints every result. Exit 1 when there is none or one is no valid figure, 6 when the output is cut off. With --input the result must be of the problem that was asked: hpcc without enough processes chooses another, and reports PASSED. Needs no appliance.\n\n  coppice hpl parse hpccoutf.txt --input hpccinf.txt',
    words: [['<file>', 'what the run printed: hpccoutf.txt or HPL.out']],
    flags: [['--input <file>', 'the hpccinf.txt or HPL.dat of the run']],
    run: parse,
  })
}

async function size({ io, flags }: Call<SizeFlags>): Promise<void> {
  const { explainRefusal, sizeRun } = await import('#hpl')
  const sized = sizeRun(sizeRequestOf(flags))
  if (!sized.ok) throw explainRefusal(sized.refusal, 'coppice hpl size')
  const { N, NB, P, Q } = sized.value
  await printThing(io, flags, { N, NB, P, Q }, String(N))
}

function sizeRequestOf({ nodes, memory, use, nb, ranksPerNode }: SizeFlags): SizeRequest {
  return {
    nodes: numberOf('--nodes', nodes),
    memoryBytesPerNode: bytesOf(memory),
    ...(use === undefined ? {} : { use: numberOf('--use', use) }),
    ...(nb === undefined ? {} : { nb: numberOf('--nb', nb) }),
    ...(ranksPerNode === undefined
      ? {}
      : { ranksPerNode: numberOf('--ranks-per-node', ranksPerNode) }),
  }
}

function numberOf(flag: string, text: string): number {
  if (/^\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  throw misused(`${flag} ${text}`, 'this is no number', 'for example: --nodes 14')
}

const unitBytes = new Map([
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
])

function bytesOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?)\s?([KMGT]iB)$/.exec(text) ?? []
  const bytes = unitBytes.get(unit)
  if (bytes !== undefined) return Math.floor(Number(amount) * bytes)
  throw misused(`--memory ${text}`, 'this is no size with KiB, MiB, GiB or TiB', 'such as: 4GiB')
}

function misused(where: string, why: string, todo: string): Fault {
  return new Fault('CPC-CLI-001', { what: 'the size cannot be told', where, why, todo })
}

async function parse({ io, flags, words: [file = ''] }: Call<ParseFlags>): Promise<void> {
  const { explainRefusal, figureOf, outputCharsMax, readOutput, troubleWith } = await import('#hpl')
  const asked = flags.input === undefined ? undefined : await problemIn(flags.input)
  const read = readOutput(readGivenStart(file, { what, bytesMax: outputCharsMax + 1 }))
  if (!read.ok) throw explainRefusal(read.refusal, file)
  await printReport({ io, flags }, read.value)
  if (asked === undefined) {
    const trouble = troubleWith(read.value)
    if (trouble !== undefined) throw explainRefusal(trouble, file)
    return
  }
  const figure = figureOf(read.value, asked)
  if (!figure.ok) throw explainRefusal(figure.refusal, file)
}

async function problemIn(file: string): Promise<Problem> {
  const { explainRefusal, parseInput } = await import('#hpl')
  const parsed = parseInput(readGivenStart(file, { what, bytesMax: inputBytesMax }))
  if (parsed.ok) return parsed.value
  throw explainRefusal(parsed.refusal, file)
}

const what = 'the file'
const inputBytesMax = 2 ** 20

/** A table or names of its results, or one document with all that is known. */
async function printReport(
  { io, flags }: Pick<Call<ParseFlags>, 'io' | 'flags'>,
  report: HplReport,
): Promise<void> {
  if (flags.output === 'table' || flags.output === 'name') {
    return printList(io, flags, report.results, resultListing)
  }
  const { isComplete: complete, results, messages } = report
  return printThing(io, flags, { complete, results, messages }, '')
}

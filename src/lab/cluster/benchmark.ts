// Why this file exists: the figure for which all of it is done: HPL over the nodes of all hosts, and the same problem by the
// same program over the bare hosts; a result of another problem is none.
import { mustCoppice } from '../appliance.ts'
import { member, numberMember, parseJson, textMember } from '../json.ts'
import { demand } from './promise.ts'
import { clusterName, type ClusterRun, type Owner } from './site.ts'
import { itemsOf } from './views.ts'

const chapter = 'benchmark'
const runSecondsMax = 900
/** Both sides, with what they prepare. */
const benchmarkMsMax = 2 * (runSecondsMax + 300) * 1000
const emulated = 'emulated: percentages have no meaning'

/** The lines that stand side by side. */
export async function benchmark({ run }: ClusterRun, owner: Owner): Promise<readonly string[]> {
  const { plan, options, signal, print } = run
  // One rank on each host: two that wait for each other on one emulated processor wait very long.
  const grid = ['--nb', '40', '--p', '1', '--q', String(plan.machines.length)]
  const problem = ['--n', String(options.hplN), ...grid, '--seconds', String(runSecondsMax)]
  const words = ['hpl', 'run', clusterName(owner), '--bare', ...problem]
  print(`$ coppice ${words.join(' ')}`)
  const said = await mustCoppice(plan, [...words, '-o', 'json'], signal, benchmarkMsMax)
  const compared = parseJson(said)
  const sides = [member(compared, 'virtual'), member(compared, 'physical')]
  const problems = sides.map((side) =>
    ['N', 'NB', 'P', 'Q'].map((name) => `${name} ${numberMember(side, name)}`).join(' '),
  )
  const [virtual = '', physical = ''] = problems
  const asked = `both sides solved N ${options.hplN} on the same grid`
  const isSame = virtual === physical && virtual.startsWith(`N ${options.hplN} `)
  demand(isSame, { chapter, promise: asked, found: problems.join(' beside ') }, run)
  const figures = sides.map((side) => numberMember(side, 'gflops') ?? 0)
  const counted = 'both sides have a figure'
  const positive = figures.every((figure) => figure > 0)
  demand(positive, { chapter, promise: counted, found: said }, run)
  const label = textMember(compared, 'label') ?? textMember(sides[0], 'label') ?? ''
  demand(label === emulated, { chapter, promise: `labelled "${emulated}"`, found: label }, run)
  const lines = itemsOf(member(compared, 'lines')).map(String)
  for (const line of lines) print(`  ${line}`)
  return lines
}

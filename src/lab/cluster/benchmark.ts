// Why this file exists: the figure for which all of it is done: HPL over the nodes of all hosts, and the same problem by the
// same program over the bare hosts; a result of another problem is none.
import { coppice, lastWords, refusedOrder } from '../appliance.ts'
import type { Finished } from '../command.ts'
import { member, numberMember, parseJson, textMember } from '../json.ts'
import { withAftermath } from './aftermath.ts'
import type { Standing } from './bring-up.ts'
import { demand } from './promise.ts'
import { clusterName, type ClusterRun } from './site.ts'
import { itemsOf, type SeenVcn } from './views.ts'

const chapter = 'benchmark'
const runSecondsMax = 900
/** Both sides, with what they prepare. */
const benchmarkMsMax = 2 * (runSecondsMax + 300) * 1000
const emulated = 'emulated: percentages have no meaning'

/** The lines that stand side by side. */
export async function benchmark(
  cluster: ClusterRun,
  { owner, vcns }: Standing,
): Promise<readonly string[]> {
  const { run } = cluster
  const { plan, options, print } = run
  // One rank on each host: two that wait for each other on one emulated processor wait very long.
  const grid = ['--nb', '40', '--p', '1', '--q', String(plan.machines.length)]
  const problem = ['--n', String(options.hplN), ...grid, '--seconds', String(runSecondsMax)]
  const words = ['hpl', 'run', clusterName(owner), '--bare', ...problem]
  print(`$ coppice ${words.join(' ')}`)
  const said = await askedAgain(cluster, vcns, [...words, '-o', 'json'])
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

/** How the appliance says that a machine went down under the run. */
const restartedCode = 'CPC-HPL-021'

/** A run takes five minutes where processors are emulated twice, and each of four nodes may die in them. */
const asksMax = 4

/** A processor that is emulated twice makes its kernel panic now and then: that is told, with what is left of it, and tried anew. */
async function askedAgain(
  cluster: ClusterRun,
  vcns: readonly SeenVcn[],
  words: readonly string[],
): Promise<string> {
  const { plan, signal, print } = cluster.run
  const ask = (): Promise<Finished> => coppice(plan, words, signal, benchmarkMsMax)
  for (let asks = 1; ; asks += 1) {
    const said = await withAftermath(cluster, vcns, ask)
    if (said.exit === 0) return said.stdout
    const isWorthIt = asks < asksMax && said.stderr.includes(restartedCode)
    if (!isWorthIt) throw refusedOrder(plan, words, said)
    print(`  a node restarted under it, so it is asked once more: ${lastWords(said.stderr)}`)
  }
}

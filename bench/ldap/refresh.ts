// Why this file exists: our first refresh beside `ldapsearch -E sync=ro` of the same entries and attributes, in turns.
import { join } from 'node:path'
import type { BenchOptions, Figure } from '../harness/bench.ts'
import { interleave } from '../harness/interleave.ts'
import { run, timed } from '../harness/processes.ts'
import { first, undisturbed } from '../harness/undisturbed.ts'
import { mappedAttributes } from '../../src/ldap-sync/mapping/fields.ts'
import type { Appliance } from './appliance.ts'

const node = join(import.meta.dirname, '../../bin/node-26')
const ratioMost = 1.2

export async function refreshes(
  appliance: Appliance,
  size: number,
  { rounds, isUndisturbed }: BenchOptions,
): Promise<readonly Figure[]> {
  const { base, bindDn, secretFile, directoryUrl, domain } = appliance
  const sign = ['-x', '-D', bindDn, '-y', secretFile, '-H', directoryUrl]
  const search = ['ldapsearch', ...sign, '-E', 'sync=ro', '-LLL', '-b', base]
  const program = join(import.meta.dirname, 'refresh-program.ts')
  const order = JSON.stringify({ url: directoryUrl, bindDn, secretFile, base, domain })
  const beFirst = (argv: readonly string[]): readonly string[] => first(isUndisturbed, argv)
  const warm: number[] = []
  const samples = await undisturbed(isUndisturbed, appliance.pids, () =>
    interleave(rounds, {
      ldapsearch: () => timed(...beFirst([...search, '(objectClass=*)', ...mappedAttributes])),
      coppice: async () => {
        const [cold = '', again = ''] = (await run(...beFirst([node, program, order]))).split(' ')
        warm.push(Number(again))
        return Number(cold)
      },
    }),
  )
  const { ldapsearch = [], coppice = [] } = samples
  const machines = `${size} machines`
  const beside = (ours: readonly number[]): readonly number[] =>
    ours.map((ms, round) => ms / (ldapsearch[round] ?? Number.NaN))
  return [
    {
      what: `first refresh, ${machines}`,
      who: 'ldapsearch -E sync=ro',
      unit: 'ms',
      samples: ldapsearch,
    },
    {
      what: `first refresh, typed and assembled, ${machines}`,
      who: 'coppice',
      unit: 'ms',
      samples: coppice,
    },
    {
      what: `first refresh beside ldapsearch of the same round, ${machines}`,
      who: 'coppice',
      unit: '×',
      samples: beside(coppice),
      target: { of: 'median', most: ratioMost },
    },
    {
      what: `the same again in one process, ${machines}`,
      who: 'coppice',
      unit: '×',
      samples: beside(warm),
    },
  ]
}

// Why this file exists: what the directory costs: how soon a change is on the wire, how soon a cold appliance answers, how
// much memory it holds and how long a first refresh takes, with slapd's own figures beside.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, BenchOptions, Figure } from '../harness/bench.ts'
import { memoryOf } from '../harness/memory.ts'
import { inNamespace, run } from '../harness/processes.ts'
import { first, undisturbed } from '../harness/undisturbed.ts'
import { twoNetworks, type TwoNetworks } from '../harness/two-networks.ts'
import { Appliance, parts } from './appliance.ts'
import { type ChangeOrder, isChangeResult } from './change-order.ts'
import { coldStarts } from './cold-start.ts'
import { refreshes } from './refresh.ts'

const timedCount = 50
/** The appliance gives memory back five seconds after its start. */
const settledMillis = 8_000
const node = join(import.meta.dirname, '../../bin/node-26')

export const ldapBench: Bench = async (options) => {
  const figures: Figure[] = []
  for (const size of options.sizes) figures.push(...(await atSize(size, options)))
  return figures
}

async function atSize(size: number, options: BenchOptions): Promise<readonly Figure[]> {
  using networks = twoNetworks('ldap')
  await using appliance = new Appliance(networks)
  options.note(`ldap: ${size} machines: filling`)
  await appliance.fill(size, timedCount)
  await appliance.start()
  // What is written and tidied after a start belongs to no change.
  await appliance.untilCopied(size)
  await pause(settledMillis)
  options.note(`ldap: ${size} machines: changes`)
  const changes = await changeFigures(appliance, networks, size, options)
  const memory = memoryFigures(appliance, size)
  options.note(`ldap: ${size} machines: refreshes`)
  const refresh = await refreshes(appliance, size, options)
  options.note(`ldap: ${size} machines: cold starts`)
  const cold = await coldStarts(appliance, networks, size, options)
  return [...changes, ...memory, ...refresh, ...cold]
}

async function changeFigures(
  appliance: Appliance,
  networks: TwoNetworks,
  size: number,
  { changes, isUndisturbed }: BenchOptions,
): Promise<readonly Figure[]> {
  const { base, domain, directoryUrl: url, bindDn, secretFile } = appliance
  const { serverAddress: server, clientAddress: relay } = networks
  const access = { url, bindDn, secretFile, base, domain }
  const order: ChangeOrder = { ...access, server, relay, size, timedCount, changes }
  const program = join(import.meta.dirname, 'change-program.ts')
  const argv = inNamespace(networks.client, node, program, JSON.stringify(order))
  const said = await undisturbed(isUndisturbed, appliance.pids, () =>
    run(...first(isUndisturbed, argv)),
  )
  const result: unknown = JSON.parse(said)
  if (!isChangeResult(result)) throw new Error('the program of changes answered in another form')
  const target = { of: 'p99', most: 20 } as const
  const machines = `${size} machines`
  return [
    {
      what: `modify answered → plain consumer hears, ${machines}`,
      who: 'slapd',
      unit: 'ms',
      samples: result.event,
    },
    {
      what: `modify answered → DNS right, ${machines}`,
      who: 'coppice',
      unit: 'ms',
      samples: result.dns,
      target,
    },
    {
      what: `modify answered → DHCP right, ${machines}`,
      who: 'coppice',
      unit: 'ms',
      samples: result.dhcp,
      target,
    },
  ]
}

function memoryFigures(appliance: Appliance, size: number): readonly Figure[] {
  const memory = parts.flatMap((part) => {
    const pid = appliance.pidOf(part)
    return pid === undefined ? [] : [{ part, ...memoryOf(pid) }]
  })
  const ours = memory.filter(({ part }) => part !== 'slapd')
  const sum = (of: 'rssMb' | 'pssMb'): number => ours.reduce((total, each) => total + each[of], 0)
  const figure = (what: string, who: string, value: number): Figure => ({
    what: `${what}, ${size} machines`,
    who,
    unit: 'MB',
    samples: [value],
  })
  return [
    ...memory.map(({ part, rssMb }) => figure('RSS', part, rssMb)),
    ...memory.map(({ part, pssMb }) => figure('PSS', part, pssMb)),
    {
      ...figure('RSS, keeper + core + wire', 'coppice', sum('rssMb')),
      target: { of: 'max', most: 400 },
    },
    // What three processes of one program share is one memory.
    {
      ...figure('PSS, keeper + core + wire', 'coppice', sum('pssMb')),
      target: { of: 'max', most: 400 },
    },
  ]
}

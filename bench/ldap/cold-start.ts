// Why this file exists: after a power cut the site wants answers before anything else, whether its directory comes back or
// not. Timed from the start of the process to the first right answer of each protocol.
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchOptions, Figure } from '../harness/bench.ts'
import { inNamespace, run } from '../harness/processes.ts'
import { first } from '../harness/undisturbed.ts'
import type { TwoNetworks } from '../harness/two-networks.ts'
import type { Appliance } from './appliance.ts'
import { machineFacts } from './tree.ts'

const node = join(import.meta.dirname, '../../bin/node-26')
const brokenBytes = 8_192
const target = { of: 'max', most: 2_000 } as const

export async function coldStarts(
  appliance: Appliance,
  networks: TwoNetworks,
  size: number,
  options: BenchOptions,
): Promise<readonly Figure[]> {
  const { rounds } = options
  const machines = `${size} machines`
  const figures: Figure[] = []
  await appliance.untilCopied(size)
  for (const directory of ['there', 'unable to start'] as const) {
    const dns: number[] = []
    const dhcp: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const answers = await coldStart(appliance, { networks, size, ...options }, directory)
      dns.push(answers.dns)
      dhcp.push(answers.dhcp)
    }
    const what = `cold start → first right answer, slapd ${directory}, ${machines}`
    figures.push(
      { what: `${what}, DNS`, who: 'coppice', unit: 'ms', samples: dns, target },
      { what: `${what}, DHCP`, who: 'coppice', unit: 'ms', samples: dhcp, target },
    )
  }
  return figures
}

interface Surroundings {
  readonly networks: TwoNetworks
  readonly size: number
  readonly isUndisturbed: boolean
}

async function coldStart(
  appliance: Appliance,
  { networks, size, isUndisturbed }: Surroundings,
  directory: 'there' | 'unable to start',
): Promise<{ readonly dns: number; readonly dhcp: number }> {
  await appliance.cutOff()
  using _broken = directory === 'there' ? undefined : breakDirectory(appliance)
  const { serverAddress, clientAddress } = networks
  const { name, mac, address } = machineFacts(Math.floor(size / 2) + 1)
  const wanted = [serverAddress, clientAddress, `${name}.${appliance.domain}`, mac, address]
  const program = join(import.meta.dirname, 'first-answer-program.ts')
  const asker = inNamespace(networks.client, node, program, ...wanted)
  const asking = run(...first(isUndisturbed, asker))
  // The asker takes a moment to start; what it prints are clock times, so it may ask before the appliance exists.
  const from = Date.now()
  appliance.begin(isUndisturbed)
  const [dns = '', dhcp = ''] = (await asking).trim().split(' ')
  if (directory !== 'there') await appliance.cutOff()
  return { dns: Number(dns) - from, dhcp: Number(dhcp) - from }
}

/** The first pages of its database are gone: slapd ends at once, as often as it is started. */
function breakDirectory({ dataDir }: Appliance): Disposable {
  const path = join(dataDir, 'ldap', 'db', 'data.mdb')
  const file = openSync(path, 'r+')
  const before = Buffer.alloc(brokenBytes)
  readSync(file, before)
  writeSync(file, Buffer.alloc(brokenBytes, 0xff), 0, brokenBytes, 0)
  return {
    [Symbol.dispose]() {
      writeSync(file, before, 0, brokenBytes, 0)
      closeSync(file)
    },
  }
}

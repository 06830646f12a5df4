// Why this file exists: what keeps the appliance from starting is found before it is started, each with its remedy.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Settings } from '#config'
import { Fault } from '#fault'
import { examine, type Finding, installable } from '../doctor/examine.ts'
import { systemProbes } from '../doctor/probes.ts'
import { type Listing, printList } from '../output/print.ts'
import { type Call, tell } from '../program/call.ts'
import { readGivenFile } from '../program/given-file.ts'
import type { Declare } from '../program/noun.ts'
import { usualDataDir } from './local-orders.ts'

interface DoctorFlags {
  readonly config?: string
  readonly data?: string
  readonly install?: boolean
}

const configuration = {
  what: 'the configuration',
  bytesMax: 1024 * 1024,
  todo: 'write one with: coppice init',
}

const findingListing: Listing<Finding> = {
  nameOf: ({ subject }) => subject,
  columns: [
    { title: 'verdict', text: ({ verdict }) => verdict },
    { title: 'subject', text: ({ subject }) => subject },
    { title: 'finding', text: ({ finding }) => finding },
    { title: 'remedy', text: ({ remedy }) => remedy ?? '' },
  ],
}

export function declareDoctor(program: Command, declare: Declare): void {
  declare<DoctorFlags>(program, {
    name: 'doctor',
    summary: 'look whether this machine is ready for the appliance',
    help: 'Rights, programs, loaders, interfaces, ports, other DHCP servers on the wire, disk; each finding with its remedy. A warning does not keep "coppice serve" from starting. Exit 1 when something does.\n\n  coppice doctor --config coppice.yaml\n  coppice doctor --install',
    flags: [
      ['--config <file>', 'the configuration to judge by (default: coppice.yaml, if it is there)'],
      ['--data <dir>', `the data directory (default: ${usualDataDir})`],
      ['--install', 'install what is missing from Debian, as root'],
    ],
    run: doctor,
  })
}

async function doctor(call: Call<DoctorFlags>): Promise<void> {
  const { io, flags } = call
  const dataDir = flags.data ?? usualDataDir
  const settings = await settingsFor(call, dataDir)
  const probes = systemProbes(async (dir) => {
    const { connect } = await import('../client/connect.ts')
    return (await connect(`unix:${join(dir, 'api.sock')}`, io)).status()
  })
  if (flags.install === true) {
    const packages = installable(probes)
    if (packages.length > 0) {
      tell(call, `installing ${packages.join(' ')}`)
      await probes.install(packages)
    }
  }
  const findings = await examine(settings, dataDir, probes)
  await printList(io, flags, findings, findingListing)
  const errors = findings.filter(({ verdict }) => verdict === 'error')
  if (errors.length === 0) return
  throw new Fault('CPC-CLI-011', {
    what: 'this machine is not ready for the appliance',
    where: errors.map(({ subject }) => subject).join(', '),
    why: errors.map(({ finding }) => finding).join('; '),
    todo: 'do what the remedies above say',
  })
}

/** Without a configuration the machine is judged by what every appliance needs. */
async function settingsFor(
  { flags, local }: Call<DoctorFlags>,
  dataDir: string,
): Promise<Settings | undefined> {
  const file = flags.config ?? 'coppice.yaml'
  if (flags.config === undefined && !existsSync(file)) return undefined
  const text = readGivenFile(file, configuration)
  const read = await local.readSettings(text, file, dataDir)
  if (read.ok) return read.value
  const [first, ...others] = read.problems
  if (first === undefined) return undefined
  const more = others.map(({ text: { where, why } }) => `\n       ${where}: ${why}`)
  throw new Fault(first.code, { ...first.text, why: first.text.why + more.join('') })
}

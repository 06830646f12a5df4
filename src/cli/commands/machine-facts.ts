// Why this file exists: `machine add` and `machine set` take the same facts, one machine or a thousand at a time.
import type { Command } from 'commander'
import type { MachineChange, MachineRequest } from '#api'
import { oneEach, someEach } from '../names/beside.ts'
import { type Call, namedBy, type Outcome } from '../program/call.ts'
import { readGivenFile } from '../program/given-file.ts'
import { choice, type Declare, type Flag, ldifFlag, repeated } from '../program/noun.ts'
import { orderMany } from '../program/order-many.ts'
import { machineListing } from './machine.ts'

export interface FactFlags {
  readonly ip?: string
  readonly mac?: readonly string[]
  readonly role?: 'host' | 'other'
  readonly uuid?: string
  readonly port?: string
  readonly power?: string
  readonly tag?: readonly string[]
  readonly bootFile?: string
  readonly bootParameter?: readonly string[]
  readonly dryRun?: boolean
}

interface SetFlags extends FactFlags {
  readonly powerSecretFile?: string
  readonly unset?: readonly Unset[]
}

/** What can be taken away, and what it is called in a change. */
const unsettable = {
  ip: 'address',
  mac: 'macs',
  role: 'role',
  uuid: 'uuid',
  port: 'port',
  power: 'power',
  tag: 'tags',
  'boot-file': 'bootFile',
  'boot-parameter': 'bootParameters',
} as const
type Unset = keyof typeof unsettable

type Facts = Omit<MachineRequest, 'name' | 'macs'> & {
  readonly macs?: readonly string[] | undefined
}

export const factFlags: readonly Flag[] = [
  ['--ip <list>', 'address of each, for example "10.1.0.[1-128]"'],
  repeated(
    '--mac <list>',
    'MAC of each, for example "52:54:00:00:01:[01-80/hex]"; again for more cards',
  ),
  choice('--role <role>', 'host: boots as a KVM host; other: address and names only', [
    'host',
    'other',
  ]),
  ['--uuid <list>', 'SMBIOS UUID of each'],
  ['--port <list>', 'circuit id that the relay names for each, for machines without a known MAC'],
  [
    '--power <list>',
    'URL of each BMC: redfish+https://HOST/redfish/v1/Systems/ID, ipmi://HOST, wol://',
  ],
  repeated('--tag <tag>', 'a tag for all of them; may be repeated'),
  ['--boot-file <path>', 'file that the firmware is to load instead of ours'],
  repeated('--boot-parameter <text>', 'further kernel parameter; may be repeated'),
]

export function declareMachineFacts(noun: Command, declare: Declare): void {
  declare<FactFlags>(noun, {
    name: 'add',
    summary: 'describe new machines in the directory',
    help: 'Lists run beside the names. Without --ip the appliance gives each an address once, and keeps it.\n\n  coppice machine add n001 --mac 52:54:00:00:01:01 --role host\n  coppice machine add "n[001-128]" --ip "10.1.0.[1-128]" \\\n      --mac "52:54:00:00:01:[01-80/hex]"',
    words: [['<names...>', 'node set of the new machines']],
    flags: [...factFlags, ldifFlag],
    run: addMachines,
  })
  declare<SetFlags>(noun, {
    name: 'set',
    summary: 'change what is described of machines',
    help: 'What is not named stays as it is. A list (--mac, --tag, --boot-parameter) replaces the whole list.\n\n  coppice machine set @rack3 --role host\n  coppice machine set n001 --power ipmi://10.2.0.1 --power-secret-file bmc.secret\n  coppice machine set n001 --unset port',
    words: [['<names...>', 'node set of machines']],
    flags: [
      ...factFlags,
      [
        '--power-secret-file <file>',
        'file with USER:PASSWORD of the BMC; it goes into the store, not into LDAP',
      ],
      repeated(
        '--unset <fact>',
        `take this away: ${Object.keys(unsettable).join(', ')}; may be repeated`,
        Object.keys(unsettable),
      ),
      ldifFlag,
    ],
    run: setMachines,
  })
}

async function addMachines(call: Call<FactFlags>): Promise<Outcome> {
  const names = await namedBy(call.words, call)
  const facts = factsOf(names, call.flags)
  const { machines } = await call.appliance()
  const add = names.map((name) => {
    const own = facts.get(name)
    return { ...own, macs: own?.macs ?? [], name }
  })
  return orderMany(call, {
    doing: 'adding',
    done: 'added',
    listing: machineListing,
    order: (manner, onProgress) => machines.order({ add, ...manner }, onProgress),
  })
}

async function setMachines(call: Call<SetFlags>): Promise<Outcome> {
  const names = await namedBy(call.words, call)
  const facts = factsOf(names, call.flags)
  const { unset = [], powerSecretFile } = call.flags
  const gone: MachineChange = Object.fromEntries(unset.map((fact) => [unsettable[fact], null]))
  const powerSecret = powerSecretFile === undefined ? undefined : secretFrom(powerSecretFile)
  const change = names.map((name) => ({ ...facts.get(name), ...gone, powerSecret, name }))
  const { machines } = await call.appliance()
  return orderMany(call, {
    doing: 'changing',
    done: 'changed',
    listing: machineListing,
    order: (manner, onProgress) => machines.order({ change, ...manner }, onProgress),
  })
}

export function factsOf(names: readonly string[], flags: FactFlags): ReadonlyMap<string, Facts> {
  const each = (flag: string, text: string | undefined): readonly string[] | undefined =>
    text === undefined ? undefined : oneEach(names, flag, text)
  const addresses = each('--ip', flags.ip)
  const uuids = each('--uuid', flags.uuid)
  const ports = each('--port', flags.port)
  const powers = each('--power', flags.power)
  const macs = flags.mac === undefined ? undefined : someEach(names, '--mac', flags.mac)
  const same = {
    role: flags.role,
    tags: flags.tag,
    bootFile: flags.bootFile,
    bootParameters: flags.bootParameter,
  }
  return new Map(
    names.map((name, at): [string, Facts] => [
      name,
      {
        ...same,
        address: addresses?.[at],
        macs: macs?.[at],
        uuid: uuids?.[at],
        port: ports?.[at],
        power: powers?.[at],
      },
    ]),
  )
}

const secretBytesMax = 4096

/** USER:PASSWORD without the end of the line that editors add. */
function secretFrom(file: string): string {
  const what = 'the secret of the BMC'
  const todo = 'name a file that holds USER:PASSWORD and that you may read'
  return readGivenFile(file, { what, bytesMax: secretBytesMax, todo }).replace(/\r?\n$/, '')
}

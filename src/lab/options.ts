// Why this file exists: what a person types after `coppice lab` becomes a plan's options here, or one explained refusal.
import { Fault } from '#fault'
import { type Network, parseNetwork } from './ip4.ts'

/** As the command line gives them; everything may be left out. */
export interface LabFlags {
  readonly keep?: boolean
  readonly rack?: string
  readonly machines?: string | number
  readonly domain?: string
  readonly network?: string
  readonly macPrefix?: string
  readonly memory?: string | number
  readonly deadline?: string | number
  readonly patience?: string | number
  readonly cache?: string
  readonly state?: string
  readonly fault?: string
  readonly until?: string
  readonly vcnMemory?: string | number
  readonly hplN?: string | number
}

/** How far a run goes. */
export const extents = ['ready', 'cluster', 'all'] as const
export type Extent = (typeof extents)[number]

export interface LabOptions {
  readonly keep: boolean
  readonly rack: string
  readonly machines: number
  readonly domain: string
  readonly network: Network
  /** Five octets; the machine's number is the sixth. */
  readonly macPrefix: string
  readonly memoryMiB: number
  /** From the first power-on until every machine is ready. */
  readonly deadlineSeconds: number
  /** How much of its usual time each phase of a boot has, in the appliance's own judgement. */
  readonly patiencePercent: number
  /** Where built host images lie; they are kept between runs. */
  readonly cacheDir: string
  readonly stateDir: string
  readonly until: Extent
  readonly vcnMemoryMiB: number
  /** The order of the matrix that the benchmark solves. */
  readonly hplN: number
}

const machinesMax = 16
const memoryMiBMin = 64
const memoryMiBMax = 16_384
const deadlineSecondsMax = 7200
/** A host alone; a host with two or three nodes on it. */
const usualMemoryMiB = { ready: 1152, cluster: 1536, all: 1536 } as const
const hplNMax = 20_000

export function readOptions(flags: LabFlags): LabOptions {
  const rack = matching(flags.rack ?? 'coppice-lab', 'rack', /^[a-z][a-z0-9-]{0,30}$/)
  const until = extentOf(flags.until ?? 'all')
  return {
    keep: flags.keep ?? false,
    rack,
    machines: whole(flags.machines ?? 2, 'machines', [1, machinesMax]),
    domain: matching(
      flags.domain ?? 'cluster.test',
      'domain',
      /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/,
    ),
    network: networkOf(flags.network ?? '10.77.0.0/24'),
    macPrefix: fiveOctets(flags.macPrefix ?? '52:54:00:4c:62'),
    memoryMiB: whole(flags.memory ?? usualMemoryMiB[until], 'memory', [memoryMiBMin, memoryMiBMax]),
    deadlineSeconds: whole(flags.deadline ?? 600, 'deadline', [1, deadlineSecondsMax]),
    patiencePercent: whole(flags.patience ?? 100, 'patience', [10, 1000]),
    cacheDir: folder(flags.cache ?? '/var/cache/coppice', 'cache'),
    stateDir: folder(flags.state ?? `/var/lib/coppice-lab/${rack}`, 'state'),
    until,
    vcnMemoryMiB: whole(flags.vcnMemory ?? 256, 'vcn-memory', [memoryMiBMin, memoryMiBMax]),
    hplN: whole(flags.hplN ?? 200, 'hpl-n', [1, hplNMax]),
  }
}

function whole(
  value: string | number,
  flag: string,
  [min, max]: readonly [number, number],
): number {
  const number = typeof value === 'number' ? value : /^\d{1,6}$/.test(value) ? Number(value) : -1
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw refused(flag, String(value), `a whole number from ${min} to ${max}`)
}

function matching(value: string, flag: string, shape: RegExp): string {
  if (shape.test(value)) return value
  throw refused(flag, value, 'small letters, digits and hyphens (a domain: with dots between)')
}

function extentOf(text: string): Extent {
  const extent = extents.find((one) => one === text)
  if (extent !== undefined) return extent
  throw refused('until', text, `one of ${extents.join(', ')}`)
}

/** A path goes into the files of other programs, so it has no blank or quote to be misread there. */
function folder(value: string, flag: string): string {
  if (/^\/[A-Za-z0-9._/-]{1,60}$/.test(value)) return value
  throw refused(flag, value, 'an absolute path of at most 60 plain characters')
}

function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (network !== undefined) return network
  throw refused('network', text, 'an IPv4 network between /8 and /26, such as 10.77.0.0/24')
}

function fiveOctets(text: string): string {
  const octets = text.toLowerCase().split(':')
  const valid = octets.length >= 1 && octets.every((part) => /^[0-9a-f]{2}$/.test(part))
  const multicast = Number.parseInt(octets[0] ?? '1', 16) % 2 === 1
  if (!valid || multicast || octets.length > 5)
    throw refused('mac-prefix', text, 'one to five octets such as 52:54:00, the first one even')
  return [...octets, '00', '00', '00', '00'].slice(0, 5).join(':')
}

function refused(flag: string, value: string, wanted: string): Fault {
  return new Fault('CPC-LAB-001', {
    what: `--${flag} cannot be used for a rack`,
    where: `--${flag} ${value}`,
    why: `it must be ${wanted}`,
    todo: 'change the flag or leave it out',
  })
}

// Why this file exists: every name, address and path of a rack follows from its options alone, so that `up`, `down` and
// a test agree about them without asking each other.
import { createHash } from 'node:crypto'
import { addressAt, netmaskOf, networkSize } from './ip4.ts'
import type { LabOptions } from './options.ts'

export type Firmware = 'bios' | 'uefi'

export interface MachinePlan {
  readonly name: string
  readonly mac: string
  readonly uuid: string
  readonly serial: string
  readonly firmware: Firmware
  readonly tap: string
  readonly memoryMiB: number
  /** Console, monitor socket, firmware variables. */
  readonly directory: string
  readonly bmc: {
    readonly protocol: 'ipmi' | 'redfish'
    readonly address: string
    readonly port: number
  }
}

export interface RackPlan {
  readonly rack: string
  readonly stateDir: string
  readonly logsDir: string
  /** The appliance's own --data. */
  readonly dataDir: string
  readonly domain: string
  readonly base: string
  readonly applianceNamespace: string
  readonly rackNamespace: string
  readonly network: {
    readonly cidr: string
    readonly prefixBits: number
    readonly netmask: string
    readonly appliance: string
    readonly poolFirst: string
    readonly poolLast: string
    /** The peer's fixed answer, and later the spare entry that is changed while machines boot. */
    readonly spare: string
    readonly changed: string
  }
  readonly spareMac: string
  readonly patiencePercent: number
  readonly machines: readonly MachinePlan[]
}

/** BMCs have a wire of their own, as in a real rack. TEST-NET-1: nobody's --network is it. */
export const managementNetwork = {
  appliance: '192.0.2.1',
  rack: '192.0.2.2',
  prefixBits: 24,
} as const
const bmcFirstHost = 100

export function planRack(options: LabOptions): RackPlan {
  const { network, rack, stateDir } = options
  const size = networkSize(network.prefixBits)
  return {
    rack,
    stateDir,
    logsDir: `${stateDir}/logs`,
    dataDir: `${stateDir}/data`,
    domain: options.domain,
    base: options.domain
      .split('.')
      .map((label) => `dc=${label}`)
      .join(','),
    applianceNamespace: `${rack}-app`,
    rackNamespace: `${rack}-rack`,
    network: {
      cidr: `${addressAt(network, 0)}/${network.prefixBits}`,
      prefixBits: network.prefixBits,
      netmask: netmaskOf(network),
      appliance: addressAt(network, 1),
      poolFirst: addressAt(network, size / 2),
      poolLast: addressAt(network, size - 8),
      spare: addressAt(network, size - 4),
      changed: addressAt(network, size - 3),
    },
    spareMac: `${options.macPrefix}:fe`,
    patiencePercent: options.patiencePercent,
    machines: Array.from({ length: options.machines }, (_, index) =>
      planMachine(options, index + 1),
    ),
  }
}

/** Odd machines boot by BIOS and obey IPMI, even ones boot by UEFI and obey Redfish. */
function planMachine(options: LabOptions, number: number): MachinePlan {
  const odd = number % 2 === 1
  const name = `n${String(number).padStart(3, '0')}`
  return {
    name,
    mac: `${options.macPrefix}:${number.toString(16).padStart(2, '0')}`,
    uuid: uuidFrom(`${options.rack}/${name}`),
    serial: `${options.rack}-${name}`,
    firmware: odd ? 'bios' : 'uefi',
    tap: `tap${number}`,
    memoryMiB: options.memoryMiB,
    directory: `${options.stateDir}/machines/${name}`,
    bmc: {
      protocol: odd ? 'ipmi' : 'redfish',
      address: `192.0.2.${bmcFirstHost + number}`,
      port: odd ? 623 : 8000,
    },
  }
}

/** RFC 9562, version 8: the same rack has the same machines each time, and no two share one. */
function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ]
  return [...groups, hex.slice(20, 32)].join('-')
}

/** What a person writes into the directory: where the BMC of a machine answers. Its account is no business of LDAP. */
export function powerUrl({ name, bmc }: MachinePlan): string {
  return bmc.protocol === 'ipmi'
    ? `ipmi://${bmc.address}:${bmc.port}`
    : `redfish+http://${bmc.address}:${bmc.port}/redfish/v1/Systems/${name}`
}

export const bmcUser = 'admin'

// Why this file exists: a machine or a network as the attributes and classes that LDAP wants, said once for adding
// and for changing.
import {
  formatIp4,
  formatRoute,
  type Ip4,
  type Label,
  type Mac,
  netmask,
  type Role,
  type Route,
  type Subnet,
  type Uuid,
  type DnsName,
} from '#directory'

/** A field left out stays as it is; `null` or an empty list takes its value away. */
export interface MachineFields {
  readonly aliases?: readonly DnsName[]
  readonly macs?: readonly Mac[]
  readonly address?: Ip4 | null
  readonly role?: Role | null
  readonly uuid?: Uuid | null
  readonly port?: string | null
  readonly power?: string | null
  readonly tags?: readonly string[]
  readonly bootFile?: string | null
  readonly bootParameters?: readonly string[]
}

export interface NicFields {
  readonly macs?: readonly Mac[]
  readonly address?: Ip4 | null
  readonly network?: Label | null
}

export interface NetworkFields {
  readonly subnet?: Subnet
  readonly gateway?: Ip4 | null
  readonly routes?: readonly Route[]
  readonly pool?: { readonly first: Ip4; readonly last: Ip4 } | null
  readonly leaseSeconds?: number | null
  readonly vni?: number | null
}

export interface VoFields {
  /** Each as `vcpus=64`. */
  readonly quota?: readonly string[]
  /** DNs of people. */
  readonly members?: readonly string[]
}

/** By attribute name; an empty list takes the attribute away. */
export type Values = ReadonlyMap<string, readonly string[]>

export function machineValues(fields: MachineFields): Values {
  return given([
    ['macAddress', fields.macs],
    ['ipHostNumber', formatted(fields.address, formatIp4)],
    ['coppiceRole', formatted(fields.role, String)],
    ['coppiceUuid', formatted(fields.uuid, String)],
    ['coppicePort', formatted(fields.port, String)],
    ['coppicePower', formatted(fields.power, String)],
    ['coppiceTag', fields.tags],
    ['bootFile', formatted(fields.bootFile, String)],
    ['bootParameter', fields.bootParameters],
  ])
}

export function nicValues(fields: NicFields): Values {
  return given([
    ['macAddress', fields.macs],
    ['ipHostNumber', formatted(fields.address, formatIp4)],
    ['coppiceOnNetwork', formatted(fields.network, String)],
  ])
}

export function networkValues(fields: NetworkFields): Values {
  const { subnet, pool } = fields
  const range = pool && `${formatIp4(pool.first)}-${formatIp4(pool.last)}`
  return given([
    ['ipNetworkNumber', formatted(subnet?.number, formatIp4)],
    ['ipNetmaskNumber', formatted(subnet && netmask(subnet.prefix), formatIp4)],
    ['coppiceGateway', formatted(fields.gateway, formatIp4)],
    ['coppiceRoute', fields.routes?.map(formatRoute)],
    ['coppicePool', formatted(range, String)],
    ['coppiceLeaseSeconds', formatted(fields.leaseSeconds, String)],
    ['coppiceVni', formatted(fields.vni, String)],
  ])
}

export function voValues({ quota, members }: VoFields): Values {
  return given([
    ['coppiceQuota', quota],
    ['member', members],
  ])
}

function formatted<T>(
  value: T | null | undefined,
  format: (value: T) => string,
): readonly string[] | undefined {
  if (value === undefined) return undefined
  return value === null ? [] : [format(value)]
}

function given(pairs: readonly (readonly [string, readonly string[] | undefined])[]): Values {
  return new Map(
    pairs.flatMap(([name, values]) => (values === undefined ? [] : [[name, values] as const])),
  )
}

/** The auxiliary class that allows an attribute, by what kind of entry it is on. */
export function classFor(name: string, own: string): string | undefined {
  if (name === 'ipHostNumber') return 'ipHost'
  if (name === 'bootFile' || name === 'bootParameter') return 'bootableDevice'
  return name.startsWith('coppice') ? own : undefined
}

// Why this file exists: what is to be written is a value first, so that what `--dry-run` shows, what one call writes
// and what a batch of thousands writes are the same thing.
import { type DnsName, formatIp4, type Ip4, type Label, type Subnet } from '#directory'
import { childDn, parseDn } from '../dn.ts'
import {
  classFor,
  type MachineFields,
  machineValues,
  type NetworkFields,
  networkValues,
  type NicFields,
  nicValues,
  type Values,
  type VoFields,
  voValues,
} from './attributes.ts'

/** One write, as LDAP knows it. */
export type DirectoryOrder =
  | {
      readonly kind: 'add'
      readonly dn: string
      readonly attributes: readonly OrderAttribute[]
    }
  | { readonly kind: 'modify'; readonly dn: string; readonly changes: readonly OrderChange[] }
  | { readonly kind: 'delete'; readonly dn: string }

export interface OrderAttribute {
  readonly name: string
  readonly values: readonly string[]
}

export interface OrderChange extends OrderAttribute {
  readonly kind: 'add' | 'delete' | 'replace'
}

/** Below ou=machines. */
export function machineOrder(base: string, name: DnsName, fields: MachineFields): DirectoryOrder {
  const names = ['cn', [name, ...(fields.aliases ?? [])]] as const
  const values = new Map([names, ...machineValues(fields)])
  const dn = childDn('cn', name, `ou=machines,${base}`)
  return entryOrder(dn, ['device', 'ieee802Device', 'coppiceMachine'], values)
}

/** A card without a label is that of the machine's own entry. */
export function nicDn(machineDn: string, label: Label | undefined): string {
  return label === undefined ? machineDn : childDn('cn', label, machineDn)
}

/** A further card, below its machine. */
export function nicOrder(machineDn: string, label: Label, fields: NicFields): DirectoryOrder {
  const values = new Map([['cn', [label]] as const, ...nicValues(fields)])
  return entryOrder(nicDn(machineDn, label), ['device', 'ieee802Device', 'coppiceNic'], values)
}

export function networkOrder(
  base: string,
  name: Label,
  subnet: Subnet,
  fields: NetworkFields = {},
): DirectoryOrder {
  const values = new Map([['cn', [name]] as const, ...networkValues({ ...fields, subnet })])
  const dn = childDn('cn', name, `ou=networks,${base}`)
  return entryOrder(dn, ['ipNetwork', 'coppiceNetwork'], values)
}

/** Below ou=vos. */
export function voOrder(base: string, name: Label, fields: VoFields): DirectoryOrder {
  const values = new Map([['cn', [name]] as const, ...voValues(fields)])
  return entryOrder(childDn('cn', name, `ou=vos,${base}`), ['coppiceVo'], values)
}

/** Any new entry. Classes that the attributes need are added. */
export function entryOrder(dn: string, classes: readonly string[], values: Values): DirectoryOrder {
  const own = classes.find((name) => name.startsWith('coppice')) ?? ''
  const filled = [...values].filter(([, list]) => list.length > 0)
  const needed = filled.flatMap(([name]) => classFor(name, own) ?? [])
  const objectClass = [...new Set(['top', ...classes, ...needed])]
  const attributes = filled.map(([name, list]) => ({ name, values: list }))
  return {
    kind: 'add',
    dn,
    attributes: [{ name: 'objectClass', values: objectClass }, ...attributes],
  }
}

/** What an entry is to be changed into; the classes that it has decide what the order says. */
export interface Alteration {
  readonly dn: string
  /** The class that its attributes of ours need. */
  readonly own: string
  readonly values: Values
}

export function machineAlteration(dn: string, fields: MachineFields): Alteration {
  const { aliases } = fields
  const canonical = parseDn(dn)?.[0]?.pairs.find(({ type }) => type === 'cn')?.value
  const names =
    aliases === undefined || canonical === undefined
      ? []
      : [['cn', [canonical, ...aliases]] as const]
  return { dn, own: 'coppiceMachine', values: new Map([...names, ...machineValues(fields)]) }
}

export function networkAlteration(dn: string, fields: NetworkFields): Alteration {
  return { dn, own: 'coppiceNetwork', values: networkValues(fields) }
}

export function voAlteration(dn: string, fields: VoFields): Alteration {
  return { dn, own: 'coppiceVo', values: voValues(fields) }
}

export function alterationOrder(
  { dn, own, values }: Alteration,
  classes: readonly string[],
): DirectoryOrder {
  const has = new Set(classes.map((name) => name.toLowerCase()))
  const filled = [...values].filter(([, list]) => list.length > 0)
  const needed = new Set(filled.flatMap(([name]) => classFor(name, own) ?? []))
  const missing = [...needed].filter((name) => !has.has(name.toLowerCase()))
  const loses = values.get('ipHostNumber')?.length === 0 && has.has('iphost')
  return {
    kind: 'modify',
    dn,
    changes: [
      ...(missing.length > 0 ? [classChange('add', missing)] : []),
      ...(loses ? [classChange('delete', ['ipHost'])] : []),
      ...[...values].map(([name, list]) => ({ kind: 'replace', name, values: list }) as const),
    ],
  }
}

/**
 * An address for an entry that has none. Of two who give one at once only one succeeds: the class that allows an
 * address can be added only once, and it demands the address.
 */
export function addressOrder(dn: string, address: Ip4): DirectoryOrder {
  const given = { kind: 'add', name: 'ipHostNumber', values: [formatIp4(address)] } as const
  return { kind: 'modify', dn, changes: [classChange('add', ['ipHost']), given] }
}

function classChange(kind: 'add' | 'delete', values: readonly string[]): OrderChange {
  return { kind, name: 'objectClass', values }
}

// Why this file exists: tests of the directory need small true entries, and may then change one thing in them.
import assert from 'node:assert/strict'
import {
  type DnsName,
  type EntryId,
  type Ip4,
  type Label,
  type Mac,
  type Machine,
  type Network,
  type Nic,
  parseDnsName,
  parseIp4,
  parseLabel,
  parseMac,
  parseRoute,
  parseSubnet,
  parseUuid,
  type Route,
  type Vcn,
} from '#directory'

function sure<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

export const mac = (text: string): Mac => sure(parseMac(text))
export const ip = (text: string): Ip4 => sure(parseIp4(text))
export const name = (text: string): DnsName => sure(parseDnsName(text))
export const label = (text: string): Label => sure(parseLabel(text))
/** `id(7)`: an entryUUID that can be told apart at a glance. */
export const id = (number: number): EntryId =>
  sure(parseUuid(number.toString(16).padStart(32, '0')))

export const route = (text: string): Route => sure(parseRoute(text))

export const domain = name('cluster.test')

export interface MachineSample extends Partial<Omit<Machine, 'kind' | 'nics'>> {
  readonly macs?: readonly string[]
  readonly address?: string
  readonly children?: readonly Nic[]
}

/** Machine `n7` of the number 7, with what the sample says instead. */
export function machine(number: number, sample: MachineSample = {}): Machine {
  const { macs = [], address, children = [], ...rest } = sample
  const own = { id: id(number), macs: macs.map(mac) }
  return {
    kind: 'machine',
    id: id(number),
    dn: `cn=n${number},ou=machines,dc=cluster,dc=test`,
    name: name(`n${number}`),
    aliases: [],
    nics: [address === undefined ? own : { ...own, address: ip(address) }, ...children],
    tags: [],
    role: 'other',
    bootParameters: [],
    ...rest,
  }
}

export function vcn(number: number, sample: Partial<Vcn> = {}): Vcn {
  return {
    kind: 'vcn',
    id: id(number),
    dn: `cn=c${number},cn=hpl,cn=physics,ou=vos,dc=cluster,dc=test`,
    name: name(`c${number}.hpl.physics`),
    aliases: [],
    nics: [{ id: id(number), macs: [] }],
    tags: [],
    vo: label('physics'),
    cluster: label('hpl'),
    ...sample,
  }
}

export function network(number: number, subnet: string, sample: Partial<Network> = {}): Network {
  return {
    kind: 'network',
    id: id(number),
    dn: `cn=net${number},ou=networks,dc=cluster,dc=test`,
    name: label(`net${number}`),
    ...sure(parseSubnet(subnet)),
    leaseSeconds: 3600,
    ...sample,
  }
}

// Why this file exists: the tests of all importers look at the same few things, as short text.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DnsName,
  formatIp4,
  formatRoute,
  formatSubnet,
  parseDnsName,
  parseSubnet,
  type Subnet,
} from '#directory'
import {
  type FormatName,
  type ImportedMachine,
  type ImportedNetwork,
  type ImportOutcome,
  importFiles,
  type ImportResult,
} from '#exchange'

export function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

export const domain: DnsName = known(parseDnsName('cluster.test'))

export function vector(name: string): string {
  return readFileSync(join(import.meta.dirname, '../vectors/configs', name), 'utf8')
}

export interface Asked {
  readonly format?: FormatName
  readonly domains?: readonly string[]
  readonly known?: readonly string[]
}

/** One text, or several files by name. */
export function ask(
  files: string | Readonly<Record<string, string>>,
  asked: Asked = {},
): ImportResult {
  const { format, domains = [], known: subnets = [] } = asked
  const named = typeof files === 'string' ? { file: files } : files
  return importFiles(
    Object.entries(named).map(([name, text]) => ({ name, text })),
    {
      ...(format !== undefined && { format }),
      domains: [domain, ...domains.map((text) => known(parseDnsName(text)))],
      known: subnets.map((text): Subnet => known(parseSubnet(text))),
    },
  )
}

export function taken(
  files: string | Readonly<Record<string, string>>,
  asked: Asked = {},
): ImportOutcome {
  const result = ask(files, asked)
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.refusal))
  return result.value
}

/** `where: why` of all that makes the files unusable. */
export function refused(
  files: string | Readonly<Record<string, string>>,
  asked: Asked = {},
): readonly string[] {
  const result = ask(files, asked)
  assert.ok(!result.ok)
  return result.refusal.map(({ where, why }) => `${where}: ${why}`)
}

/** `n001=alias: 52:… 10.0.0.1 + eth1 52:… 10.1.0.1` */
export function machineText({ name, aliases, nics }: ImportedMachine): string {
  const cards = nics.map(({ label, macs, addresses }) =>
    [...(label === undefined ? [] : [label]), ...macs, ...addresses.map(formatIp4)].join(' '),
  )
  return `${[name, ...aliases].join('=')}: ${cards.join(' + ')}`
}

/** `prov 10.0.0.0/24 via 10.0.0.1 (10.9.0.0/16 10.0.0.2) pool 10.0.0.5-10.0.0.9 for 600` */
export function networkText(network: ImportedNetwork): string {
  const { name, gateway, routes = [], pool, leaseSeconds } = network
  return [
    `${name} ${formatSubnet(network)}`,
    ...(gateway === undefined ? [] : [`via ${formatIp4(gateway)}`]),
    ...(routes.length === 0 ? [] : [`(${routes.map(formatRoute).join(', ')})`]),
    ...(pool === undefined ? [] : [`pool ${formatIp4(pool.first)}-${formatIp4(pool.last)}`]),
    ...(leaseSeconds === undefined ? [] : [`for ${leaseSeconds}`]),
  ].join(' ')
}

export function machines(outcome: ImportOutcome): readonly string[] {
  return outcome.machines.map(machineText)
}

export function networks(outcome: ImportOutcome): readonly string[] {
  return outcome.networks.map(networkText)
}

/** `file:3:5 what: why` */
export function leftOut(outcome: ImportOutcome): readonly string[] {
  return outcome.leftOut.map(({ where, what, why }) => `${where} ${what}: ${why}`)
}

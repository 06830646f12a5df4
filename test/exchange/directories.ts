// Why this file exists: exports are tried on directories of every shape: made by hand where the shape matters, by chance
// where all of them do.
import fc from 'fast-check'
import {
  applyDeltas,
  type Delta,
  emptySnapshot,
  type EntryId,
  type Ip4,
  type Label,
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
  type Snapshot,
} from '#directory'
import { domain, known } from './told.ts'

export function idOf(number: number): EntryId {
  return known(parseUuid(number.toString(16).padStart(32, '0')))
}

export const address = (text: string): Ip4 => known(parseIp4(text))
export const route = (text: string): Route => known(parseRoute(text))
export const label = (text: string): Label => known(parseLabel(text))

export function snapshotOf(entries: readonly (Machine | Network)[]): Snapshot {
  const deltas = entries.map((entry): Delta => ({ kind: 'put', entry }))
  return applyDeltas(emptySnapshot(domain), deltas)
}

export function network(
  id: number,
  name: string,
  subnet: string,
  more: Partial<Network> = {},
): Network {
  const dn = `cn=${name},ou=networks,dc=cluster,dc=test`
  return {
    kind: 'network',
    id: idOf(id),
    dn,
    name: label(name),
    ...known(parseSubnet(subnet)),
    leaseSeconds: 3600,
    ...more,
  }
}

export interface Card {
  readonly label?: string
  readonly macs: readonly string[]
  readonly address?: string
}

export function machine(
  id: number,
  name: string,
  cards: readonly Card[],
  more: Partial<Machine> = {},
): Machine {
  const own = idOf(id)
  const nics = cards.map((card, index): Nic => ({
    id: card.label === undefined ? own : idOf(id * 1000 + index),
    ...(card.label !== undefined && { label: label(card.label) }),
    macs: card.macs.map((text) => known(parseMac(text))),
    ...(card.address !== undefined && { address: address(card.address) }),
  }))
  const dn = `cn=${name},ou=machines,dc=cluster,dc=test`
  return {
    kind: 'machine',
    id: own,
    dn,
    name: known(parseDnsName(name)),
    aliases: [],
    nics,
    tags: [],
    role: 'other',
    bootParameters: [],
    ...more,
  }
}

/** Two networks, machines with everything that can be described, and one of each rare kind. */
export function smallSite(): Snapshot {
  return snapshotOf([
    network(1, 'prov', '10.1.0.0/16', {
      gateway: address('10.1.255.254'),
      pool: { first: address('10.1.200.1'), last: address('10.1.200.99') },
    }),
    network(2, 'ib', '10.2.0.0/20'),
    network(3, 'vo-physics', '10.128.0.0/20', { vni: 1 }),
    machine(
      10,
      'n10',
      [
        { macs: ['52:54:00:00:00:10', '52:54:00:00:00:20'], address: '10.1.0.10' },
        { label: 'eth1', macs: ['52:54:00:00:01:10'], address: '10.2.0.10' },
      ],
      {
        aliases: [known(parseDnsName('login'))],
        tags: ['gpu', 'rack 7'],
        role: 'host',
        bootFile: 'a"b\\c',
      },
    ),
    machine(11, 'n2', [
      { macs: ['52:54:00:00:00:02'], address: '10.1.0.2' },
      { macs: ['52:54:00:00:00:02'], address: '10.2.0.2' },
    ]),
    machine(12, 'p7', [{ macs: [], address: '10.1.0.7' }], { port: 'eth 0/"7"' }),
    machine(13, 'u8', [{ macs: [], address: '10.1.0.8' }], {
      uuid: known(parseUuid('11111111-2222-4333-8444-555555550001')),
    }),
    machine(14, 'bare', [{ macs: ['52:54:00:00:00:99'] }]),
  ])
}

const hex = (number: number): string => number.toString(16).padStart(2, '0')

/** Machines that are known by cards, on two networks, with what hosts, csv, dhcpd and dnsmasq can all say. */
export const anySite: fc.Arbitrary<Snapshot> = fc
  .uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 200 }),
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,6}[a-z]$/),
      macs: fc.integer({ min: 1, max: 3 }),
      hasAddress: fc.boolean(),
      hasSecond: fc.boolean(),
      hasAlias: fc.boolean(),
      cards: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 12, selector: ({ number }) => number },
  )
  .map((plans) => {
    const machines = plans.map(({ number, name, macs, hasAddress, hasSecond, hasAlias, cards }) => {
      const mac = (card: number, at: number): string =>
        `52:54:0${card}:${hex(at)}:00:${hex(number)}`
      const own = Array.from({ length: macs }, (_, at) => mac(0, at))
      const first = hasAddress ? { macs: own, address: `10.1.0.${number}` } : { macs: own }
      const second = hasAddress && hasSecond ? [{ macs: own, address: `10.2.0.${number}` }] : []
      const others = Array.from({ length: cards }, (_, at) => ({
        label: `eth${at + 1}`,
        macs: [mac(at + 1, 0)],
        address: `10.3.${at}.${number}`,
      }))
      const aliases = hasAlias && hasAddress ? [known(parseDnsName(`alias-${number}`))] : []
      return machine(number + 100, `${name}${number}`, [first, ...second, ...others], { aliases })
    })
    const networks = [
      network(1, 'prov', '10.1.0.0/16', {
        gateway: address('10.1.255.254'),
        pool: { first: address('10.1.9.1'), last: address('10.1.9.99') },
      }),
      network(2, 'second', '10.2.0.0/16', {
        leaseSeconds: 600,
        gateway: address('10.2.255.254'),
        routes: [route('198.51.100.128/25 10.2.255.1'), route('203.0.113.0/24 0.0.0.0')],
      }),
      network(3, 'third', '10.3.0.0/16', { routes: [route('0.0.0.0/0 10.3.255.254')] }),
    ]
    return snapshotOf([...networks, ...machines])
  })

// Why this file exists: properties of the directory hold for any entries, so tests draw them from here.
import {
  type Entry,
  formatIp4,
  ip4,
  type Machine,
  macFromBytes,
  netmask,
  parseLabel,
  parseUuid,
} from '#directory'
import fc from 'fast-check'
import { id, ip, label, machine, mac, name, network, vcn } from './samples.ts'

const labels = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/).map(label)
const names = fc.array(labels, { minLength: 1, maxLength: 3 }).map((parts) => name(parts.join('.')))
const addresses = fc.integer({ min: 0, max: 0xffff_ffff }).map(ip4)
const macs = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => macFromBytes(bytes, 0))
const ids = fc.uuid().map((text) => parseUuid(text) ?? id(0))
const texts = fc.array(fc.string(), { maxLength: 3 })
const base = { id: ids, dn: fc.string() }

const routes = fc
  .record({ number: addresses, prefix: fc.integer({ min: 0, max: 32 }), by: addresses })
  .map(({ number, prefix, by }) => ({
    to: { number: ip4((number & netmask(prefix)) >>> 0), prefix },
    by,
  }))

const nics = fc.record(
  {
    id: ids,
    macs: fc.array(macs, { maxLength: 2 }),
    label: labels,
    address: addresses,
    network: labels,
  },
  { requiredKeys: ['id', 'macs'] },
)

const device = {
  ...base,
  name: names,
  aliases: fc.array(names, { maxLength: 2 }),
  nics: fc.array(nics, { maxLength: 3 }),
  tags: texts,
}

/** Any entry of any kind, with and without what is optional. */
export const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('machine' as const),
      ...device,
      role: fc.constantFrom('host' as const, 'other' as const),
      bootParameters: texts,
      uuid: ids,
      serial: fc.string(),
      port: fc.string(),
      power: fc.string(),
      bootFile: fc.string(),
    },
    {
      requiredKeys: [
        'kind',
        'id',
        'dn',
        'name',
        'aliases',
        'nics',
        'tags',
        'role',
        'bootParameters',
      ],
    },
  ),
  fc.record(
    {
      kind: fc.constant('vcn' as const),
      ...device,
      vo: labels,
      cluster: labels,
      host: names,
      image: fc.string(),
    },
    { requiredKeys: ['kind', 'id', 'dn', 'name', 'aliases', 'nics', 'tags', 'vo', 'cluster'] },
  ),
  fc
    .record(
      {
        number: addresses,
        prefix: fc.integer({ min: 0, max: 32 }),
        vni: fc.nat(),
        leaseSeconds: fc.nat(),
        ends: fc.tuple(addresses, addresses),
        gateway: addresses,
        routes: fc.array(routes, { maxLength: 3 }),
      },
      { requiredKeys: ['number', 'prefix', 'leaseSeconds'] },
    )
    .map(({ number, prefix, ends, ...rest }) => ({
      ...network(
        1,
        `${formatIp4(ip4(prefix === 0 ? 0 : number - (number % 2 ** (32 - prefix))))}/${prefix}`,
      ),
      ...rest,
      ...(ends ? { pool: { first: ip4(Math.min(...ends)), last: ip4(Math.max(...ends)) } } : {}),
    })),
  fc.record({ kind: fc.constant('cluster' as const), ...base, vo: labels, name: labels }),
  fc.record({
    kind: fc.constant('vo' as const),
    ...base,
    name: labels,
    quota: fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), fc.string()),
    members: texts,
  }),
  fc.record(
    {
      kind: fc.constant('person' as const),
      ...base,
      uid: fc.string(),
      uidNumber: fc.nat(),
      gidNumber: fc.nat(),
      loginShell: fc.string(),
      fullName: fc.string(),
      sshKeys: texts,
      tags: texts,
      sudo: fc.boolean(),
    },
    { requiredKeys: ['kind', 'id', 'dn', 'uid', 'sshKeys', 'tags', 'sudo'] },
  ),
)

/** Entries of a small world, so that they collide often: eight machines, few MACs, addresses and names. */
export const crowdedEntry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        number: fc.integer({ min: 1, max: 8 }),
        called: fc.constantFrom('a', 'b', 'c', 'eth1.a'),
        macs: fc.subarray(['02:00:00:00:00:01', '02:00:00:00:00:02', '00:00:00:00:00:00']),
        last: fc.integer({ min: 0, max: 3 }),
        tags: fc.subarray(['red', 'blue']),
        port: fc.constantFrom(undefined, 'sw1/1', 'sw1/2'),
        uuid: fc.constantFrom(undefined, id(91), id(92)),
        child: fc.boolean(),
      })
      .map(crowdedMachine),
  },
  fc.constantFrom(
    network(20, '10.0.0.0/24'),
    network(21, '10.0.0.0/24', { name: label('net20') }),
    vcn(22),
    vcn(23, { name: name('c22.hpl.physics'), aliases: [name('a')] }),
  ),
)

interface Crowded {
  readonly number: number
  readonly called: string
  readonly macs: readonly string[]
  readonly last: number
  readonly tags: readonly string[]
  readonly port: string | undefined
  readonly uuid: Machine['uuid'] | undefined
  readonly child: boolean
}

function crowdedMachine(crowded: Crowded): Machine {
  const { number, called, last, port, uuid, child } = crowded
  const eth1 = parseLabel('eth1') ?? label('eth1')
  return machine(number, {
    name: name(called),
    macs: crowded.macs,
    tags: crowded.tags,
    ...(last === 0 ? {} : { address: `10.0.0.${last}` }),
    ...(port === undefined ? {} : { port }),
    ...(uuid === undefined ? {} : { uuid }),
    children: child
      ? [
          {
            id: id(100 + number),
            label: eth1,
            macs: [mac('02:00:00:00:00:03')],
            address: ip('10.0.0.9'),
          },
        ]
      : [],
  })
}

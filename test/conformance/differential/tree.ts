// Why this file exists: one directory that three servers read: our entries (RFC 2307), dhcpd's and PowerDNS's, side by side
// and saying the same.
import {
  base,
  domain,
  hosts,
  leaseSeconds,
  type Net,
  nets,
  server,
  witness,
} from '../harness/world.ts'

export const admin = `cn=admin,${base}`
export const secret = 'secret'
export const movedTo = '10.91.0.71'
const dhcp = `cn=dhcp,${base}`
const dns = `ou=dns,${base}`

interface Described {
  readonly name: string
  readonly mac: string
  readonly address: string
  readonly bootFile?: string
}

const { n001, n002, desk, far1 } = hosts
const described: readonly Described[] = [n001, n002, desk, far1, witness]
const served: readonly Net[] = [nets.near, nets.far]

type Entry = readonly string[]
const classes = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `objectClass: ${name}`)

const containers: readonly Entry[] = [
  [`dn: ${base}`, ...classes('domain'), 'dc: cluster'],
  ...['networks', 'machines', 'people', 'vos', 'dns'].map((name) => [
    `dn: ou=${name},${base}`,
    ...classes('organizationalUnit'),
    `ou: ${name}`,
  ]),
]

const ours: readonly Entry[] = [
  ...served.map(({ name, number, mask, router: gateway }) => [
    `dn: cn=${name},ou=networks,${base}`,
    ...classes('ipNetwork', 'coppiceNetwork'),
    `cn: ${name}`,
    `ipNetworkNumber: ${number}`,
    `ipNetmaskNumber: ${mask}`,
    `coppiceGateway: ${gateway}`,
    `coppiceLeaseSeconds: ${leaseSeconds}`,
  ]),
  ...described.map(({ name, mac, address, bootFile }) => [
    `dn: cn=${name},ou=machines,${base}`,
    ...classes('device', 'ipHost', 'ieee802Device', 'bootableDevice'),
    `cn: ${name}`,
    `ipHostNumber: ${address}`,
    `macAddress: ${mac}`,
    ...(bootFile === undefined ? [] : [`bootFile: ${bootFile}`]),
  ]),
]

function statements({ address, bootFile }: Described): readonly string[] {
  const file = bootFile === undefined ? [] : [`filename "${bootFile}"`, `next-server ${server}`]
  return [`fixed-address ${address}`, ...file].map((one) => `dhcpStatements: ${one}`)
}

const dhcpd: readonly Entry[] = [
  [`dn: cn=server1,${base}`, ...classes('dhcpServer'), 'cn: server1', `dhcpServiceDN: ${dhcp}`],
  [
    `dn: ${dhcp}`,
    ...classes('dhcpService', 'dhcpOptions'),
    'cn: dhcp',
    `dhcpPrimaryDN: cn=server1,${base}`,
    'dhcpStatements: authoritative',
    `dhcpStatements: default-lease-time ${leaseSeconds}`,
    `dhcpStatements: max-lease-time ${leaseSeconds}`,
    'dhcpStatements: ddns-update-style none',
    `dhcpOption: domain-name-servers ${server}`,
    `dhcpOption: domain-name "${domain}"`,
  ],
  ...served.map(({ number, prefix, broadcast, router: gateway }) => [
    `dn: cn=${number},${dhcp}`,
    ...classes('dhcpSubnet', 'dhcpOptions'),
    `cn: ${number}`,
    `dhcpNetMask: ${prefix}`,
    `dhcpOption: routers ${gateway}`,
    `dhcpOption: broadcast-address ${broadcast}`,
  ]),
  ...described.map((one) => [
    `dn: cn=${one.name},${dhcp}`,
    ...classes('dhcpHost', 'dhcpOptions'),
    `cn: ${one.name}`,
    `dhcpHWAddress: ethernet ${one.mac}`,
    ...statements(one),
    `dhcpOption: host-name "${one.name}"`,
  ]),
]

const zones = [domain, '0.91.10.in-addr.arpa', '0.92.10.in-addr.arpa']
const reverseName = (address: string): string =>
  `${address.split('.').toReversed().join('.')}.in-addr.arpa`

function record(name: string, ...attributes: readonly string[]): Entry {
  const kinds = classes('dNSDomain2', 'domainRelatedObject')
  return [
    `dn: dc=${name},${dns}`,
    ...kinds,
    `dc: ${name}`,
    `associatedDomain: ${name}`,
    ...attributes,
  ]
}

const pdns: readonly Entry[] = [
  ...zones.map((zone) =>
    record(
      zone,
      `sOARecord: ns.${domain} hostmaster.${domain} 1 3600 600 86400 10`,
      `nSRecord: ns.${domain}`,
    ),
  ),
  record(`ns.${domain}`, `aRecord: ${server}`),
  ...described.flatMap(({ name, address }) => [
    record(`${name}.${domain}`, `aRecord: ${address}`),
    record(reverseName(address), `pTRRecord: ${name}.${domain}`),
  ]),
]

const text = (entries: readonly Entry[]): string =>
  entries.map((lines) => `${lines.join('\n')}\n`).join('\n')

export const tree = text([...containers, ...ours, ...dhcpd, ...pdns])

/** n001 gets another address, in all three languages. */
export function moved(from: string, to: string): string {
  const replace = (dn: string, attribute: string, value: string): Entry => [
    `dn: ${dn}`,
    'changetype: modify',
    `replace: ${attribute}`,
    `${attribute}: ${value}`,
  ]
  return text([
    replace(`cn=n001,ou=machines,${base}`, 'ipHostNumber', to),
    replace(`cn=n001,${dhcp}`, 'dhcpStatements', `fixed-address ${to}`),
    replace(`dc=n001.${domain},${dns}`, 'aRecord', to),
    [`dn: dc=${reverseName(from)},${dns}`, 'changetype: delete'],
    record(reverseName(to), `pTRRecord: n001.${domain}`).toSpliced(1, 0, 'changetype: add'),
  ])
}

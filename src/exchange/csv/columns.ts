// Why this file exists: every spreadsheet calls its columns otherwise; the usual names of each are known, others are told.

export const columnKinds = [
  'name',
  'aliases',
  'macs',
  'addresses',
  'nic',
  'tags',
  'role',
  'uuid',
  'port',
  'power',
  'bootfile',
  'bootparameters',
] as const
export type ColumnKind = (typeof columnKinds)[number]

const spellings: Readonly<Record<ColumnKind, readonly string[]>> = {
  name: [
    'name',
    'hostname',
    'host',
    'node',
    'nodename',
    'machine',
    'machinename',
    'fqdn',
    'dnsname',
    'server',
  ],
  aliases: ['alias', 'aliases', 'cname', 'cnames', 'othernames'],
  macs: [
    'mac',
    'macs',
    'macaddress',
    'macaddresses',
    'macaddr',
    'hwaddr',
    'hwaddress',
    'hardwareaddress',
    'hardwareethernet',
    'ethernet',
    'ethernetaddress',
    'physicaladdress',
  ],
  addresses: [
    'ip',
    'ips',
    'ipaddress',
    'ipaddresses',
    'ipaddr',
    'ipv4',
    'ipv4address',
    'address',
    'addresses',
    'addr',
  ],
  nic: ['nic', 'interface', 'iface', 'device', 'card', 'netdev'],
  tags: ['tag', 'tags', 'group', 'groups', 'label', 'labels'],
  role: ['role'],
  uuid: ['uuid', 'systemuuid', 'smbiosuuid'],
  port: ['port', 'switchport', 'circuitid', 'coppiceport'],
  power: [
    'power',
    'powerurl',
    'bmc',
    'bmcaddress',
    'bmcip',
    'ipmi',
    'ipmiaddress',
    'ipmiip',
    'ilo',
    'idrac',
    'redfish',
  ],
  bootfile: ['bootfile', 'filename', 'bootfilename'],
  bootparameters: ['bootparameter', 'bootparameters', 'kernelargs', 'kernelparameters', 'cmdline'],
}

const byName: ReadonlyMap<string, ColumnKind> = new Map(
  columnKinds.flatMap((kind) => spellings[kind].map((name) => [name, kind] as const)),
)

/** `MAC address`, `mac_address` and `Mac-Address` are the same. */
export function columnOf(header: string): ColumnKind | undefined {
  return byName.get(header.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
}

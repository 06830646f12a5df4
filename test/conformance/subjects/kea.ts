// Why this file exists: Kea with the world in its own language: the youngest reading of these RFCs.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { end, startIn } from '../harness/commands.ts'
import type { Running, Subject } from '../harness/subject.ts'
import type { Stage } from '../harness/stage.ts'
import {
  allHosts,
  domain,
  leaseSeconds,
  loaders,
  type Net,
  nets,
  server,
} from '../harness/world.ts'

const program = '/usr/sbin/kea-dhcp4'
const bootpHook = '/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_bootp.so'

export const kea: Subject = {
  name: 'kea',
  debianPackage: 'kea-dhcp4-server',
  programs: [program],
  claims: { dhcp: [2131, 2132, 951, 1542, 1534, 3046, 3011, 3527, 3396, 3397, 3442, 4578, 6842] },
  start,
}

function start(stage: Stage): Promise<Running> {
  const { folder, namespace, interfaceName } = stage
  const config = join(folder, 'kea.json')
  writeFileSync(config, JSON.stringify({ Dhcp4: configuration(folder, interfaceName) }))
  const places = [`KEA_PIDFILE_DIR=${folder}`, `KEA_LOCKFILE_DIR=${folder}`]
  const argv = ['env', ...places, program, '-c', config] as const
  const child = startIn(namespace, argv, join(folder, 'kea.log'))
  return Promise.resolve({ stop: () => end(child) })
}

function configuration(folder: string, interfaceName: string) {
  return {
    'interfaces-config': { interfaces: [interfaceName], 'dhcp-socket-type': 'raw' },
    'lease-database': { type: 'memfile', name: join(folder, 'leases.csv'), 'lfc-interval': 0 },
    'multi-threading': { 'enable-multi-threading': false },
    'hooks-libraries': [{ library: bootpHook }],
    authoritative: true,
    'valid-lifetime': leaseSeconds,
    'min-valid-lifetime': 60,
    'max-valid-lifetime': leaseSeconds,
    'calculate-tee-times': true,
    't1-percent': 0.5,
    't2-percent': 0.875,
    'option-def': [{ name: 'routes', code: 121, type: 'uint8', array: true, space: 'dhcp4' }],
    'option-data': [
      { name: 'domain-name', data: domain },
      { name: 'domain-search', data: domain },
      { name: 'domain-name-servers', data: server },
      { name: 'ntp-servers', data: server },
    ],
    'client-classes': classes,
    subnet4: Object.values(nets).map(subnet),
    loggers: [
      {
        name: 'kea-dhcp4',
        severity: 'INFO',
        output_options: [{ output: join(folder, 'messages') }],
      },
    ],
  }
}

const isPxe = "substring(option[60].hex,0,9) == 'PXEClient'"
const classes = [
  {
    name: 'bios',
    test: `${isPxe} and substring(option[93].hex,0,2) == 0x0000`,
    'next-server': server,
    'boot-file-name': loaders.bios,
  },
  {
    name: 'efi',
    test: `${isPxe} and (substring(option[93].hex,0,2) == 0x0007 or substring(option[93].hex,0,2) == 0x0009)`,
    'next-server': server,
    'boot-file-name': loaders.efi,
  },
  {
    name: 'http',
    test: "substring(option[60].hex,0,10) == 'HTTPClient'",
    'boot-file-name': `http://${server}/${loaders.efi}`,
    'option-data': [{ name: 'vendor-class-identifier', data: 'HTTPClient' }],
  },
]

function subnet({ number, prefix, router, broadcast, pool }: Net, index: number) {
  const isFarther = number === nets.farther.number
  return {
    id: index + 1,
    subnet: `${number}/${prefix}`,
    pools: [{ pool: pool.join('-') }],
    'option-data': [
      { name: 'routers', data: router },
      { name: 'broadcast-address', data: broadcast },
      ...(isFarther ? [{ name: 'routes', data: '24,198,51,100,10,93,0,1,0,10,93,0,1' }] : []),
    ],
    reservations: allHosts
      .filter(({ address }) => address.startsWith(number.slice(0, -1)))
      .map(({ name, mac, address, bootFile }) => ({
        'hw-address': mac,
        'ip-address': address,
        hostname: name,
        ...(bootFile !== undefined && { 'boot-file-name': bootFile, 'next-server': server }),
      })),
  }
}

// Why this file exists: dnsmasq with the world in its own language: what most small networks have today, for DHCP and
// TFTP.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { end, startIn } from '../harness/commands.ts'
import type { Running, Subject } from '../harness/subject.ts'
import type { Stage } from '../harness/stage.ts'
import {
  allHosts,
  domain,
  files,
  leaseSeconds,
  loaders,
  type Net,
  nets,
  server,
} from '../harness/world.ts'

const program = '/usr/sbin/dnsmasq'

export const dnsmasq: Subject = {
  name: 'dnsmasq',
  debianPackage: 'dnsmasq-base',
  programs: [program],
  oneAtATime: true,
  claims: {
    dhcp: [2131, 2132, 951, 1542, 1534, 3046, 3011, 3527, 3397, 3442, 4578],
    tftp: [1350, 1123, 2347, 2348, 2349],
  },
  start,
}

function start(stage: Stage): Promise<Running> {
  const { folder, namespace, interfaceName } = stage
  const config = join(folder, 'dnsmasq.conf')
  const root = putFiles(folder)
  writeFileSync(config, configuration(folder, root, interfaceName).join('\n'))
  const argv = [
    program,
    '-k',
    '-C',
    config,
    '-u',
    'root',
    `--log-facility=${join(folder, 'messages')}`,
  ] as const
  const child = startIn(namespace, argv, join(folder, 'dnsmasq.log'))
  return Promise.resolve({ stop: () => end(child) })
}

/** The root of a TFTP server: every file of the world under its name. */
export function putFiles(folder: string): string {
  const root = join(folder, 'tftp')
  for (const { name, bytes } of Object.values(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), bytes, { mode: 0o644 })
  }
  return root
}

function configuration(folder: string, root: string, interfaceName: string): readonly string[] {
  return [
    `interface=${interfaceName}`,
    'bind-interfaces',
    'port=0',
    'enable-tftp',
    `tftp-root=${root}`,
    'no-ping',
    'dhcp-authoritative',
    'dhcp-lease-max=2000',
    `dhcp-leasefile=${join(folder, 'leases')}`,
    `domain=${domain}`,
    `dhcp-option=option:ntp-server,${server}`,
    `dhcp-option=option:domain-search,${domain}`,
    'dhcp-option=tag:farther,121,198.51.100.0/24,10.93.0.1,0.0.0.0/0,10.93.0.1',
    ...Object.values(nets).flatMap(network),
    ...allHosts.map(({ name, mac, address, bootFile }) =>
      ['dhcp-host=' + mac, ...(bootFile === undefined ? [] : ['set:desk']), name, address].join(
        ',',
      ),
    ),
    'dhcp-vendorclass=set:pxe,PXEClient',
    'dhcp-vendorclass=set:http,HTTPClient',
    ...['0', '7', '9'].map((number) => `dhcp-match=set:arch${number},93,${number}`),
    `dhcp-boot=tag:pxe,tag:desk,desk/loader.efi,,${server}`,
    `dhcp-boot=tag:pxe,tag:!desk,tag:arch0,${loaders.bios},,${server}`,
    ...['7', '9'].map(
      (number) => `dhcp-boot=tag:pxe,tag:!desk,tag:arch${number},${loaders.efi},,${server}`,
    ),
    `dhcp-boot=tag:http,http://${server}/${loaders.efi}`,
    'dhcp-option-force=tag:http,60,HTTPClient',
    '',
  ]
}

function network({ name, mask, router, broadcast, pool }: Net): readonly string[] {
  const tag = `tag:${name}`
  return [
    `dhcp-range=set:${name},${pool.join(',')},${mask},${broadcast},${leaseSeconds}s`,
    `dhcp-option=${tag},option:router,${router}`,
    `dhcp-option=${tag},option:dns-server,${server}`,
  ]
}

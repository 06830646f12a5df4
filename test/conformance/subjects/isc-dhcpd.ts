// Why this file exists: ISC dhcpd with the world in its own language: the oldest reading of these RFCs, by their authors' house.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { end, startIn } from '../harness/commands.ts'
import type { Running, Subject } from '../harness/subject.ts'
import type { Stage } from '../harness/stage.ts'
import {
  allHosts,
  domain,
  type Host,
  leaseSeconds,
  loaders,
  type Net,
  nets,
  server,
} from '../harness/world.ts'

const program = '/usr/sbin/dhcpd'

export const iscDhcpd: Subject = {
  name: 'isc-dhcpd',
  debianPackage: 'isc-dhcp-server',
  programs: [program],
  claims: { dhcp: [2131, 2132, 951, 1542, 1534, 3046, 3011, 3527, 3396, 3397, 3442, 4578, 6842] },
  start,
}

function start(stage: Stage): Promise<Running> {
  const at = (name: string): string => join(stage.folder, name)
  writeFileSync(at('dhcpd.conf'), configuration())
  writeFileSync(at('leases'), '')
  const files = ['-cf', at('dhcpd.conf'), '-lf', at('leases'), '-pf', at('dhcpd.pid')]
  const argv = [program, '-4', '-f', '-q', ...files, stage.interfaceName] as const
  const child = startIn(stage.namespace, argv, at('dhcpd.log'))
  return Promise.resolve({ stop: () => end(child) })
}

function configuration(): string {
  const { near, far, farther } = nets
  return [
    'authoritative;',
    'ping-check false;',
    'ddns-update-style none;',
    'echo-client-id true;',
    'stash-agent-options true;',
    `default-lease-time ${leaseSeconds};`,
    `max-lease-time ${leaseSeconds};`,
    `option domain-name "${domain}";`,
    `option domain-search "${domain}";`,
    `option domain-name-servers ${server};`,
    `option ntp-servers ${server};`,
    // It tells these times only where they are written.
    'option dhcp-renewal-time 300;',
    'option dhcp-rebinding-time 525;',
    'option arch code 93 = unsigned integer 16;',
    'option uuid code 97 = string;',
    'option routes code 121 = array of unsigned integer 8;',
    ...pxe,
    subnet(near, ''),
    subnet(far, ''),
    subnet(farther, `option routes 24, 198, 51, 100, 10, 93, 0, 1, 0, 10, 93, 0, 1;`),
    ...allHosts.map(host),
    '',
  ].join('\n')
}

const pxe: readonly string[] = [
  'class "pxe" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient";',
  `  next-server ${server};`,
  '  option uuid = option uuid;',
  `  if option arch = 00:00 { filename "${loaders.bios}"; }`,
  `  elsif option arch = 00:07 or option arch = 00:09 { filename "${loaders.efi}"; }`,
  '}',
  'class "http" { match if substring(option vendor-class-identifier, 0, 10) = "HTTPClient";',
  '  option vendor-class-identifier "HTTPClient";',
  `  filename "http://${server}/${loaders.efi}";`,
  '}',
]

function subnet({ number, mask, router, broadcast, pool }: Net, more: string): string {
  return [
    `subnet ${number} netmask ${mask} {`,
    `  option routers ${router};`,
    `  option broadcast-address ${broadcast};`,
    `  pool { deny dynamic bootp clients; range ${pool.join(' ')}; }`,
    `  ${more}`,
    '}',
  ].join('\n')
}

function host({ name, mac, address, bootFile }: Host): string {
  const file = bootFile === undefined ? '' : `filename "${bootFile}"; next-server ${server};`
  const named = `option host-name "${name}";`
  return `host ${name} { hardware ethernet ${mac}; fixed-address ${address}; ${named} ${file} }`
}

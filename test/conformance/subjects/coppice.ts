// Why this file exists: Coppice as its users start it: `coppice serve` with its own directory server, and the world
// written into that by ldapadd.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { end, ip, startIn, until } from '../harness/commands.ts'
import type { Running, Subject } from '../harness/subject.ts'
import type { Stage } from '../harness/stage.ts'
import {
  allHosts,
  base,
  domain,
  files,
  type Host,
  leaseSeconds,
  type Net,
  nets,
  routed,
} from '../harness/world.ts'

const program = join(import.meta.dirname, '../../../bin/coppice')
const loadersFolder = '/usr/lib/ipxe'
const readyDeadlineMs = 60_000

export const coppice: Subject = {
  name: 'coppice',
  debianPackage: 'slapd ldap-utils ipxe',
  programs: ['/usr/sbin/slapd', '/usr/bin/ldapadd', loadersFolder],
  claims: {
    dhcp: [2131, 2132, 951, 1542, 1534, 3046, 3011, 3527, 3396, 3397, 3442, 4578, 6842],
    tftp: [1350, 1123, 2347, 2348, 2349, 7440],
    dns: [1034, 1035, 2181, 2308, 4592, 4343, 5936, 6891, 7766, 8020, 8482, 9619],
  },
  start,
}

async function start(stage: Stage): Promise<Running> {
  const { folder } = stage
  const data = join(folder, 'data')
  const loaders = join(folder, 'loaders')
  const config = join(folder, 'coppice.yaml')
  const log = join(folder, 'coppice.log')
  for (const { name, bytes } of Object.values(files)) put(name, bytes, { loaders, folder })
  writeFileSync(config, settingsText(stage, join(folder, 'host-image')))
  // Programs that `ip netns exec` starts see mounts of their own: there the loaders are ours.
  const shell =
    'for folder in /usr/lib/ipxe /boot; do mount --bind "$1" "$folder" || exit; done; shift; exec "$@"'
  const serve = [program, 'serve', '--config', config, '--data', data]
  const argv = ['sh', '-c', shell, 'sh', loaders, ...serve] as const
  const child = startIn(stage.namespace, argv, log)
  const isReady = (): boolean => {
    if (child.exitCode !== null) throw new Error(`serve ended: ${readFileSync(log, 'utf8')}`)
    return existsSync(log) && /^ready/m.test(readFileSync(log, 'utf8'))
  }
  await until('coppice says ready', isReady, readyDeadlineMs)
  describeWorld(stage, data)
  return { stop: () => end(child) }
}

/** Under the names that the appliance gives them; a link in /usr/lib/ipxe may lead out to /boot. */
function put(
  name: string,
  bytes: Uint8Array,
  { loaders, folder }: { readonly loaders: string; readonly folder: string },
): void {
  const path = name.startsWith('boot/kvm-host/')
    ? join(folder, 'host-image', name.slice('boot/kvm-host/'.length))
    : join(loaders, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes, { mode: 0o644 })
}

function settingsText({ interfaceName }: Stage, hostImage: string): string {
  return [
    'version: 1',
    `domain: ${domain}`,
    `interfaces: [${interfaceName}]`,
    `directory: { embedded: { listen: 127.0.0.1:3890, base: "${base}" } }`,
    `boot: { hostImage: ${hostImage} }`,
    'images: { nfs: { export: "elsewhere.test:/images" } }',
    '',
  ].join('\n')
}

function describeWorld({ namespace, folder }: Stage, data: string): void {
  const ldif = join(folder, 'world.ldif')
  const entries = [...Object.values(nets).map(netEntry), ...allHosts.map(hostEntry), ...names]
  writeFileSync(ldif, entries.map((lines) => `${lines.join('\n')}\n`).join('\n'))
  const admin = ['-x', '-D', `cn=admin,${base}`, '-y', join(data, 'ldap-admin.secret')]
  const argv = ['ldapadd', '-H', 'ldap://127.0.0.1:3890', ...admin, '-f', ldif]
  ip('netns', 'exec', namespace, ...argv)
}

function netEntry({ name, number, mask, router, pool }: Net): readonly string[] {
  return [
    `dn: cn=${name},ou=networks,${base}`,
    'objectClass: ipNetwork',
    'objectClass: coppiceNetwork',
    `cn: ${name}`,
    `ipNetworkNumber: ${number}`,
    `ipNetmaskNumber: ${mask}`,
    `coppiceGateway: ${router}`,
    `coppicePool: ${pool.join('-')}`,
    `coppiceLeaseSeconds: ${leaseSeconds}`,
    ...(name === nets.farther.name ? [`coppiceRoute: ${routed} ${router}`] : []),
  ]
}

function hostEntry({ name, mac, address, bootFile }: Host): readonly string[] {
  return [
    `dn: cn=${name},ou=machines,${base}`,
    ...['device', 'ipHost', 'ieee802Device', 'bootableDevice', 'coppiceMachine'].map(
      (one) => `objectClass: ${one}`,
    ),
    `cn: ${name}`,
    ...(name === 'n001' ? ['cn: www'] : []),
    `ipHostNumber: ${address}`,
    `macAddress: ${mac}`,
    ...(bootFile === undefined ? ['coppiceRole: host'] : [`bootFile: ${bootFile}`]),
  ]
}

/** A name below one that nobody has (RFC 8020). */
const names: readonly (readonly string[])[] = [
  [
    `dn: cn=deep.inside,ou=machines,${base}`,
    ...['device', 'ipHost', 'ieee802Device'].map((one) => `objectClass: ${one}`),
    'cn: deep.inside',
    'ipHostNumber: 10.91.0.21',
    'macAddress: 52:54:00:91:00:21',
  ],
]

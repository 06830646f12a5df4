// Why this file exists: two DNS servers with the world's names: Knot from a zone file, dnsmasq as an authority.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { end, startIn } from '../harness/commands.ts'
import type { Subject } from '../harness/subject.ts'
import type { Stage } from '../harness/stage.ts'
import { dnsRecords, domain, nets, server } from '../harness/world.ts'

const reverses = Object.values(nets).map(({ number }) => {
  const zone = `${number.split('.').slice(0, 3).toReversed().join('.')}.in-addr.arpa`
  return { zone, prefix: number.slice(0, -1) }
})
const head = [
  '$TTL 60',
  `@ SOA ns.${domain}. hostmaster.${domain}. 1 3600 600 86400 60`,
  `@ NS ns.${domain}.`,
]

const knotProgram = '/usr/sbin/knotd'
export const knot: Subject = {
  name: 'knot',
  debianPackage: 'knot',
  programs: [knotProgram],
  claims: { dns: [1034, 1035, 2181, 2308, 4592, 4343, 5936, 6891, 7766, 8020, 8482, 9619] },
  start(stage) {
    const config = join(stage.folder, 'knot.conf')
    writeZones(stage)
    writeFileSync(config, knotConfiguration(stage.folder).join('\n'))
    const argv = [knotProgram, '-c', config] as const
    const child = startIn(stage.namespace, argv, join(stage.folder, 'knot.log'))
    return Promise.resolve({ stop: () => end(child) })
  },
}

function writeZones({ folder }: Stage): void {
  const forward = [
    `ns A ${server}`,
    ...dnsRecords.map(({ name, address }) => `${name} A ${address}`),
  ]
  writeZone(folder, domain, forward)
  for (const { zone, prefix } of reverses) {
    const here = dnsRecords.filter(
      ({ name, address }) => name !== 'www' && address.startsWith(prefix),
    )
    writeZone(
      folder,
      zone,
      here.map(({ name, address }) => `${address.slice(prefix.length)} PTR ${name}.${domain}.`),
    )
  }
}

function writeZone(folder: string, zone: string, lines: readonly string[]): void {
  writeFileSync(
    join(folder, `${zone}.zone`),
    `${[`$ORIGIN ${zone}.`, ...head, ...lines].join('\n')}\n`,
  )
}

function knotConfiguration(folder: string): readonly string[] {
  return [
    'server:',
    `  listen: ${server}@53`,
    `  rundir: ${folder}`,
    '  udp-workers: 1',
    '  tcp-workers: 1',
    '  background-workers: 1',
    'database:',
    `  storage: ${folder}`,
    'template:',
    '  - id: default',
    `    storage: ${folder}`,
    'zone:',
    ...[domain, ...reverses.map(({ zone }) => zone)].map((zone) => `  - domain: ${zone}`),
    '',
  ]
}

const dnsmasqProgram = '/usr/sbin/dnsmasq'
export const dnsmasqAuthority: Subject = {
  name: 'dnsmasq-authority',
  debianPackage: 'dnsmasq-base',
  programs: [dnsmasqProgram],
  claims: { dns: [1034, 1035, 2181, 2308, 4343, 6891, 7766, 8020, 9619] },
  start({ folder, namespace, interfaceName }) {
    const config = join(folder, 'dnsmasq.conf')
    const hosts = [{ name: 'ns', address: server }, ...dnsRecords].map(
      ({ name, address }) => `${address} ${name}.${domain}\n`,
    )
    writeFileSync(join(folder, 'hosts'), hosts.join(''))
    const subnets = Object.values(nets).map(({ number }) => `${number}/24`)
    const lines = [
      `interface=${interfaceName}`,
      'bind-interfaces',
      'no-resolv',
      'no-hosts',
      `addn-hosts=${join(folder, 'hosts')}`,
      `auth-server=ns.${domain},${interfaceName}`,
      `auth-zone=${[domain, ...subnets].join(',')}`,
      'auth-ttl=60',
      '',
    ]
    writeFileSync(config, lines.join('\n'))
    const argv = [dnsmasqProgram, '-k', '-C', config, '-u', 'root'] as const
    const child = startIn(namespace, argv, join(folder, 'dnsmasq.log'))
    return Promise.resolve({ stop: () => end(child) })
  },
}

// Why this file exists: the one slapd, and beside it in turn: dhcpd and PowerDNS, which ask it for each question, or Coppice.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { end, ip, startIn, until } from '../harness/commands.ts'
import type { Stage } from '../harness/stage.ts'
import type { Running } from '../harness/subject.ts'
import { base, domain, server } from '../harness/world.ts'
import { admin, secret, tree } from './tree.ts'

const schemaFolder = '/etc/ldap/schema'
export const dhcpSchema = '/usr/share/doc/isc-dhcp-server-ldap/dhcp.schema.gz'
export const programs = ['/usr/sbin/dhcpd', '/usr/sbin/pdns_server', '/usr/sbin/slapd', dhcpSchema]
const ldapUrl = 'ldap://127.0.0.1:389'
const root = join(import.meta.dirname, '../../..')

export async function startDirectory(stage: Stage): Promise<Running> {
  const at = (name: string): string => join(stage.folder, name)
  mkdirSync(at('db'))
  writeFileSync(at('dhcp.schema'), gunzipSync(readFileSync(dhcpSchema)))
  writeFileSync(at('coppice.schema'), ourSchema())
  writeFileSync(at('slapd.conf'), slapdConfiguration(stage.folder))
  writeFileSync(at('tree.ldif'), tree)
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', at('slapd.conf'), '-l', at('tree.ldif')], {
    stdio: 'pipe',
  })
  const argv = ['/usr/sbin/slapd', '-f', at('slapd.conf'), '-h', ldapUrl, '-d', '0'] as const
  const child = startIn(stage.namespace, argv, at('slapd.log'))
  const search = ['ldapsearch', '-x', '-H', ldapUrl, '-s', 'base', '-b', base]
  await until('slapd answers', () => {
    try {
      return ip('netns', 'exec', stage.namespace, ...search).includes(base)
    } catch {
      return false
    }
  })
  return { stop: () => end(child) }
}

/** As slapd.conf wants it: the same definitions, without LDIF around them. */
function ourSchema(): string {
  const ldif = readFileSync(join(root, 'schema/coppice.ldif'), 'utf8').replaceAll('\n ', '')
  return ldif
    .split('\n')
    .flatMap((line) => {
      const [, kind, definition] = /^olc(AttributeTypes|ObjectClasses): (.*)$/.exec(line) ?? []
      if (kind === undefined) return []
      return [`${kind === 'AttributeTypes' ? 'attributetype' : 'objectclass'} ${definition}`]
    })
    .join('\n')
}

function slapdConfiguration(folder: string): string {
  const distributed = ['core', 'cosine', 'nis', 'dnsdomain2', 'pdns-domaininfo']
  const schemas = [
    ...distributed.map((name) => `${schemaFolder}/${name}.schema`),
    join(folder, 'dhcp.schema'),
    join(folder, 'coppice.schema'),
  ]
  return [
    ...schemas.map((path) => `include ${path}`),
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'moduleload syncprov',
    `pidfile ${join(folder, 'slapd.pid')}`,
    'database mdb',
    'maxsize 268435456',
    `suffix "${base}"`,
    `rootdn "${admin}"`,
    `rootpw ${secret}`,
    `directory ${join(folder, 'db')}`,
    'index objectClass,dhcpHWAddress,dhcpClassData,associatedDomain,aRecord,entryCSN,entryUUID eq',
    'overlay syncprov',
    '',
  ].join('\n')
}

export function modify({ namespace, folder }: Stage, ldif: string): void {
  const file = join(folder, 'change.ldif')
  writeFileSync(file, ldif)
  const argv = ['ldapmodify', '-x', '-H', ldapUrl, '-D', admin, '-w', secret, '-f', file]
  ip('netns', 'exec', namespace, ...argv)
}

/** Both read the directory for each question. */
export function startOracles({ namespace, folder, interfaceName }: Stage): Running {
  const at = (name: string): string => join(folder, name)
  const credentials = `ldap-username "${admin}"; ldap-password "${secret}";`
  const dhcpd = `ldap-server "127.0.0.1"; ldap-port 389; ${credentials} ldap-base-dn "${base}"; ldap-dhcp-server-cn "server1"; ldap-method dynamic;\n`
  writeFileSync(at('dhcpd.conf'), dhcpd)
  writeFileSync(at('leases'), '')
  mkdirSync(at('pdns'), { recursive: true })
  writeFileSync(at('pdns/pdns.conf'), pdnsConfiguration(at('pdns')))
  const files = ['-cf', at('dhcpd.conf'), '-lf', at('leases'), '-pf', at('dhcpd.pid')]
  const argv = ['/usr/sbin/dhcpd', '-4', '-f', '-q', ...files, interfaceName] as const
  const dhcp = startIn(namespace, argv, at('dhcpd.log'))
  const dnsArgv = ['/usr/sbin/pdns_server', `--config-dir=${at('pdns')}`] as const
  const dns = startIn(namespace, dnsArgv, at('pdns.log'))
  return { stop: async () => void (await Promise.all([end(dhcp), end(dns)])) }
}

function pdnsConfiguration(folder: string): string {
  const caches = ['cache-ttl', 'query-cache-ttl', 'negquery-cache-ttl']
  return [
    'launch=ldap',
    `ldap-host=${ldapUrl}/`,
    `ldap-basedn=ou=dns,${base}`,
    `ldap-binddn=${admin}`,
    `ldap-secret=${secret}`,
    'ldap-method=simple',
    `local-address=${server}`,
    `socket-dir=${folder}`,
    'guardian=no',
    'daemon=no',
    ...caches.map((name) => `${name}=0`),
    'zone-cache-refresh-interval=0',
    '',
  ].join('\n')
}

export async function startCoppice({ namespace, folder, interfaceName }: Stage): Promise<Running> {
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('ldap.secret'), secret, { mode: 0o600 })
  const config = [
    'version: 1',
    `domain: ${domain}`,
    `interfaces: [${interfaceName}]`,
    `directory: { url: "${ldapUrl}", base: "${base}", bindDn: "${admin}", secretFile: ${at('ldap.secret')} }`,
    'images: { nfs: { export: "elsewhere.test:/images" } }',
    '',
  ]
  writeFileSync(at('coppice.yaml'), config.join('\n'))
  const where = ['--config', at('coppice.yaml'), '--data', at('data')]
  const log = at('coppice.log')
  const child = startIn(namespace, [join(root, 'bin/coppice'), 'serve', ...where], log)
  await until(
    'coppice says ready',
    () => {
      if (child.exitCode !== null) throw new Error(`serve ended: ${readFileSync(log, 'utf8')}`)
      return existsSync(log) && /^ready/m.test(readFileSync(log, 'utf8'))
    },
    60_000,
  )
  return { stop: () => end(child) }
}

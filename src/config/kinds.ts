// Why this file exists: the same sorts of text stand behind several keys: endpoints, paths, interface names.
import { dirname, isAbsolute, join } from 'node:path'
import { formatIp4, parseDnsName, parseIp4 } from '#directory'
import { type Kind, textKind, wholeNumber } from '#yaml'
import type { Endpoint } from './settings.ts'

const portMax = 65_535
export const portKind = wholeNumber(1, portMax)
export const patienceKind = wholeNumber(10, 1000)
export const vcpusPerCpuKind = wholeNumber(1, 64)

export const domainKind = textKind(parseDnsName, 'a domain name such as cluster.test')

/** What Linux takes as the name of an interface. */
export const interfaceKind: Kind<string> = textKind(
  (text) => (/^(?!\.{1,2}$)[^\s/:]{1,15}$/.test(text) ? text : undefined),
  'names of network interfaces, 15 characters at most',
)

export const siteKind: Kind<string> = textKind(
  (text) => (/^[^\p{Cc}]{1,63}$/u.test(text) ? text : undefined),
  'a name of 1 to 63 characters',
)

/** Attribute and value, comma, and so on; what exactly it names is for the LDAP server to say. */
export const dnKind: Kind<string> = textKind((text) => {
  const part = /^\s*[a-z][a-z0-9-]*\s*=\s*[^\s=,].*$/i
  const parts = text.split(/(?<!\\),/)
  return parts.every((one) => part.test(one)) ? text : undefined
}, 'a distinguished name such as "dc=cluster,dc=test"')

/** `127.0.0.1:8420`, or an address alone where there is a usual port. */
export function endpointKind(usualPort?: number): Kind<Endpoint> {
  const optionalPort = usualPort === undefined ? '' : `, or an address alone for port ${usualPort}`
  return textKind((text) => {
    const [address = '', port = usualPort?.toString(), rest] = text.split(':')
    const ip = parseIp4(address)
    if (ip === undefined || port === undefined || rest !== undefined) return undefined
    const number = /^[1-9]\d{0,4}$/.test(port) ? Number(port) : 0
    const fits = number >= 1 && number <= portMax
    return fits ? { host: formatIp4(ip), port: number } : undefined
  }, `an IPv4 address with a port, such as 127.0.0.1:8420${optionalPort}`)
}

const bytesOfUnit = { MiB: 1024 ** 2, GiB: 1024 ** 3 } as const
const hostMemoryBytesMin = 128 * bytesOfUnit.MiB
const hostMemoryBytesMax = 1024 * bytesOfUnit.GiB

/** What Linux and libvirtd need before anything else runs. */
export const hostMemoryKind: Kind<number> = textKind((text) => {
  const [, count, unit] = /^(\d{1,7}) ?(MiB|GiB)$/.exec(text) ?? []
  const bytes = Number(count) * (unit === 'GiB' ? bytesOfUnit.GiB : bytesOfUnit.MiB)
  return bytes >= hostMemoryBytesMin && bytes <= hostMemoryBytesMax ? bytes : undefined
}, 'a size from 128MiB to 1024GiB')

export const nfsExportKind: Kind<string> = textKind(
  (text) => (/^[^\s:/]+:\/\S*$/.test(text) ? text : undefined),
  'a server and a path, such as nas.example:/images',
)

/** `DIR/…` is below the data directory; any other relative path is beside the configuration file. */
export function pathKind(fileName: string, dataDir: string): Kind<string> {
  return textKind((text) => {
    if (text === '' || text.includes('\0')) return undefined
    if (text === 'DIR' || text.startsWith('DIR/')) return join(dataDir, text.slice(3))
    return isAbsolute(text) ? text : join(dirname(fileName), text)
  }, 'a path, such as /srv/images or DIR/images (DIR: the data directory)')
}

export function isLoopback(host: string): boolean {
  return /^(127(\.\d+){3}|localhost|\[::1\])$/.test(host)
}

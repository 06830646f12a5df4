// Why this file exists: some names mean something only here, and whoever is asked about them elsewhere learns of our
// networks and can say nothing true (RFC 6303, RFC 6761, RFC 7686).
import { contains, type Ip4, ip4, parseIp4, parseSubnet, type Subnet } from '#directory'

/** RFC 1918, and those of RFC 6303 §4.2, RFC 7793. */
const privateSubnets: readonly Subnet[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
].flatMap((text) => parseSubnet(text) ?? [])

const nobodysTops: ReadonlySet<string> = new Set(['localhost', 'invalid', 'onion'])
const reverseSuffix = '.in-addr.arpa'

/** No server in the world knows it, whoever it is. */
export function isNobodys(name: string): boolean {
  return nobodysTops.has(name.slice(name.lastIndexOf('.') + 1))
}

/** The name of a private address, or one below or beside it. */
export function isPrivateReverse(name: string): boolean {
  if (!name.endsWith(reverseSuffix)) return false
  const octets = name.slice(0, -reverseSuffix.length).split('.').toReversed()
  const known = octets.slice(0, 4).map((text) => (/^\d{1,3}$/.test(text) ? Number(text) : 0))
  const [first = 0, second = 0, third = 0, fourth = 0] = known
  if ([first, second, third, fourth].some((octet) => octet > 255)) return false
  return isPrivate(ip4(((first * 256 + second) * 256 + third) * 256 + fourth))
}

function isPrivate(address: Ip4): boolean {
  return privateSubnets.some((subnet) => contains(subnet, address))
}

/** The site's own server, which may know what is private there. */
export function isPrivateHost(host: string): boolean {
  const address = parseIp4(host)
  return address === undefined ? /^(::1$|f[cd]|fe[89ab])/i.test(host) : isPrivate(address)
}

// Why this file exists: coppicePower comes from LDAP, where anybody with rights writes anything; only what is a power
// address in every part gets as far as a socket or an argument list. Pure.
import { type Ip4, parseIp4 } from '#directory'

export type PowerAddress =
  | { readonly kind: 'redfish'; readonly system: URL; readonly pin?: string }
  | {
      readonly kind: 'ipmi'
      readonly host: string
      readonly port: number
      readonly cipher: number
    }
  | { readonly kind: 'wake'; readonly broadcast: Ip4; readonly port: number }

export type ParsedAddress =
  | { readonly ok: true; readonly address: PowerAddress }
  | { readonly ok: false; readonly refusal: string }

const ipmiPort = 623
const wakePort = 9
/** RAKP with SHA-1 and AES, and with SHA-256 and AES: the two that are in use. */
const ciphers = [3, 17]
const hostShape = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$|^\[[0-9a-fA-F:.]{2,45}\]$/
const addressCharactersMax = 1000

export function parsePowerAddress(text: string): ParsedAddress {
  const url = text.length <= addressCharactersMax ? URL.parse(text) : null
  if (!url) return refuse('it is no URL')
  if (url.username || url.password) {
    return refuse('it holds a user or a password, which everybody who reads LDAP would see')
  }
  switch (url.protocol) {
    case 'redfish+http:':
    case 'redfish+https:':
      return redfish(url)
    case 'ipmi:':
      return ipmi(url)
    case 'wol:':
      return wake(url)
    default:
      return refuse(`${url.protocol}// is no kind of power control that we know`)
  }
}

/** `pin` (SHA-256 of the certificate, hex) is for BMCs whose certificate nobody signed. */
function redfish(url: URL): ParsedAddress {
  const pin = url.searchParams.get('pin')?.replaceAll(':', '').toLowerCase()
  if (pin !== undefined && !/^[0-9a-f]{64}$/.test(pin))
    return refuse('its pin is no SHA-256 in hex')
  if (!hostShape.test(url.hostname)) return refuse('it names no host')
  if (!/^\/redfish\/v1\/Systems\/[^/]+\/?$/.test(url.pathname)) {
    return refuse('its path is not /redfish/v1/Systems/ID')
  }
  const plain = url.protocol.slice('redfish+'.length)
  const system = URL.parse(`${plain}//${url.host}${url.pathname.replace(/\/$/, '')}`)
  if (!system) return refuse('it names no host')
  return { ok: true, address: { kind: 'redfish', system, ...(pin === undefined ? {} : { pin }) } }
}

function ipmi(url: URL): ParsedAddress {
  if (!hostShape.test(url.hostname)) return refuse('it names no host')
  if (!isBare(url)) return refuse('ipmi:// takes a host and a port, and no path')
  const cipher = Number(url.searchParams.get('cipher') ?? '3')
  // HOSTILE 70: suite 0 asks for no password at all.
  if (!ciphers.includes(cipher)) return refuse(`its cipher suite is none of ${ciphers.join(', ')}`)
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  return { ok: true, address: { kind: 'ipmi', host, port: portOf(url, ipmiPort), cipher } }
}

function wake(url: URL): ParsedAddress {
  const broadcast = parseIp4(url.hostname === '' ? '255.255.255.255' : url.hostname)
  if (broadcast === undefined || !isBare(url)) {
    return refuse('wol:// takes an IPv4 broadcast address and a port, or nothing')
  }
  return { ok: true, address: { kind: 'wake', broadcast, port: portOf(url, wakePort) } }
}

function isBare(url: URL): boolean {
  return (url.pathname === '' || url.pathname === '/') && url.hash === ''
}

function portOf(url: URL, byDefault: number): number {
  return url.port === '' ? byDefault : Number(url.port)
}

function refuse(refusal: string): ParsedAddress {
  return { ok: false, refusal }
}

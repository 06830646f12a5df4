// Why this file exists: dhcp-host is a list of things whose kind is told by their looks; dnsmasq(8), --dhcp-host.
import { type Ip4, parseIp4 } from '#directory'
import type { Gathering } from '../found.ts'
import { type Identified, takeClientId, takeHardware } from '../identifier.ts'
import { looksLikeMac, readOctets } from '../values.ts'

interface Host extends Identified {
  readonly addresses: Ip4[]
  readonly names: string[]
  readonly tags: string[]
  isIgnored: boolean
}

export function readDhcpHost(parts: readonly string[], where: string, gathering: Gathering): void {
  const { report } = gathering
  const host: Host = { macs: [], addresses: [], names: [], tags: [], facts: {}, isIgnored: false }
  for (const part of parts) takePart(part, host, (what, why) => report.leaveOut(where, what, why))
  if (host.isIgnored) {
    const what = `dhcp-host ${parts.join(',')}`
    return report.leaveOut(
      where,
      what,
      'dnsmasq was told to ignore it, and nothing here is ignored',
    )
  }
  report.understand('dhcp-host')
  const { macs, addresses, names, tags } = host
  const facts = { ...host.facts, ...(tags.length > 0 && { tags }) }
  gathering.cards.push({ where, names, macs, addresses, facts })
}

const leaseShape = /^(\d+[smhdw]?|infinite|deprecated)$/i
/** A hardware type before the address (`06-00:20:…`), and stars for any octet. */
const wildShape = /^([0-9a-f]{2}-)?[0-9a-f*]{1,2}([:-][0-9a-f*]{1,2}){5}$/i

function takePart(text: string, host: Host, leave: (what: string, why: string) => void): void {
  if (text === '') return
  if (/^(set|net):/.test(text)) return void host.tags.push(text.slice(4))
  if (text.startsWith('tag:')) return leave(text, 'there are no conditions here; it counts always')
  if (text.startsWith('id:')) return takeId(text, host, leave)
  if (text === 'ignore') {
    host.isIgnored = true
    return
  }
  const address = parseIp4(text)
  if (address !== undefined) return void host.addresses.push(address)
  if (text.startsWith('[') || text.includes('::')) return leave(text, 'IPv6 is not served yet')
  if (looksLikeMac(text) || wildShape.test(text)) {
    const why = takeHardware(text.replace(/^01-(?=[0-9a-f]{1,2}:)/i, ''), host)
    return why === undefined ? undefined : leave(text, why)
  }
  if (leaseShape.test(text)) return leave(text, 'the length of a lease is the network’s here')
  host.names.push(text)
}

function takeId(text: string, host: Host, leave: (what: string, why: string) => void): void {
  if (text === 'id:*') return leave(text, 'client identifiers decide nothing here')
  const octets = text.includes(':', 3) ? readOctets(text.slice(3)) : undefined
  const why = takeClientId(octets, host)
  if (why !== undefined) leave(text, why)
}

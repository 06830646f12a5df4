// Why this file exists: what all servers are asked, and what of an answer must be equal: what it means to the client, not
// how it is laid out.
import type { Clients } from '../harness/case.ts'
import {
  type Heard,
  type Road,
  type Saying,
  unicastFrom,
  viaRelay,
} from '../harness/dhcp-client.ts'
import { addressesOf, latin1, option, type, u32Of } from '../harness/dhcp-packet.ts'
import type { DnsRecord, TypeName } from '../harness/dns-packet.ts'
import { domain, hosts, server } from '../harness/world.ts'
import { movedTo } from './tree.ts'

export type Facts = Readonly<Record<string, string>>

export interface Asked {
  readonly says: string
  readonly ask: (clients: Clients) => Promise<Facts>
}

const { n001, n002, desk, far1 } = hosts
const asking = option.ask(1, 3, 6, 12, 15, 28)

function factsOf(heard: Heard | undefined): Facts {
  if (heard === undefined) return { answer: 'silence' }
  const { reply, frame } = heard
  const addresses = (code: number): string => addressesOf(reply.options.get(code))?.join(' ') ?? ''
  const words = (code: number): string => latin1(reply.options.get(code) ?? new Uint8Array(0))
  return {
    answer: 'a reply',
    type: String(reply.options.get(53)?.[0]),
    yiaddr: reply.yiaddr,
    ciaddr: reply.ciaddr,
    siaddr: reply.siaddr,
    file: reply.file,
    to: `${frame.to}:${frame.toPort}`,
    mask: addresses(1),
    routers: addresses(3),
    nameServers: addresses(6),
    hostName: words(12),
    domain: words(15),
    broadcast: addresses(28),
    server: addresses(54),
    seconds: String(u32Of(reply.options.get(51)) ?? ''),
  }
}

const dhcp = (says: string, saying: Saying, road?: Road): Asked => ({
  says: `DHCP: ${says}`,
  async ask(clients) {
    const options = [...(saying.options ?? []), asking]
    const xid = clients.dhcp.send({ ...saying, options }, road)
    await clients.dhcp.alive()
    return factsOf(clients.dhcp.heard(xid)[0])
  },
})

const discover = (chaddr: string, more: Partial<Saying> = {}): Saying => ({
  ...more,
  chaddr,
  type: type.discover,
})
const request = (
  chaddr: string,
  wanted: string,
  ...more: NonNullable<Saying['options']>
): Saying => ({
  chaddr,
  type: type.request,
  options: [option.wanted(wanted), ...more],
})
const pxe = [option.vendorClass('PXEClient:Arch:00007:UNDI:003000'), option.architecture(7)]

const dhcpQuestions: readonly Asked[] = [
  dhcp('DISCOVER of n001', discover(n001.mac)),
  dhcp('DISCOVER of n001 with the broadcast flag', discover(n001.mac, { flags: 0x8000 })),
  dhcp('DISCOVER of n002', discover(n002.mac)),
  dhcp('DISCOVER of the desk, which boots', discover(desk.mac, { options: pxe })),
  dhcp('DISCOVER of far1 by its relay', discover(far1.mac, viaRelay)),
  dhcp('DISCOVER of n001 by a relay of another network', discover(n001.mac, viaRelay)),
  dhcp('DISCOVER of a machine that nobody described', discover('52:54:00:cc:cc:cc')),
  dhcp('DISCOVER for a shorter lease', discover(n002.mac, { options: [option.seconds(300)] })),
  dhcp('DISCOVER for a longer lease', discover(n002.mac, { options: [option.seconds(9_000)] })),
  dhcp('REQUEST of n002, selecting', request(n002.mac, n002.address, option.server(server))),
  dhcp(
    'REQUEST of n001 for its first address',
    request(n001.mac, n001.address, option.server(server)),
  ),
  dhcp('REQUEST of n001 for its second address', request(n001.mac, movedTo, option.server(server))),
  dhcp(
    'REQUEST of n002 for n001’s address',
    request(n002.mac, n001.address, option.server(server)),
  ),
  dhcp(
    'REQUEST of n002 to another server',
    request(n002.mac, n002.address, option.server('10.91.0.77')),
  ),
  dhcp('INIT-REBOOT of n002', request(n002.mac, n002.address)),
  dhcp('INIT-REBOOT of n002 from another place', request(n002.mac, '192.0.2.4')),
  dhcp('INIT-REBOOT of far1 by its relay', { ...request(far1.mac, far1.address), ...viaRelay }),
  dhcp(
    'renewal of n002',
    { chaddr: n002.mac, type: type.request, ciaddr: n002.address },
    unicastFrom(n002.address),
  ),
  dhcp(
    'INFORM of n002',
    { chaddr: n002.mac, type: type.inform, ciaddr: n002.address },
    unicastFrom(n002.address),
  ),
]

const shown = (records: readonly DnsRecord[], withText: boolean): string =>
  records
    .filter((record) => record.type !== 41)
    .map((record) => [
      record.name.toLowerCase(),
      record.type,
      withText ? record.text.toLowerCase() : '',
    ])
    .map((parts) => parts.join(' '))
    .toSorted()
    .join(', ')

const dns = (name: string, question: TypeName): Asked => ({
  says: `DNS: ${name} ${question}`,
  async ask(clients) {
    const reply = await clients.dns.ask(name, { type: question, flags: 0, edns: { size: 1232 } })
    return {
      code: String(reply.code),
      authoritative: String(reply.authoritative),
      answers: shown(reply.answers, true),
      authority: shown(reply.authority, false),
      edns: String(reply.edns?.version),
      question: reply.questions[0]?.name ?? '',
    }
  },
})

const reverse = '0.91.10.in-addr.arpa'
const dnsQuestions: readonly Asked[] = [
  dns(`n001.${domain}`, 'A'),
  dns('N001.Cluster.TEST', 'A'),
  dns(`n002.${domain}`, 'A'),
  dns(`far1.${domain}`, 'A'),
  dns(`n001.${domain}`, 'AAAA'),
  dns(`n001.${domain}`, 'TXT'),
  dns(`n001.${domain}`, 'ANY'),
  dns(`n001.${domain}`, 'AXFR'),
  dns(`n777.${domain}`, 'A'),
  dns(`n777.${domain}`, 'AAAA'),
  dns(`x.n001.${domain}`, 'A'),
  dns(domain, 'SOA'),
  dns(domain, 'NS'),
  dns(domain, 'A'),
  dns(`ns.${domain}`, 'A'),
  dns(`11.${reverse}`, 'PTR'),
  dns(`71.${reverse}`, 'PTR'),
  dns(`77.${reverse}`, 'PTR'),
  dns(`12.${reverse}`, 'A'),
  dns(reverse, 'SOA'),
  dns('11.0.92.10.in-addr.arpa', 'PTR'),
  dns('www.example.org', 'A'),
  dns(`evil${domain}`, 'A'),
]

export const questions: readonly Asked[] = [...dhcpQuestions, ...dnsQuestions]

// Why this file exists: a host of dhcpd.conf is one card of a machine: by its hardware address or by an identifier that
// says the same, with its addresses and its name.
import { type Ip4, type Mac, parseIp4 } from '#directory'
import type { Gathering } from '../found.ts'
import type { MachineFacts } from '../outcome.ts'
import {
  latinOctets,
  macOfClientId,
  portOfCircuitId,
  readMac,
  readOctets,
  uuidOfClientMachineId,
} from '../values.ts'
import { leftOutBecause, nothingLikeIt } from './left-out.table.ts'
import type { Statement } from './statements.ts'

export interface HostSurroundings {
  readonly gathering: Gathering
  readonly at: (offset: number) => string
}

interface Host {
  readonly macs: Mac[]
  readonly addresses: Ip4[]
  name?: string
  facts: MachineFacts
}

/** `option routers`, `hardware`, `if`. */
export function nameOfStatement({ words }: Statement): string {
  const [one, two] = words
  const first = one?.kind === 'word' ? one.text.toLowerCase() : '?'
  const takesTwo = first === 'option' || first === 'failover'
  return takesTwo && two?.kind === 'word' ? `${first} ${two.text.toLowerCase()}` : first
}

export function readHost(statement: Statement, around: HostSurroundings): void {
  const { gathering, at } = around
  const declared = statement.words
    .slice(1)
    .map(({ text }) => text)
    .join('')
  const host: Host = { macs: [], addresses: [], facts: {} }
  for (const inner of statement.block ?? []) takeStatement(inner, host, around)
  const label = host.name === undefined ? undefined : cardLabel(declared, host.name)
  gathering.report.understand('host')
  gathering.cards.push({
    where: at(statement.offset),
    names: host.name === undefined ? [declared] : [host.name],
    macs: host.macs,
    addresses: host.addresses,
    ...(label !== undefined && { label }),
    facts: host.facts,
  })
}

/** `eth1.n001` and `n001-eth1` are cards of a host that is called n001; `n001_mac2` is another MAC of the same card. */
function cardLabel(text: string, name: string): string | undefined {
  const declared = text.replace(/_mac\d+$/, '')
  const short = name.split('.')[0] ?? ''
  if (declared.endsWith(`.${name}`)) return declared.slice(0, -name.length - 1)
  if (declared.endsWith(`.${short}`)) return declared.slice(0, -short.length - 1)
  return declared.startsWith(`${short}-`) ? declared.slice(short.length + 1) : undefined
}

function takeStatement(statement: Statement, host: Host, around: HostSurroundings): void {
  const name = nameOfStatement(statement)
  const words = statement.words.filter(({ kind }) => kind !== 'mark')
  const leave = (why: string, what: string = name): void =>
    around.gathering.report.leaveOut(around.at(statement.offset), what, why)
  const { report } = around.gathering
  const last = words.at(-1)
  switch (name) {
    case 'hardware': {
      const mac = words[1]?.text === 'ethernet' ? readMac(words[2]?.text ?? '') : undefined
      if (mac === undefined) return leave('it is no Ethernet address of one card')
      host.macs.push(mac)
      return report.understand('hardware ethernet')
    }
    case 'fixed-address':
      for (const { text } of words.slice(1)) {
        const address = parseIp4(text)
        if (address !== undefined) host.addresses.push(address)
        else leave('it is a name, and names are not looked up', `fixed-address ${text}`)
      }
      return report.understand('fixed-address')
    case 'option host-name':
      host.name = last?.text ?? ''
      return report.understand('option host-name')
    case 'filename':
      host.facts = { ...host.facts, bootFile: last?.text ?? '' }
      return report.understand('filename of a host')
    case 'uid':
    case 'option dhcp-client-identifier':
      return takeIdentifier('option dhcp-client-identifier', statement, host, around)
    case 'host-identifier': {
      const option = `option ${words[2]?.text.toLowerCase() ?? ''}`
      return takeIdentifier(option, statement, host, around)
    }
    default:
      return leave(leftOutBecause[name] ?? nothingLikeIt)
  }
}

function takeIdentifier(
  option: string,
  statement: Statement,
  host: Host,
  around: HostSurroundings,
): void {
  const { gathering, at } = around
  const { report } = gathering
  const last = statement.words.at(-1)
  // pxe-client-id is a type and the rest: `0 11:22:…`.
  const before = statement.words.at(-2)?.text ?? ''
  const type = /^\d{1,3}$/.test(before) ? [Number(before) & 255] : []
  const rest = last?.kind === 'string' ? latinOctets(last.text) : readOctets(last?.text ?? '')
  const octets = rest && Uint8Array.from([...type, ...rest])
  const leave = (why: string): void => report.leaveOut(at(statement.offset), option, why)
  switch (option) {
    case 'option dhcp-client-identifier': {
      const mac = macOfClientId(octets)
      if (mac === undefined)
        return leave('it holds no Ethernet address, and a client may call itself anything')
      host.macs.push(mac)
      return report.understand('client identifiers that are an Ethernet address')
    }
    case 'option agent.circuit-id':
      if (octets === undefined || octets.length === 0) return leave('it cannot be read')
      host.facts = { ...host.facts, port: portOfCircuitId(octets) }
      return report.understand('host-identifier agent.circuit-id, as the port')
    case 'option pxe-client-id': {
      const uuid = uuidOfClientMachineId(octets)
      if (uuid === undefined) return leave('it holds no UUID')
      host.facts = { ...host.facts, uuid }
      return report.understand('host-identifier pxe-client-id, as the UUID')
    }
    default:
      return leave('a machine is known by its cards, its port or its UUID only')
  }
}

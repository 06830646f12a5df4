// Why this file exists: a host of dhcpd.conf is one card of a machine: by its hardware address or by an identifier that
// says the same, with its addresses and its name.
import { type Ip4, parseIp4 } from '#directory'
import type { Gathering } from '../found.ts'
import {
  clientIdUnderstood,
  type Identified,
  type Take,
  takeCircuitId,
  takeClientId,
  takeClientMachineId,
  takeHardware,
} from '../identifier.ts'
import { latinOctets, readOctets } from '../values.ts'
import { leftOutBecause, nothingLikeIt } from './left-out.table.ts'
import type { Statement } from './statements.ts'

export interface HostSurroundings {
  readonly gathering: Gathering
  readonly at: (offset: number) => string
}

interface Host extends Identified {
  readonly addresses: Ip4[]
  name?: string
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
      const isEthernet = words[1]?.text === 'ethernet'
      const why = takeHardware(isEthernet ? (words[2]?.text ?? '') : '', host)
      if (why !== undefined) return leave(why)
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

interface Identifier {
  readonly take: Take<Uint8Array | undefined>
  readonly understood: string
}

const identifiers: ReadonlyMap<string, Identifier> = new Map([
  ['option dhcp-client-identifier', { take: takeClientId, understood: clientIdUnderstood }],
  [
    'option agent.circuit-id',
    { take: takeCircuitId, understood: 'host-identifier agent.circuit-id, as the port' },
  ],
  [
    'option pxe-client-id',
    { take: takeClientMachineId, understood: 'host-identifier pxe-client-id, as the UUID' },
  ],
])

function takeIdentifier(
  option: string,
  statement: Statement,
  host: Host,
  { gathering: { report }, at }: HostSurroundings,
): void {
  const identifier = identifiers.get(option)
  const why = identifier
    ? identifier.take(octetsOf(statement), host)
    : 'a machine is known by its cards, its port or its UUID only'
  if (why !== undefined) report.leaveOut(at(statement.offset), option, why)
  else if (identifier) report.understand(identifier.understood)
}

function octetsOf({ words }: Statement): Uint8Array | undefined {
  const last = words.at(-1)
  // pxe-client-id is a type and the rest: `0 11:22:…`.
  const before = words.at(-2)?.text ?? ''
  const type = /^\d{1,3}$/.test(before) ? [Number(before) & 255] : []
  const rest = last?.kind === 'string' ? latinOctets(last.text) : readOctets(last?.text ?? '')
  return rest && Uint8Array.from([...type, ...rest])
}

// Why this file exists: a reservation names one client by one of five identifiers; those that are a card, a port or a UUID
// become a machine, the others cannot.
import { parseIp4 } from '#directory'
import type { FoundCard } from '../found.ts'
import type { MachineFacts } from '../outcome.ts'
import {
  latinOctets,
  macOfClientId,
  portOfCircuitId,
  readMac,
  readOctets,
  uuidOfClientMachineId,
} from '../values.ts'
import type { Json } from './json.ts'
import { leftOutBecause } from './left-out.table.ts'
import { readOptions } from './options.ts'
import { eachItem, type KeaSurroundings, takeMembers, type Takers, textOf } from './walk.ts'

/** What the flexible identifier of this file stands for, if it is something that we know. */
export type FlexMeaning = 'port' | 'mac' | undefined

export interface ReservationPlace extends KeaSurroundings {
  readonly flex: FlexMeaning
}

type Draft = { -readonly [Key in 'names' | 'macs' | 'addresses']: FoundCard[Key][number][] } & {
  facts: MachineFacts
}

export function readReservation(item: Json, path: string, place: ReservationPlace): void {
  const { gathering, places } = place
  const draft: Draft = { names: [], macs: [], addresses: [], facts: {} }
  const takers = { ...identifierTakers(draft, place), ...describingTakers(draft, path, place) }
  takeMembers(item, path, takers, place)
  if (item.kind !== 'object') return
  gathering.report.understand('reservation')
  gathering.cards.push({ where: places.at(item.offset), ...draft })
}

function identifierTakers(draft: Draft, place: ReservationPlace): Takers {
  const { gathering, places } = place
  return {
    'hw-address': (value) => {
      const text = textOf(value) ?? ''
      const mac = readMac(text)
      if (mac !== undefined) return void draft.macs.push(mac)
      const why = 'it is no Ethernet address of one card'
      gathering.report.leaveOut(places.at(value.offset), `hw-address ${text}`, why)
    },
    'client-id': (value) => takeClientId(value, draft, place),
    'circuit-id': (value) => takePort(value, draft, place),
    'flex-id': (value) => takeFlexId(value, draft, place),
    'ip-address': (value) => {
      const text = textOf(value) ?? ''
      const address = parseIp4(text)
      if (address !== undefined) return void draft.addresses.push(address)
      const why = 'it is no IPv4 address'
      gathering.report.leaveOut(places.at(value.offset), `ip-address ${text}`, why)
    },
  }
}

function describingTakers(draft: Draft, path: string, place: ReservationPlace): Takers {
  const add = (facts: MachineFacts): void => {
    draft.facts = { ...facts, ...draft.facts }
  }
  return {
    hostname: (value) => {
      const name = textOf(value) ?? ''
      if (name !== '') draft.names.unshift(name)
    },
    'boot-file-name': (value) => {
      const bootFile = textOf(value) ?? ''
      if (bootFile !== '') add({ bootFile })
    },
    'option-data': (value) => {
      const options = { ...place, path: `${path}.option-data`, isOfReservation: true }
      const { hostName, bootFile } = readOptions(value, options)
      if (hostName !== undefined) draft.names.push(hostName)
      if (bootFile !== undefined) add({ bootFile })
    },
    'client-classes': (value) => {
      const tags: string[] = []
      eachItem(value, `${path}.client-classes`, place, (each) => {
        tags.push(...(textOf(each) ?? '').split(/\s+/))
      })
      add({ tags: tags.filter((tag) => tag !== '') })
      place.gathering.report.understand('client-classes of a reservation, as tags')
    },
    'next-server': (value) => takeServer(value, 'next-server', place),
    'server-hostname': (value) => takeServer(value, 'server-hostname', place),
  }
}

/** Empty ones are what Kea prints for "none". */
function takeServer(value: Json, name: string, { gathering, places }: ReservationPlace): void {
  const text = textOf(value) ?? ''
  if (text === '' || text === '0.0.0.0') return
  gathering.report.leaveOut(places.at(value.offset), name, leftOutBecause[name] ?? '')
}

/** `01:11:22`, `011122` or `'text'`. */
function octetsOf(value: Json): Uint8Array | undefined {
  const text = textOf(value) ?? ''
  const quoted = /^'(.*)'$/s.exec(text)?.[1]
  return quoted === undefined ? readOctets(text) : latinOctets(quoted)
}

function takeClientId(value: Json, draft: Draft, { gathering, places }: ReservationPlace): void {
  const octets = octetsOf(value)
  const mac = macOfClientId(octets)
  const uuid = uuidOfClientMachineId(octets)
  if (mac !== undefined) draft.macs.push(mac)
  else if (uuid !== undefined) draft.facts = { ...draft.facts, uuid }
  else {
    const why = 'it holds no Ethernet address, and a client may call itself anything'
    return gathering.report.leaveOut(places.at(value.offset), 'client-id', why)
  }
  gathering.report.understand('client identifiers that are an Ethernet address or a UUID')
}

function takePort(value: Json, draft: Draft, { gathering, places }: ReservationPlace): void {
  const octets = octetsOf(value)
  if (octets === undefined || octets.length === 0) {
    return gathering.report.leaveOut(places.at(value.offset), 'circuit-id', 'it cannot be read')
  }
  draft.facts = { ...draft.facts, port: portOfCircuitId(octets) }
  gathering.report.understand('circuit-id, as the port')
}

function takeFlexId(value: Json, draft: Draft, place: ReservationPlace): void {
  const { gathering, places, flex } = place
  if (flex === 'port') return takePort(value, draft, place)
  const octets = octetsOf(value)
  const hex =
    octets?.length === 6
      ? [...octets].map((each) => each.toString(16).padStart(2, '0')).join(':')
      : ''
  const mac =
    flex === 'mac'
      ? (readMac(hex) ?? readMac((textOf(value) ?? '').replaceAll("'", '')))
      : undefined
  if (mac !== undefined) {
    draft.macs.push(mac)
    return gathering.report.understand('flex-id that is the Ethernet address')
  }
  const why = 'what it identifies is decided by an expression of a hook'
  gathering.report.leaveOut(places.at(value.offset), 'flex-id', why)
}

// Why this file exists: a reservation names one client by one of five identifiers; those that are a card, a port or a UUID
// become a machine, the others cannot.
import { type Ip4, parseIp4 } from '#directory'
import {
  clientIdUnderstood,
  type Identified,
  takeCircuitId,
  takeClientId,
  takeHardware,
} from '../identifier.ts'
import type { MachineFacts } from '../outcome.ts'
import { latinOctets, readOctets } from '../values.ts'
import type { Json } from './json.ts'
import { leftOutBecause } from './left-out.table.ts'
import { readOptions } from './options.ts'
import { eachItem, type KeaSurroundings, takeMembers, type Takers, textOf } from './walk.ts'

/** What the flexible identifier of this file stands for, if it is something that we know. */
export type FlexMeaning = 'port' | 'mac' | undefined

export interface ReservationPlace extends KeaSurroundings {
  readonly flex: FlexMeaning
}

interface Draft extends Identified {
  readonly names: string[]
  readonly addresses: Ip4[]
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
  const told = (value: Json, what: string, why: string | undefined, understood?: string): void => {
    const { report } = place.gathering
    if (why !== undefined) report.leaveOut(place.places.at(value.offset), what, why)
    else if (understood !== undefined) report.understand(understood)
  }
  const takePort = (value: Json): void =>
    told(value, 'circuit-id', takeCircuitId(octetsOf(value), draft), 'circuit-id, as the port')
  return {
    'hw-address': (value) => {
      const text = textOf(value) ?? ''
      told(value, `hw-address ${text}`, takeHardware(text, draft))
    },
    'client-id': (value) =>
      told(value, 'client-id', takeClientId(octetsOf(value), draft), clientIdUnderstood),
    'circuit-id': takePort,
    'flex-id': (value) => {
      if (place.flex === 'port') takePort(value)
      else
        told(
          value,
          'flex-id',
          takeFlexId(value, draft, place.flex),
          'flex-id that is the Ethernet address',
        )
    },
    'ip-address': (value) => {
      const text = textOf(value) ?? ''
      const address = parseIp4(text)
      if (address !== undefined) draft.addresses.push(address)
      else told(value, `ip-address ${text}`, 'it is no IPv4 address')
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

function takeFlexId(value: Json, draft: Draft, flex: FlexMeaning): string | undefined {
  const octets = octetsOf(value)
  const hex =
    octets?.length === 6
      ? [...octets].map((each) => each.toString(16).padStart(2, '0')).join(':')
      : ''
  const text = (textOf(value) ?? '').replaceAll("'", '')
  const isMac =
    flex === 'mac' && [hex, text].some((each) => takeHardware(each, draft) === undefined)
  return isMac ? undefined : 'what it identifies is decided by an expression of a hook'
}

// Why this file exists: option-data names options by name or by number, as text or as hex; the few that the directory
// knows are read here.
import { type Ip4, ip4, parseIp4 } from '#directory'
import { readOctets } from '../values.ts'
import type { Json } from './json.ts'
import { nothingLikeIt, optionLeftOutBecause, optionNames } from './left-out.table.ts'
import { eachItem, type KeaSurroundings, member, textOf } from './walk.ts'

export interface KeptOptions {
  gateway?: Ip4
  hostName?: string
  bootFile?: string
}

export interface OptionPlace extends KeaSurroundings {
  readonly path: string
  /** A reservation may have a host name and a boot file, a network may not. */
  readonly isOfReservation: boolean
}

export function readOptions(value: Json, place: OptionPlace): KeptOptions {
  const kept: KeptOptions = {}
  eachItem(value, place.path, place, (item) => readOption(item, kept, place))
  return kept
}

function readOption(item: Json, kept: KeptOptions, place: OptionPlace): void {
  const { gathering, places, isOfReservation } = place
  const { report } = gathering
  const code = member(item, 'code')
  const byNumber =
    code?.kind === 'number' ? (optionNames[code.value] ?? `${code.value}`) : undefined
  const space = textOf(member(item, 'space')) ?? 'dhcp4'
  const name = space === 'dhcp4' ? (textOf(member(item, 'name')) ?? byNumber ?? '?') : `of ${space}`
  const data = dataOf(item)
  const leave = (why: string): void =>
    report.leaveOut(places.at(item.offset), `option ${name}`, why)
  if (name === 'routers' && !isOfReservation) {
    const [first = '', ...more] = data.split(',')
    const router = parseIp4(first.trim()) ?? addressOf(item)
    if (router === undefined) return leave('its router is no address')
    kept.gateway ??= router
    if (more.length > 0) leave('a network has one router here: the first is kept')
    return report.understand('option routers')
  }
  if (name === 'domain-name' && gathering.addDomain(data))
    return report.understand('option domain-name')
  if (name === 'host-name' && isOfReservation) {
    kept.hostName = data
    return report.understand('option host-name')
  }
  if (name === 'boot-file-name' && isOfReservation) {
    kept.bootFile = data
    return report.understand('boot-file-name of a reservation')
  }
  leave(optionLeftOutBecause[name] ?? nothingLikeIt)
}

/** A backslash keeps a comma from ending the value. */
function dataOf(item: Json): string {
  return (textOf(member(item, 'data')) ?? '').replaceAll('\\,', ',')
}

/** `"csv-format": false`: four octets in hex. */
function addressOf(item: Json): Ip4 | undefined {
  const octets = readOctets(textOf(member(item, 'data')) ?? '')
  if (octets?.length !== 4) return undefined
  return ip4(octets.reduce((sum, octet) => sum * 256 + octet, 0))
}

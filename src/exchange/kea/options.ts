// Why this file exists: option-data names options by name or by number, as text or as hex; the few that the directory
// knows are read here.
import { type Ip4, ip4, parseIp4, type Route } from '#directory'
import {
  isSameRoutes,
  notOfNetwork,
  otherRoutes,
  type RouteCode,
  routeCode,
  routesOfPairs,
  routesOfParts,
  unreadableRoutes,
} from '../routes.ts'
import { readOctets } from '../values.ts'
import type { Json } from './json.ts'
import { nothingLikeIt, optionLeftOutBecause, optionNames } from './left-out.table.ts'
import { eachItem, type KeaSurroundings, member, textOf } from './walk.ts'

export interface KeptOptions {
  gateway?: Ip4
  routes?: readonly Route[]
  /** By option 249. */
  windowsRoutes?: readonly Route[]
  hostName?: string
  bootFile?: string
}

export interface OptionPlace extends KeaSurroundings {
  readonly path: string
  /** A reservation may have a host name and a boot file, a network may not. */
  readonly isOfReservation: boolean
  /** What the file itself calls the options of routes. */
  readonly routeNames?: ReadonlyMap<string, RouteCode>
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
  const routes = routeCodeOf(name, code, place)
  if (routes === undefined) return leave(optionLeftOutBecause[name] ?? nothingLikeIt)
  if (isOfReservation) return leave(notOfNetwork)
  const why = takeRoutes(data, routes, kept)
  if (why === undefined) report.understand('option classless-static-route')
  else leave(why)
}

function routeCodeOf(
  name: string,
  code: Json | undefined,
  { routeNames }: OptionPlace,
): RouteCode | undefined {
  if (name.startsWith('of ')) return undefined
  if (code?.kind === 'number') return routeCode(code.value)
  return name === 'classless-static-route' ? 121 : routeNames?.get(name)
}

/** Why something of it is left out. */
function takeRoutes(data: string, code: RouteCode, kept: KeptOptions): string | undefined {
  const parts = data.split(',').map((part) => part.trim())
  // `10.0.0.0/8 - 10.1.0.1`, as later releases of Kea have it.
  const isText = data.includes('/')
  const pairs = parts.flatMap((part) => part.split('-').map((each) => each.trim()))
  const routes = isText ? routesOfPairs(pairs) : routesOfParts(parts)
  if (routes === undefined) return unreadableRoutes
  const other = code === 121 ? kept.windowsRoutes : kept.routes
  if (code === 121) kept.routes ??= routes
  else kept.windowsRoutes ??= routes
  return other && !isSameRoutes(other, routes) ? otherRoutes : undefined
}

/** `option-def` of 121 or 249, whose values are sent as they are written; `undefined`: something else. */
export function routeName(item: Json): readonly [string, RouteCode] | undefined {
  const code = member(item, 'code')
  const number = code?.kind === 'number' ? routeCode(code.value) : undefined
  const name = textOf(member(item, 'name'))
  const type = textOf(member(item, 'type')) ?? ''
  const types = type === 'record' ? (textOf(member(item, 'record-types')) ?? '') : type
  const isOctets = types.split(',').every((one) => octetTypes.has(one.trim()))
  return number !== undefined && name !== undefined && isOctets ? [name, number] : undefined
}

const octetTypes: ReadonlySet<string> = new Set(['uint8', 'int8', 'ipv4-address', 'binary'])

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

// Why this file exists: what a Kea configuration means: subnets, alone or in shared networks, and reservations wherever
// they stand.
import { contains, ip4, type Ip4, netmask, parseIp4, type Route, type Subnet } from '#directory'
import type { FoundPool, Gathering } from '../found.ts'
import { type RouteCode, routesWithin } from '../routes.ts'
import { Places, type SourceFile } from '../source.ts'
import type { AddressRange } from '../values.ts'
import { type Json, parseKeaJson } from './json.ts'
import { leftOutBecause } from './left-out.table.ts'
import { readOptions, routeName } from './options.ts'
import { type FlexMeaning, readReservation } from './reservation.ts'
import { eachItem, member, takeMembers, textOf } from './walk.ts'

export function readKea(file: SourceFile, gathering: Gathering, others: ReadonlySet<string>): void {
  const places = new Places(file)
  const { report } = gathering
  const parsed = parseKeaJson(file.text)
  if (!parsed.ok)
    return report.refuse(
      places.at(parsed.offset),
      `this is not JSON as Kea reads it: ${parsed.why}`,
    )
  for (const { path, offset } of parsed.includes) {
    if (others.has(path.split('/').at(-1) ?? '')) report.understand('include of a file given here')
    else
      report.leaveOut(
        places.at(offset),
        `include "${path}"`,
        'other files are not opened; put its text here',
      )
  }
  const root = rootOf(parsed.value)
  if (root === undefined) return report.refuse(places.at(parsed.value.offset), 'it holds no Dhcp4')
  new KeaReader(gathering, places).read(root)
}

/** After blanks and comments a brace, and somewhere outside of lines of comments the name of the whole. */
export function looksLikeKea(text: string): boolean {
  const start = /^(?:[\s\ufeff[]+|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\/)*/.exec(text)?.[0].length ?? 0
  if (text[start] !== '{') return false
  return /^(?![ \t]*(?:#|\/\/))[^\n]*"Dhcp[46]"\s*:/m.test(text)
}

/** The file itself, or what `config-get` answers. */
function rootOf(value: Json): Json | undefined {
  const answer = value.kind === 'list' ? value.items[0] : value
  if (answer === undefined) return undefined
  const root = member(answer, 'arguments') ?? answer
  if (member(root, 'Dhcp4') !== undefined) return root
  const isInner = ['subnet4', 'shared-networks', 'reservations'].some(
    (name) => member(root, name) !== undefined,
  )
  return isInner ? inDhcp4(root) : undefined
}

/** What stands in a file that another one includes. */
function inDhcp4(value: Json): Json {
  return {
    kind: 'object',
    offset: value.offset,
    members: [{ name: 'Dhcp4', offset: value.offset, value }],
  }
}

interface Level {
  readonly leaseSeconds?: number
  readonly gateway?: Ip4
  readonly routes?: readonly Route[]
  readonly name?: string
  /** Why its pools are not for machines that nobody described. */
  readonly closedBecause?: string
}

class KeaReader {
  readonly #gathering: Gathering
  readonly #places: Places
  #flex: FlexMeaning
  readonly #routeNames = new Map<string, RouteCode>()

  constructor(gathering: Gathering, places: Places) {
    this.#gathering = gathering
    this.#places = places
  }

  read(root: Json): void {
    const ignored = (): void => undefined
    const dhcp4 = (value: Json): void => this.#dhcp4(value)
    takeMembers(
      root,
      'file',
      { Dhcp4: dhcp4, Logging: ignored, result: ignored, hash: ignored },
      this.#around(),
    )
  }

  #around(): { readonly gathering: Gathering; readonly places: Places } {
    return { gathering: this.#gathering, places: this.#places }
  }

  #dhcp4(value: Json): void {
    const hooks = member(value, 'hooks-libraries')
    this.#flex = hooks === undefined ? undefined : flexMeaning(hooks)
    const definitions = member(value, 'option-def')
    if (definitions !== undefined) this.#defineOptions(definitions)
    const level = this.#levelOf(value, 'Dhcp4', {})
    const takers = {
      ...this.#levelTakers,
      'option-def': (): void => undefined,
      subnet4: (list: Json) => this.#subnets(list, 'subnet4', level),
      'shared-networks': (list: Json) =>
        eachItem(list, 'shared-networks', this.#around(), (item, path) =>
          this.#shared(item, path, level),
        ),
      reservations: (list: Json) => this.#reservations(list, 'reservations'),
      'ddns-qualifying-suffix': (suffix: Json) => this.#domain(suffix),
    }
    takeMembers(value, 'Dhcp4', takers, this.#around())
  }

  #defineOptions(value: Json): void {
    const items = value.kind === 'list' ? value.items : []
    const names = items.map(routeName)
    for (const known of names) if (known) this.#routeNames.set(...known)
    if (items.length > 0 && names.every((known) => known !== undefined))
      return this.#gathering.report.understand('option-def of routes')
    this.#leave(value, 'Dhcp4.option-def', leftOutBecause['option-def'] ?? '')
  }

  /** Read before by `levelOf`, since they count for all that stands beside them. */
  readonly #levelTakers = {
    'valid-lifetime': (): void => undefined,
    'option-data': (): void => undefined,
  }

  #levelOf(value: Json, path: string, outer: Level): Level {
    const lifetime = member(value, 'valid-lifetime')
    const options = member(value, 'option-data')
    const place = {
      ...this.#around(),
      path: `${path}.option-data`,
      isOfReservation: false,
      routeNames: this.#routeNames,
    }
    const kept = options === undefined ? {} : readOptions(options, place)
    const isNumber = lifetime?.kind === 'number' && Number.isSafeInteger(lifetime.value)
    if (isNumber) this.#gathering.report.understand('valid-lifetime')
    else if (lifetime !== undefined)
      this.#leave(lifetime, `${path}.valid-lifetime`, 'it is no number of seconds')
    const closed = closedBecause(value)
    const routes = kept.routes ?? kept.windowsRoutes
    return {
      ...outer,
      ...(isNumber && { leaseSeconds: lifetime.value }),
      ...(kept.gateway !== undefined && { gateway: kept.gateway }),
      ...(routes && { routes }),
      ...(closed !== undefined && { closedBecause: closed }),
    }
  }

  #shared(value: Json, path: string, outer: Level): void {
    const name = textOf(member(value, 'name'))
    const level = this.#levelOf(value, path, { ...outer, ...(name !== undefined && { name }) })
    const takers = {
      ...this.#levelTakers,
      name: (): void => undefined,
      subnet4: (list: Json) => this.#subnets(list, `${path}.subnet4`, level),
      reservations: (list: Json) => this.#reservations(list, `${path}.reservations`),
      'ddns-qualifying-suffix': (suffix: Json) => this.#domain(suffix),
    }
    takeMembers(value, path, takers, this.#around())
    this.#gathering.report.understand('shared-network')
    const list = member(value, 'subnet4')
    if (list?.kind === 'list' && list.items.length < 2) return
    this.#leave(
      value,
      path,
      'that its subnets share a wire is not kept; each is a network of its own',
    )
  }

  #subnets(value: Json, path: string, level: Level): void {
    eachItem(value, path, this.#around(), (item, itemPath) => this.#subnet(item, itemPath, level))
  }

  #subnet(value: Json, path: string, outer: Level): void {
    const text = textOf(member(value, 'subnet')) ?? ''
    const subnet = subnetOf(text)
    const level = this.#levelOf(value, path, outer)
    const pools: FoundPool[] = []
    const takers = {
      ...this.#levelTakers,
      subnet: (): void => undefined,
      pools: (list: Json) =>
        eachItem(list, `${path}.pools`, this.#around(), (item, itemPath) => {
          this.#pool(item, itemPath, level, pools)
        }),
      reservations: (list: Json) => this.#reservations(list, `${path}.reservations`),
      'ddns-qualifying-suffix': (suffix: Json) => this.#domain(suffix),
      'next-server': (server: Json) => this.#unlessEmpty(server, `${path}.next-server`),
      'server-hostname': (server: Json) => this.#unlessEmpty(server, `${path}.server-hostname`),
      'boot-file-name': (file: Json) => this.#unlessEmpty(file, `${path}.boot-file-name`),
    }
    takeMembers(value, path, takers, this.#around())
    if (value.kind !== 'object') return
    if (subnet === undefined) return this.#leave(value, `subnet ${text}`, 'it is no IPv4 network')
    const { gateway, leaseSeconds, name } = level
    const routes = outer.routes === level.routes ? routesWithin(subnet, level.routes) : level.routes
    const isOwn = gateway !== undefined && (outer.gateway !== gateway || contains(subnet, gateway))
    this.#gathering.networks.push({
      where: this.#places.at(value.offset),
      subnet,
      pools,
      ...(name !== undefined && { name }),
      ...(isOwn && { gateway }),
      ...(routes && { routes }),
      ...(leaseSeconds !== undefined && { leaseSeconds }),
    })
    this.#gathering.report.understand('subnet4')
  }

  #pool(value: Json, path: string, level: Level, pools: FoundPool[]): void {
    const text = textOf(member(value, 'pool')) ?? ''
    const options = (list: Json): void =>
      this.#leave(list, `${path}.option-data`, 'a pool has no options of its own here')
    takeMembers(value, path, { pool: () => undefined, 'option-data': options }, this.#around())
    if (value.kind !== 'object') return
    const range = rangeOf(text)
    const closed = closedBecause(value) ?? level.closedBecause
    if (range === undefined)
      return this.#leave(value, `pool ${text}`, 'it is no range of IPv4 addresses')
    if (closed !== undefined) return this.#leave(value, `pool ${text}`, closed)
    pools.push({ where: this.#places.at(value.offset), ...range })
    this.#gathering.report.understand('pool')
  }

  #reservations(value: Json, path: string): void {
    const place = { ...this.#around(), flex: this.#flex }
    eachItem(value, path, place, (item, itemPath) => readReservation(item, itemPath, place))
  }

  #domain(value: Json): void {
    if (this.#gathering.addDomain(textOf(value) ?? '')) {
      this.#gathering.report.understand('ddns-qualifying-suffix')
    }
  }

  #unlessEmpty(value: Json, path: string): void {
    const text = textOf(value) ?? ''
    if (text !== '' && text !== '0.0.0.0')
      this.#leave(value, path, 'the appliance decides what machines boot, and serves it')
  }

  #leave(value: Json, what: string, why: string): void {
    this.#gathering.report.leaveOut(this.#places.at(value.offset), what, why)
  }
}

/** A pool here is for machines that nobody described. */
function closedBecause(value: Json): string | undefined {
  const list = member(value, 'client-classes')
  const one = textOf(member(value, 'client-class'))
  const classes = list?.kind === 'list' ? list.items.flatMap((item) => textOf(item) ?? []) : []
  const names = one === undefined || one === '' ? classes : [...classes, one]
  const others = names.filter((name) => name !== 'UNKNOWN' && name !== 'ALL')
  return others.length > 0 ? `it is for the class ${others.join(', ')} only` : undefined
}

/** `192.0.2.0/24`; host bits are Kea's to forgive, so they are ours. */
function subnetOf(text: string): Subnet | undefined {
  const [address = '', length = '', rest] = text.split('/')
  const number = parseIp4(address.trim())
  if (number === undefined || rest !== undefined || !/^\d{1,2}$/.test(length)) return undefined
  const prefix = Number(length)
  return prefix > 32 ? undefined : { number: ip4((number & netmask(prefix)) >>> 0), prefix }
}

/** `192.0.2.1 - 192.0.2.200` or `192.0.2.64/26`. */
function rangeOf(text: string): AddressRange | undefined {
  const subnet = subnetOf(text)
  if (subnet !== undefined) {
    const last = ip4((subnet.number | (~netmask(subnet.prefix) >>> 0)) >>> 0)
    return { first: subnet.number, last }
  }
  const [from = '', to = '', rest] = text.split('-')
  const first = parseIp4(from.trim())
  const last = parseIp4(to.trim())
  return rest !== undefined || first === undefined || last === undefined
    ? undefined
    : { first, last }
}

function flexMeaning(hooks: Json): FlexMeaning {
  const libraries = hooks.kind === 'list' ? hooks.items : []
  const expressions = libraries.flatMap((library) => {
    const parameters = member(library, 'parameters')
    return (parameters && textOf(member(parameters, 'identifier-expression'))) ?? []
  })
  const expression = expressions[0]?.replaceAll(/\s/g, '')
  if (expression === undefined) return undefined
  if (/^relay4\[1\]\.(hex|text)$/.test(expression)) return 'port'
  return /^(pkt4\.mac|hexstring\(pkt4\.mac,'[:-]?'\))$/.test(expression) ? 'mac' : undefined
}

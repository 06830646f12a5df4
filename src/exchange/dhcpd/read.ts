// Why this file exists: what a dhcpd.conf means: networks with their pools and routers, and hosts, wherever they stand.
import { contains, type Ip4, parseIp4, prefixOfMask, type Route, type Subnet } from '#directory'
import type { FoundNetwork, FoundPool, Gathering } from '../found.ts'
import {
  isSameRoutes,
  notOfNetwork,
  otherRoutes,
  routesOfParts,
  routesWithin,
  unreadableRoutes,
} from '../routes.ts'
import { Places, type SourceFile } from '../source.ts'
import { nameOfStatement, readHost } from './host.ts'
import { leftOutBecause, nothingLikeIt } from './left-out.table.ts'
import { RouteOptions } from './route-options.ts'
import { inherited, isWithin, type Scope, type ScopeKind } from './scope.ts'
import { parseStatements, type Statement } from './statements.ts'

export function readDhcpd(
  file: SourceFile,
  gathering: Gathering,
  others: ReadonlySet<string>,
): void {
  const places = new Places(file)
  const statements = parseStatements(file.text, places, gathering.report)
  new DhcpdReader(gathering, places, others).read(statements, { kind: 'file', subnets: [] })
}

/** Statements at the start of a line, so that prose and other formats do not look like it. */
const telling = [
  /^[ \t]*subnet\s+[\d./]+(\s+netmask\s+[\d.]+)?\s*\{/m,
  /^[ \t]*(host|shared-network|group|class|pool)(\s+\S+)?\s*\{/m,
  /^[ \t]*option\s+[\w.-]+(\s[^;\n]*)?;/m,
  /^[ \t]*(default|max)-lease-time\s+\d+\s*;/m,
]

export function looksLikeDhcpd(text: string): boolean {
  return telling.some((shape) => shape.test(text))
}

class DhcpdReader {
  readonly #gathering: Gathering
  readonly #places: Places
  /** Names of files that are read in the same import. */
  readonly #others: ReadonlySet<string>
  readonly #routeOptions = new RouteOptions()

  constructor(gathering: Gathering, places: Places, others: ReadonlySet<string>) {
    this.#gathering = gathering
    this.#places = places
    this.#others = others
  }

  /** A parameter counts for the whole block, also for what stands before it. */
  read(statements: readonly Statement[], scope: Scope): void {
    const ranges: Statement[] = []
    for (const statement of statements) {
      if (statement.block !== undefined) continue
      if (first(statement) === 'range') ranges.push(statement)
      else this.#parameter(statement, scope)
    }
    for (const range of ranges) this.#range(range, scope)
    const rank = ({ words }: Statement): number => (words[0]?.text === 'pool' ? 1 : 0)
    const blocks = statements.filter(({ block }) => block !== undefined)
    // Pools of a shared network come last: they need its subnets.
    for (const block of blocks.toSorted((one, other) => rank(one) - rank(other)))
      this.#block(block, scope)
  }

  #parameter(statement: Statement, scope: Scope): void {
    const { report } = this.#gathering
    const name = nameOfStatement(statement)
    const [value = ''] = valuesOf(statement, name)
    switch (name) {
      case 'default-lease-time':
        if (scope.kind === 'pool')
          return this.#leave(statement, 'a network has one length of leases')
        if (/^\d{1,10}$/.test(value)) {
          scope.leaseSeconds = Number(value)
          return report.understand('default-lease-time')
        }
        return this.#leave(statement, 'it is no number of seconds')
      case 'option routers':
        return this.#routers(statement, scope)
      case 'option domain-name':
        if (this.#gathering.addDomain(value)) return report.understand('option domain-name')
        return this.#leave(statement, 'it is no domain name')
      case 'use-host-decl-names':
        return report.understand('use-host-decl-names')
      case 'include':
        return this.#include(statement, value)
      case 'allow':
      case 'deny':
      case 'ignore':
        return this.#permit(statement, scope)
      default:
        return this.#routes(statement, scope)
    }
  }

  #routers(statement: Statement, scope: Scope): void {
    const [text = '', ...more] = valuesOf(statement, 'option routers')
    const router = parseIp4(text)
    if (router === undefined)
      return this.#leave(statement, `${text} is no address, and names are not looked up`)
    scope.gateway = router
    this.#gathering.report.understand('option routers')
    if (more.length > 0) this.#leave(statement, 'a network has one router here: the first is kept')
  }

  #routes(statement: Statement, scope: Scope): void {
    const { report } = this.#gathering
    if (this.#routeOptions.isDefinition(statement)) return report.understand('option code 121, 249')
    const code = this.#routeOptions.codeOf(statement)
    if (code === undefined) return this.#leave(statement)
    if (scope.kind !== 'subnet' && isWithin(scope, 'subnet'))
      return this.#leave(statement, notOfNetwork)
    const routes = routesOfParts(valuesOf(statement, nameOfStatement(statement)))
    if (routes === undefined) return this.#leave(statement, unreadableRoutes)
    const other = code === 121 ? scope.windowsRoutes : scope.routes
    if (other && !isSameRoutes(other, routes)) this.#leave(statement, otherRoutes)
    if (code === 121) scope.routes = routes
    else scope.windowsRoutes = routes
    report.understand('option classless-static-routes')
  }

  #include(statement: Statement, path: string): void {
    const base = path.split('/').at(-1) ?? ''
    if (this.#others.has(base))
      return this.#gathering.report.understand('include of a file given here')
    this.#leaveAs(
      statement,
      `include "${path}"`,
      'other files are not opened; give it along with this one',
    )
  }

  /** Our pool is for machines that nobody described, so what is closed to them is no pool here. */
  #permit(statement: Statement, scope: Scope): void {
    const [verb = '', ...rest] = statement.words.map(({ text }) => text)
    const whom = rest.join(' ')
    const isDenied = verb !== 'allow'
    const { report } = this.#gathering
    if (/^unknown[- ]clients$/.test(whom)) {
      if (isDenied)
        scope.closedBecause = 'it is closed to unknown clients, and a pool here is for them'
      return report.understand(`${verb} ${whom}`)
    }
    if (/^known[- ]clients$/.test(whom)) {
      if (!isDenied)
        scope.closedBecause = 'it is for known clients, and a pool here is for unknown ones'
      return report.understand(`${verb} ${whom}`)
    }
    if (whom.startsWith('members of') || /clients?$/.test(whom)) {
      scope.closedBecause = `it is limited: ${verb} ${whom}`
      return this.#leave(statement, 'a pool here is for every machine that nobody described')
    }
    this.#leave(statement)
  }

  #range(statement: Statement, scope: Scope): void {
    const { words } = statement
    const addresses = words.slice(1).filter(({ text }) => text !== 'dynamic-bootp' && text !== ',')
    const [from, to] = addresses.map(({ text }) => parseIp4(text))
    const where = this.#at(statement)
    if (!isWithin(scope, 'pool') && !isWithin(scope, 'subnet')) {
      return this.#refuse(statement, 'range declared outside of a subnet')
    }
    if (from === undefined || (addresses.length > 1 && to === undefined)) {
      return this.#leave(statement, 'its addresses cannot be read')
    }
    this.#addPool(statement, scope, { where, first: from, last: to ?? from })
  }

  #addPool(statement: Statement, scope: Scope, pool: FoundPool): void {
    const closed = inherited(scope, 'closedBecause')
    if (closed !== undefined) return this.#leave(statement, closed)
    const subnet = subnetsOf(scope).find((each) => each.contains(pool.first))
    if (subnet === undefined)
      return this.#leave(statement, 'it is in none of the subnets around it')
    subnet.pools.push(pool)
    this.#gathering.report.understand('range')
  }

  #block(statement: Statement, scope: Scope): void {
    const kind = first(statement)
    const name = statement.words[1]?.text ?? ''
    switch (kind) {
      case 'subnet':
        return this.#subnet(statement, scope)
      case 'shared-network':
        if (isWithin(scope, 'shared-network') || isWithin(scope, 'subnet')) {
          return this.#refuse(statement, 'shared-network declarations are not allowed here')
        }
        if (name === '') return this.#refuse(statement, 'a shared network needs a name')
        return this.#inner(statement, scope, 'shared-network', { sharedName: name })
      case 'group':
        this.#gathering.report.understand('group')
        return this.#inner(statement, scope, 'group')
      case 'pool':
        if (!isWithin(scope, 'subnet') && !isWithin(scope, 'shared-network')) {
          return this.#refuse(statement, 'pool declared outside of a subnet or shared network')
        }
        return this.#inner(statement, scope, 'pool')
      case 'host':
        this.#checkHost(statement)
        return readHost(statement, {
          gathering: this.#gathering,
          at: (offset) => this.#places.at(offset),
        })
      case 'class':
        this.#checkClass(statement)
        return this.#leave(statement)
      default:
        return this.#leave(statement)
    }
  }

  #checkHost({ block = [] }: Statement): void {
    for (const inner of block) {
      const kind = first(inner)
      if (inner.block !== undefined && declarations.has(kind)) {
        this.#refuse(inner, `${kind} declarations are not allowed inside a host`)
      }
    }
  }

  #checkClass({ block = [] }: Statement): void {
    const [, second] = block.filter((inner) => first(inner) === 'match')
    if (second !== undefined) this.#refuse(second, 'a class may have one match clause only')
  }

  #inner(
    statement: Statement,
    parent: Scope,
    kind: ScopeKind,
    more: { sharedName?: string } = {},
  ): void {
    // Pools and groups add to the subnets around them; a shared network has its own.
    const subnets = kind === 'shared-network' ? [] : parent.subnets
    this.read(statement.block ?? [], { kind, parent, subnets, ...more })
    if (kind !== 'shared-network') return
    this.#gathering.report.understand('shared-network')
    // One subnet alone has the wire for itself.
    if (subnets.length < 2) return
    this.#leave(
      statement,
      'that its subnets share a wire is not kept; each is a network of its own',
    )
  }

  #subnet(statement: Statement, parent: Scope): void {
    if (isWithin(parent, 'subnet'))
      return this.#refuse(statement, 'subnet declarations are not allowed here')
    const subnet = this.#subnetIn(statement)
    if (subnet === undefined) return
    const pools: FoundPool[] = []
    const own = { pools, contains: (address: Ip4) => contains(subnet, address) }
    parent.subnets.push(own)
    const scope: Scope = { kind: 'subnet', parent, subnets: [own] }
    this.read(statement.block ?? [], scope)
    const name = inherited(scope, 'sharedName')
    const gateway = inherited(scope, 'gateway')
    const leaseSeconds = inherited(scope, 'leaseSeconds')
    // A router that stands outside, for all subnets at once, is the router of those that hold it.
    const isOwn =
      gateway !== undefined && (scope.gateway !== undefined || contains(subnet, gateway))
    const routes = routesOf(scope, subnet)
    const found: FoundNetwork = {
      where: this.#at(statement),
      subnet,
      // A pool of the shared network around it may still add to these.
      pools,
      ...(name !== undefined && { name }),
      ...(isOwn && { gateway }),
      ...(routes && { routes }),
      ...(leaseSeconds !== undefined && { leaseSeconds }),
    }
    this.#gathering.networks.push(found)
    this.#gathering.report.understand('subnet')
  }

  #subnetIn(statement: Statement): Subnet | undefined {
    const [, number, word, mask] = statement.words.map(({ text }) => text)
    if (word !== 'netmask' || mask === undefined) {
      this.#refuse(statement, `subnet ${number ?? ''} has no netmask`)
      return undefined
    }
    const address = parseIp4(number ?? '')
    const maskAddress = parseIp4(mask)
    const prefix = maskAddress === undefined ? undefined : prefixOfMask(maskAddress)
    if (address === undefined || prefix === undefined) {
      this.#refuse(
        statement,
        `${number ?? ''} netmask ${mask} is no network: the mask must be ones, then zeros`,
      )
      return undefined
    }
    const subnet = { number: address, prefix }
    if (contains(subnet, address)) return subnet
    this.#refuse(statement, `subnet ${number ?? ''} has bits outside its netmask ${mask}`)
    return undefined
  }

  #leave(statement: Statement, why?: string): void {
    this.#leaveAs(statement, nameOfStatement(statement), why)
  }

  /** Never its value: there may be a secret in it. */
  #leaveAs(statement: Statement, what: string, why?: string): void {
    const reason =
      why ?? leftOutBecause[nameOfStatement(statement)] ?? leftOutBecause[first(statement)]
    this.#gathering.report.leaveOut(this.#at(statement), what, reason ?? nothingLikeIt)
  }

  #refuse(statement: Statement, why: string): void {
    this.#gathering.report.refuse(this.#at(statement), why)
  }

  #at({ offset }: Statement): string {
    return this.#places.at(offset)
  }
}

const declarations = new Set(['host', 'group', 'subnet', 'shared-network', 'pool', 'class'])

function first({ words }: Statement): string {
  return words[0]?.kind === 'word' ? words[0].text.toLowerCase() : ''
}

function subnetsOf(scope: Scope): Scope['subnets'] {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.kind === 'subnet' || at.kind === 'shared-network') return at.subnets
  }
  return []
}

/** Those that stand outside, for all subnets at once, are for those that hold their routers. */
function routesOf(scope: Scope, subnet: Subnet): readonly Route[] | undefined {
  const own = scope.routes ?? scope.windowsRoutes
  return (
    own ?? routesWithin(subnet, inherited(scope, 'routes') ?? inherited(scope, 'windowsRoutes'))
  )
}

/** What stands after the statement's name, without the commas. */
function valuesOf({ words }: Statement, name: string): readonly string[] {
  return words
    .slice(name.split(' ').length)
    .flatMap(({ kind, text }) => (kind === 'mark' ? [] : [text]))
}

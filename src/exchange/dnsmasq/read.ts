// Why this file exists: what a dnsmasq configuration means: ranges, routers, hosts, and names for addresses.
import { type Ip4, parseIp4, type Subnet } from '#directory'
import type { Gathering } from '../found.ts'
import { routeCode, routesOfPairs, unreadableRoutes } from '../routes.ts'
import { Places, type SourceFile } from '../source.ts'
import { looksLikeMac, rangeText } from '../values.ts'
import { readDhcpHost } from './host.ts'
import {
  fileSettings,
  leftOutBecause,
  nothingLikeIt,
  optionLeftOutBecause,
  optionNames,
} from './left-out.table.ts'
import { type Setting, settingsOf } from './lines.ts'
import { type DnsmasqRange, networksOfRanges, readRange } from './range.ts'
import { optionName, type RouteOption, withRoutes } from './routes.ts'

export interface DnsmasqSurroundings {
  /** Networks that are there already: a range without a netmask may lie in one. */
  readonly known: readonly Subnet[]
  readonly others: ReadonlySet<string>
}

export function readDnsmasq(
  files: readonly SourceFile[],
  gathering: Gathering,
  around: DnsmasqSurroundings,
): void {
  const reader = new DnsmasqReader(gathering, around)
  for (const file of files) reader.read(file)
  reader.end()
}

const telling =
  /^\s*(--)?(dhcp-(host|range|option|boot|match)|host-record|interface-name|pxe-service)\s*=/m

export function looksLikeDnsmasq(text: string): boolean {
  return telling.test(text)
}

interface Alias {
  readonly where: string
  readonly names: readonly string[]
  readonly target: string
}

class DnsmasqReader {
  readonly #gathering: Gathering
  readonly #around: DnsmasqSurroundings
  readonly #ranges: DnsmasqRange[] = []
  readonly #routers: Ip4[] = []
  readonly #routeOptions: RouteOption[] = []
  readonly #aliases: Alias[] = []
  #ignoresUnknown = false

  constructor(gathering: Gathering, around: DnsmasqSurroundings) {
    this.#gathering = gathering
    this.#around = around
  }

  read(file: SourceFile): void {
    const places = new Places(file)
    for (const setting of settingsOf(file.text)) this.#take(setting, places.at(setting.offset))
  }

  /** What counts for the whole of the files, wherever it stands. */
  end(): void {
    const { networks, report } = this.#gathering
    const settled = networksOfRanges(this.#ranges, this.#routers, this.#ignoresUnknown)
    const found = settled.map(({ network }) => network)
    networks.push(...withRoutes(found, this.#routeOptions, this.#gathering))
    for (const { closed } of settled) {
      for (const { where, first, last } of closed) {
        const text = rangeText({ first, last: last ?? first })
        report.leaveOut(where, `the pool ${text}`, 'dhcp-ignore: unknown machines get no address')
      }
    }
    for (const { where, names, target } of this.#aliases) {
      this.#gathering.cards.push({ where, names: [target, ...names], macs: [], addresses: [] })
    }
  }

  #take(setting: Setting, where: string): void {
    const { key, parts } = setting
    const { report } = this.#gathering
    switch (key) {
      case 'dhcp-host':
        return readDhcpHost(parts, where, this.#gathering)
      case '':
        if (looksLikeMac(parts[0] ?? '') || /^(id|set):/.test(parts[0] ?? '')) {
          return readDhcpHost(parts, where, this.#gathering)
        }
        return report.leaveOut(where, parts.join(','), 'it is no setting of dnsmasq')
      case 'dhcp-range':
        return this.#range(parts, where)
      case 'dhcp-option':
      case 'dhcp-option-force':
        return this.#option(parts, where)
      case 'domain':
        if (this.#gathering.addDomain(parts[0] ?? '')) return report.understand('domain')
        return report.leaveOut(where, 'domain', 'it is no domain name')
      case 'host-record':
        return this.#hostRecord(parts, where)
      case 'address':
        return this.#address(setting, where)
      case 'cname':
        return this.#cname(parts, where)
      case 'dhcp-ignore':
        if (parts.length === 1 && /^(tag:|#)!known$/.test(parts[0] ?? '')) {
          this.#ignoresUnknown = true
          return report.understand('dhcp-ignore=tag:!known')
        }
        return report.leaveOut(where, key, 'there are no classes of clients here')
      default:
        return this.#other(setting, where)
    }
  }

  #other({ key, value }: Setting, where: string): void {
    const { report } = this.#gathering
    const path = value.split(',')[0] ?? ''
    if (!fileSettings.has(key))
      return report.leaveOut(where, key, leftOutBecause[key] ?? nothingLikeIt)
    if (this.#around.others.has(path.split('/').at(-1) ?? ''))
      return report.understand(`${key} of a file given here`)
    report.leaveOut(where, `${key}=${path}`, leftOutBecause[key] ?? nothingLikeIt)
  }

  #range(parts: readonly string[], where: string): void {
    const range = readRange(parts, where, this.#gathering, this.#around.known)
    if (range === undefined) return
    this.#ranges.push(range)
    this.#gathering.report.understand('dhcp-range')
  }

  #option(parts: readonly string[], where: string): void {
    const { report } = this.#gathering
    const values = parts.filter((part) => !/^(tag|net|encap|vendor|vi-encap):/.test(part))
    const isEncapsulated = parts.some((part) => /^(encap|vendor|vi-encap):/.test(part))
    const [first = '', ...data] = values
    const bare = first.replace(/^option:/, '')
    const name = isEncapsulated ? 'inside another' : (optionNames[bare] ?? bare)
    if (first.startsWith('option6:'))
      return report.leaveOut(where, `option ${first}`, 'IPv6 is not served yet')
    if (name === 'domain-name' && this.#gathering.addDomain(data[0] ?? '')) {
      return report.understand('dhcp-option domain-name')
    }
    if (name === 'classless-static-route') return this.#routes(parts, data, where)
    if (name !== 'router') {
      return report.leaveOut(where, `option ${name}`, optionLeftOutBecause[name] ?? nothingLikeIt)
    }
    if (data.length === 0) return report.understand('no router')
    const routers = data.flatMap((text) => parseIp4(text) ?? [])
    const [router] = routers
    if (router === undefined) return report.leaveOut(where, 'option router', 'it is no address')
    this.#routers.push(router)
    report.understand('dhcp-option router')
    if (data.length > 1)
      report.leaveOut(where, 'option router', 'a network has one router here: the first is kept')
  }

  /** `data` alternates between destinations and routers. */
  #routes(parts: readonly string[], data: readonly string[], where: string): void {
    const routes = routesOfPairs(data)
    if (routes === undefined)
      return this.#gathering.report.leaveOut(where, optionName, unreadableRoutes)
    const tags = parts.flatMap((part) => /^(?:tag|net):(.*)$/.exec(part)?.[1] ?? [])
    const code = routeCode(parts.includes('249') ? 249 : 121) ?? 121
    this.#routeOptions.push({ where, code, tags, routes })
  }

  #hostRecord(parts: readonly string[], where: string): void {
    const addresses = parts.flatMap((part) => parseIp4(part) ?? [])
    const names = parts.filter(
      (part) =>
        part !== '' && parseIp4(part) === undefined && !part.includes(':') && !/^\d+$/.test(part),
    )
    if (parts.some((part) => part.includes(':'))) {
      this.#gathering.report.leaveOut(where, 'an IPv6 address', 'IPv6 is not served yet')
    }
    this.#gathering.report.understand('host-record')
    this.#gathering.cards.push({ where, names, macs: [], addresses })
  }

  /** `address=/name/10.0.0.1`, which dnsmasq means for every name below, too. */
  #address({ value }: Setting, where: string): void {
    const { report } = this.#gathering
    const [, ...rest] = value.split('/')
    const address = parseIp4((rest.at(-1) ?? '').trim())
    const names = rest.slice(0, -1).filter((name) => name !== '' && name !== '#')
    if (address === undefined || names.length === 0) {
      return report.leaveOut(where, `address=${value}`, 'it is no name of one IPv4 address')
    }
    report.understand('address')
    this.#gathering.cards.push({ where, names, macs: [], addresses: [address] })
    report.leaveOut(
      where,
      `address=${value}`,
      'only the name itself is kept, not every name below it',
    )
  }

  #cname(parts: readonly string[], where: string): void {
    const names = parts.filter((part) => !/^\d+$/.test(part))
    const target = names.at(-1)
    if (target === undefined || names.length < 2) {
      return this.#gathering.report.leaveOut(where, 'cname', 'it names no target')
    }
    this.#aliases.push({ where, names: names.slice(0, -1), target })
    this.#gathering.report.understand('cname')
  }
}

// Why this file exists: from what was found of each machine to one entry that the directory accepts: its name, its cards,
// its addresses.
import {
  contains,
  type DnsName,
  formatIp4,
  formatSubnet,
  type Ip4,
  type Label,
  type Mac,
  parseDnsName,
  parseLabel,
  type Subnet,
} from '#directory'
import type { Gathering } from '../found.ts'
import type { ImportedMachine, ImportedNic } from '../outcome.ts'
import type { Report } from '../report.ts'
import { type Draft, type DraftCard, Drafts } from './drafts.ts'
import { firstLabel, NameReader } from './names.ts'
import { isUsable } from './networks.ts'

/** As many as one appliance is made for. */
export const machinesMax = 100_000

export function settleMachines(
  { cards, domains, report }: Gathering,
  networks: readonly Subnet[],
): readonly ImportedMachine[] {
  const drafts = new Drafts(cards, new NameReader(domains), report)
  const all = drafts.all.filter((draft) => isKnowable(draft, report))
  if (all.length > machinesMax) {
    const [first] = all
    const why = `they describe ${all.length} machines, and ${machinesMax} are the most`
    report.refuse(first?.where ?? '', why, 'CPC-IMP-003')
    return []
  }
  const shorts = countShorts(all)
  const atlas = new Atlas(networks)
  const taken = new Set<string>()
  const foreign = new Map<string, { where: string; count: number }>()
  const machines = all.map((draft) => {
    const written = nameOf(draft, shorts, taken)
    const name = written ?? generated(draft, taken)
    if (written === undefined) report.understand('machines without a name, called by their card')
    taken.add(name)
    noteForeign(draft, foreign)
    return { ...machineOf(draft, name, { atlas, report }), isNameMade: written === undefined }
  })
  for (const [domain, { where, count }] of foreign) {
    const why = `names stand under the appliance's own domain; --domain ${domain} takes them as they are`
    report.leaveOut(where, `the domain ${domain} (names: ${count})`, why)
  }
  return machines
}

/** All that would have identified it may have been another's already. */
function isKnowable({ cards, facts, names, where }: Draft, report: Report): boolean {
  const isKnown =
    cards.some(({ macs }) => macs.size > 0) || facts.port !== undefined || facts.uuid !== undefined
  if (isKnown) return true
  const what = [...names.keys()][0] ?? 'a machine'
  report.leaveOut(where, what, 'nothing is left by which DHCP could know it')
  return false
}

/** How many machines would be called so if foreign domains were cut off. */
function countShorts(drafts: readonly Draft[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { names } of drafts) {
    const mine = new Set(
      [...names.values()].map(({ name, isForeign }) => (isForeign ? firstLabel(name) : name)),
    )
    for (const name of mine) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function nameOf(
  draft: Draft,
  shorts: ReadonlyMap<string, number>,
  taken: ReadonlySet<string>,
): DnsName | undefined {
  const names = [...draft.names.values()]
  const own = names.find(({ isForeign }) => !isForeign)?.name
  if (own !== undefined && !taken.has(own)) return own
  for (const { name } of names) {
    const short = firstLabel(name)
    // Where two machines differ by their domains only, the domains are part of their names.
    if (short !== undefined && shorts.get(short) === 1 && !taken.has(short)) return short
    if (!taken.has(name)) return name
  }
  return undefined
}

/** The same file gives the same names, so that it can be imported again. */
function generated({ cards, facts }: Draft, taken: ReadonlySet<string>): DnsName {
  const [mac] = cards.flatMap((card) => [...card.macs])
  const sign = mac?.replaceAll(':', '') ?? facts.uuid ?? letters(facts.port ?? '')
  const candidates = [`m-${sign}`.slice(0, 63)]
  for (let number = 2; number <= taken.size + 2; number += 1) candidates.push(`m-${number}`)
  const free = candidates
    .flatMap((each) => parseDnsName(each) ?? [])
    .find((each) => !taken.has(each))
  if (free === undefined) throw new Error('no name is left for a machine')
  return free
}

function letters(port: string): string {
  return port
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
}

/** Told once for a domain, not once for a machine. */
function noteForeign(
  { names, where }: Draft,
  foreign: Map<string, { where: string; count: number }>,
): void {
  for (const { name, isForeign } of names.values()) {
    if (!isForeign) continue
    const domain = name.slice(name.indexOf('.') + 1)
    const seen = foreign.get(domain)
    if (seen === undefined) foreign.set(domain, { where, count: 1 })
    else seen.count += 1
  }
}

interface Surroundings {
  readonly atlas: Atlas
  readonly report: Report
}

function machineOf(
  draft: Draft,
  name: DnsName,
  around: Surroundings,
): Omit<ImportedMachine, 'isNameMade'> {
  const names = [...draft.names.values()]
  const others = names.flatMap((each) => (each.isForeign || each.name === name ? [] : [each.name]))
  // Beside n1, n1.rack2 would be what the machine is called in another domain.
  const plain = new Set([name, ...others])
  const aliases = others.filter((alias) => {
    const short = firstLabel(alias)
    const isPlain = short === alias || short === undefined || !plain.has(short)
    if (!isPlain)
      around.report.leaveOut(draft.where, `the name ${alias}`, `it is ${short} in another domain`)
    return isPlain
  })
  const labels = new Set<string>()
  const nics = cardsOf(draft, around).map((card, index): ImportedNic => {
    const addresses = addressesOf(card, index, around)
    const macs: readonly Mac[] = [...card.macs]
    return index === 0
      ? { macs, addresses }
      : { label: labelFor(card, index, labels), macs, addresses }
  })
  return { where: draft.where, name, aliases, nics, facts: draft.facts }
}

/** A further card is known by its MAC only. */
function cardsOf({ cards }: Draft, { report }: Surroundings): readonly DraftCard[] {
  return cards.filter(({ macs, where }, index) => {
    const isKept = index === 0 || macs.size > 0
    if (!isKept) report.leaveOut(where, 'a further card', 'no MAC is known of it')
    return isKept
  })
}

function labelFor({ label }: DraftCard, index: number, taken: Set<string>): Label {
  for (let number = index; number <= index + taken.size; number += 1) {
    const wished = number === index ? label : undefined
    const free = wished ?? parseLabel(`eth${number}`)
    if (free === undefined || taken.has(free)) continue
    taken.add(free)
    return free
  }
  const last = parseLabel(`card${index}`)
  if (last === undefined) throw new Error(`no name is left for card ${index}`)
  return last
}

/** The machine's own card may have an address on each network; any other card has one. */
function addressesOf(
  card: DraftCard,
  index: number,
  { atlas, report }: Surroundings,
): readonly Ip4[] {
  const kept = new Map<string, Ip4>()
  for (const [address, where] of card.addresses) {
    const network = atlas.around(address)
    if (network !== undefined && !isUsable(network, address)) {
      report.leaveOut(
        where,
        formatIp4(address),
        `it is no machine's address in ${formatSubnet(network)}`,
      )
      continue
    }
    const key = index > 0 ? '' : network === undefined ? String(address) : formatSubnet(network)
    const other = kept.get(key)
    if (other === undefined) kept.set(key, address)
    else {
      const why = `the card has ${formatIp4(other)} on the same network already`
      report.leaveOut(where, formatIp4(address), why)
    }
  }
  return [...kept.values()]
}

/** Networks by address, for very many questions. */
class Atlas {
  readonly #sorted: readonly Subnet[]

  constructor(networks: readonly Subnet[]) {
    this.#sorted = networks.toSorted((a, b) => a.number - b.number || a.prefix - b.prefix)
  }

  /** The narrowest one around it. */
  around(address: Ip4): Subnet | undefined {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle]?.number ?? 0) <= address) low = middle + 1
      else high = middle
    }
    for (let at = low - 1; at >= 0 && at >= low - 1 - nestedMax; at -= 1) {
      const network = this.#sorted[at]
      if (network !== undefined && contains(network, address)) return network
    }
    return undefined
  }
}

/** Networks inside a wider one that stand between it and an address. */
const nestedMax = 64

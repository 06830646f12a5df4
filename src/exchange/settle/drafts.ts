// Why this file exists: a machine is often told of in several places (a card here, a name there, an address elsewhere); what
// belongs together is found by MAC, by address and by name, in this order.
import { type DnsName, formatIp4, type Ip4, type Label, type Mac, type Uuid } from '#directory'
import type { FoundCard } from '../found.ts'
import type { MachineFacts } from '../outcome.ts'
import type { Report } from '../report.ts'
import { usableFacts } from './facts.ts'
import { firstLabel, labelOf, type NameReader, type ReadName, splitFirst } from './names.ts'

export interface DraftCard {
  readonly where: string
  label?: Label
  readonly macs: Set<Mac>
  readonly addresses: Map<Ip4, string>
}

/** A machine while it is being put together. */
export interface Draft {
  readonly where: string
  readonly names: Map<DnsName, ReadName>
  readonly cards: DraftCard[]
  facts: MachineFacts
}

interface Place {
  readonly draft: Draft
  readonly card: DraftCard
}

export class Drafts {
  readonly #report: Report
  readonly #reader: NameReader
  readonly #drafts: Draft[] = []
  readonly #byMac = new Map<Mac, Place>()
  readonly #byAddress = new Map<Ip4, Place>()
  readonly #byName = new Map<string, Draft>()
  /** Names of a foreign domain, without it. */
  readonly #byShort = new Map<string, Draft | undefined>()
  readonly #byUuid = new Map<Uuid, Draft>()
  readonly #byPort = new Map<string, Draft>()
  /** Every name of the files, to know `eth1.n001` for a card of n001. */
  readonly #known: ReadonlySet<string>

  constructor(cards: readonly FoundCard[], reader: NameReader, report: Report) {
    this.#report = report
    this.#reader = reader
    const names = cards.flatMap((card) => card.names.map((name) => reader.read(name)?.name ?? ''))
    this.#known = new Set(names)
    const usable = cards.map((card) => withUsableFacts(card, report))
    // Cards first: names and addresses then find the machine that they belong to, wherever they stand.
    for (const card of usable) if (identifies(card)) this.#addCard(card)
    for (const card of usable) if (!identifies(card)) this.#addNames(card)
  }

  get all(): readonly Draft[] {
    return this.#drafts
  }

  #addCard(found: FoundCard): void {
    const { names, label } = this.#namesOf(found)
    const byMac = found.macs.flatMap((mac) => this.#byMac.get(mac) ?? [])[0]
    const byAddress = found.addresses.flatMap((address) => this.#byAddress.get(address) ?? [])[0]
    const named = this.#named(names)
    const owner = byMac?.draft ?? named
    const mayJoin = owner === undefined && (names.length === 0 || byAddress?.draft.names.size === 0)
    if (byAddress !== undefined && owner !== byAddress.draft && !mayJoin) {
      return this.#belongsToAnother(found, byAddress)
    }
    const draft = owner ?? byAddress?.draft ?? this.#begin(found)
    const sameCard = byMac?.card ?? (byAddress?.draft === draft ? byAddress.card : undefined)
    const card = sameCard ?? likelyCard(draft, found, label) ?? this.#newCard(draft, found, label)
    this.#giveNames({ draft, card }, names, found)
    this.#fill({ draft, card }, found)
  }

  /** Two machines with one address: the second cannot be served beside the first. */
  #belongsToAnother({ where, names, macs }: FoundCard, { draft }: Place): void {
    const what = [...names.slice(0, 1), ...macs].join(' ')
    this.#report.leaveOut(where, what, `its address belongs to ${nameFor(draft)} (${draft.where})`)
  }

  /** What has no MAC, port or UUID can only add to a machine that has one. */
  #addNames(found: FoundCard): void {
    const { names, label } = this.#namesOf(found)
    const byAddress = found.addresses.flatMap((address) => this.#byAddress.get(address) ?? [])[0]
    const named = this.#named(names)
    const draft = byAddress?.draft ?? named
    if (draft === undefined) {
      const what = [...found.names.slice(0, 1), ...found.addresses.map(formatIp4)].join(' ')
      const why = 'no MAC is known of it, and without one DHCP cannot know the machine'
      return this.#report.leaveOut(found.where, what || 'an entry without name or address', why)
    }
    const labelled = label && draft.cards.find((card) => card.label === label)
    const card = byAddress?.card ?? labelled ?? draft.cards[0]
    if (card === undefined) return
    if (label !== undefined && card !== draft.cards[0]) card.label ??= label
    this.#giveNames({ draft, card }, names, found)
    this.#fill({ draft, card }, found)
  }

  #namesOf({ names, label, where }: FoundCard): { names: readonly ReadName[]; label?: Label } {
    let own = label === undefined ? undefined : labelOf(label)
    const read = names.flatMap((text) => {
      const name = this.#reader.read(text)
      if (name === undefined) {
        this.#report.leaveOut(where, `the name ${text}`, 'it is no host name')
        return []
      }
      const split = splitFirst(name.name)
      if (split === undefined || !this.#known.has(split.rest)) return [name]
      own ??= split.label
      const rest = this.#reader.read(split.rest)
      return rest === undefined ? [] : [rest]
    })
    return { names: read, ...(own !== undefined && { label: own }) }
  }

  /** `n001` and `n001.old.example` are one machine, `db.a.example` and `db.b.example` are two. */
  #named(names: readonly ReadName[]): Draft | undefined {
    for (const { name, isForeign } of names) {
      const short = isForeign ? this.#byName.get(firstLabel(name) ?? '') : this.#byShort.get(name)
      const draft = this.#byName.get(name) ?? short
      if (draft !== undefined) return draft
    }
    return undefined
  }

  #begin({ where }: FoundCard): Draft {
    const draft: Draft = { where, names: new Map(), cards: [], facts: {} }
    this.#drafts.push(draft)
    return draft
  }

  #newCard(draft: Draft, { where }: FoundCard, label: Label | undefined): DraftCard {
    const card: DraftCard = { where, macs: new Set(), addresses: new Map() }
    if (label !== undefined) card.label = label
    draft.cards.push(card)
    return card
  }

  /** DNS leads the names of a machine to its own card's first address; a name of another address would lie. */
  #giveNames({ draft, card }: Place, names: readonly ReadName[], found: FoundCard): void {
    const [first] = draft.cards[0]?.addresses.keys() ?? []
    const isOwn =
      card === draft.cards[0] &&
      (first === undefined || found.addresses.length === 0 || found.addresses.includes(first))
    for (const name of names) {
      if (draft.names.has(name.name)) continue
      if (!isOwn && draft.names.size > 0) {
        const why = `it is the name of a further address of ${nameFor(draft)}, which has none of its own`
        this.#report.leaveOut(found.where, `the name ${name.name}`, why)
        continue
      }
      const owner = this.#byName.get(name.name)
      if (owner !== undefined && owner !== draft) {
        const why = `it belongs to ${nameFor(owner)} (${owner.where})`
        this.#report.leaveOut(found.where, `the name ${name.name}`, why)
        continue
      }
      draft.names.set(name.name, name)
      this.#byName.set(name.name, draft)
      const short = name.isForeign ? firstLabel(name.name) : undefined
      // A second one makes it mean nobody.
      if (short !== undefined) {
        const before = this.#byShort.get(short)
        this.#byShort.set(short, this.#byShort.has(short) && before !== draft ? undefined : draft)
      }
    }
  }

  #fill(place: Place, found: FoundCard): void {
    const { draft, card } = place
    for (const mac of found.macs) {
      const other = this.#byMac.get(mac)
      if (other !== undefined && other.card !== card) {
        this.#report.leaveOut(
          found.where,
          mac,
          `it belongs to ${nameFor(other.draft)} (${other.draft.where})`,
        )
        continue
      }
      card.macs.add(mac)
      this.#byMac.set(mac, place)
    }
    for (const address of found.addresses) {
      const other = this.#byAddress.get(address)
      if (other !== undefined && other.card !== card) {
        const why = `it belongs to ${nameFor(other.draft)} (${other.draft.where})`
        this.#report.leaveOut(found.where, formatIp4(address), why)
        continue
      }
      card.addresses.set(address, found.where)
      this.#byAddress.set(address, place)
    }
    if (found.facts !== undefined) this.#addFacts(draft, found.facts, found.where)
  }

  /** What was said first counts; tags add up. */
  #addFacts(draft: Draft, facts: MachineFacts, where: string): void {
    const { uuid, port } = facts
    const others = [
      uuid === undefined ? undefined : this.#claim(this.#byUuid, uuid, draft),
      port === undefined ? undefined : this.#claim(this.#byPort, port, draft),
    ]
    const other = others.find((each) => each !== undefined)
    if (other !== undefined) {
      const why = `${nameFor(other)} (${other.where}) has it already`
      this.#report.leaveOut(where, 'a UUID or a port', why)
    }
    const { uuid: _uuid, port: _port, ...rest } = facts
    const tags = [...new Set([...(draft.facts.tags ?? []), ...(facts.tags ?? [])])]
    const mine = other === undefined ? facts : rest
    draft.facts = { ...mine, ...draft.facts, ...(tags.length > 0 && { tags }) }
  }

  #claim<Key>(index: Map<Key, Draft>, key: Key, draft: Draft): Draft | undefined {
    const owner = index.get(key)
    if (owner === undefined) index.set(key, draft)
    return owner === draft ? undefined : owner
  }
}

function withUsableFacts(card: FoundCard, report: Report): FoundCard {
  return card.facts === undefined
    ? card
    : { ...card, facts: usableFacts(card.facts, card.where, report) }
}

function identifies({ macs, facts }: FoundCard): boolean {
  return macs.length > 0 || facts?.port !== undefined || facts?.uuid !== undefined
}

/** The one of that label; and of a MAC that comes with neither label nor address, the machine's own card. */
function likelyCard(
  { cards }: Draft,
  { addresses }: FoundCard,
  label: Label | undefined,
): DraftCard | undefined {
  if (label !== undefined) return cards.find((card) => card.label === label)
  return addresses.length === 0 ? cards[0] : undefined
}

/** For messages, while the name is not settled yet. */
function nameFor({ names, cards }: Draft): string {
  return [...names.keys()][0] ?? [...(cards[0]?.macs ?? [])][0] ?? 'another machine'
}

// Why this file exists: "what did it get last?" is asked when a machine does not boot. The last thing of each kind that each
// card and each address got is kept in memory; the whole story of a boot is core's.
import { formatIp4, type Ip4, type Mac, type Uuid } from '#directory'
import { type DnsSeen, readQuery, recordType } from '#dns'
import type { Fact, Sighting } from '#feed'

/** Cards that are remembered; whoever was silent longest is forgotten first. */
export const cardsRememberedMax = 16_384
/** Questions to DNS, of all clients together. */
export const dnsRememberedMax = 4_096
const dnsToldMax = 3
/** A header, the longest name and an OPT; what stands behind is not worth its memory. */
const questionBytesMax = 512

export interface LastSigns {
  readonly uuid?: Uuid
  readonly port?: string
  readonly address?: Ip4
}

type Kind = 'DHCP' | 'script' | 'TFTP' | 'HTTP' | 'alarm'
type OfCard = Partial<Record<Kind, Sighting>>

interface SeenQuestion extends DnsSeen {
  readonly atMs: number
}

export class LastSeen {
  readonly #cards = new Map<Mac, OfCard>()
  readonly #dns: SeenQuestion[] = []
  #nextDns = 0

  note(sighting: Sighting): void {
    const { mac } = sighting
    if (mac === undefined) return
    const known = this.#cards.get(mac)
    // A Map remembers the order of putting.
    this.#cards.delete(mac)
    this.#cards.set(mac, { ...known, [kindOf(sighting)]: sighting })
    if (this.#cards.size <= cardsRememberedMax) return
    const [oldest] = this.#cards.keys()
    if (oldest !== undefined) this.#cards.delete(oldest)
  }

  /** The bytes are read only when somebody asks. */
  noteDns(seen: DnsSeen, atMs: number): void {
    const { length } = seen.bytes
    const bytes = length > questionBytesMax ? seen.bytes.slice(0, questionBytesMax) : seen.bytes
    this.#dns[this.#nextDns] = { ...seen, bytes, atMs }
    this.#nextDns = (this.#nextDns + 1) % dnsRememberedMax
  }

  /** How the card last showed itself. */
  signsOf(mac: Mac): LastSigns {
    const last = this.#cards.get(mac)?.DHCP
    if (last?.kind !== 'dhcp') return {}
    const { uuid, port, address } = last
    return {
      ...(uuid && { uuid }),
      ...(port !== undefined && { port }),
      ...(address !== undefined && { address }),
    }
  }

  ofCards(macs: readonly Mac[]): readonly Fact[] {
    return macs
      .flatMap((mac) => Object.values(this.#cards.get(mac) ?? {}))
      .toSorted((one, other) => one.at - other.at)
      .map(lastFact)
  }

  /** What these addresses asked DNS, and what was asked about these names: the newest of it. */
  ofDns(addresses: readonly Ip4[], names: readonly string[]): readonly Fact[] {
    const from = new Set(addresses.map(formatIp4))
    const about = new Set(names)
    return this.#dns
      .flatMap((seen) => {
        const asked = questionOf(seen.bytes)
        return from.has(seen.from) || about.has(asked.name) ? [{ seen, asked }] : []
      })
      .toSorted((one, other) => other.seen.atMs - one.seen.atMs)
      .slice(0, dnsToldMax)
      .toReversed()
      .map(({ seen, asked }) => dnsFact(seen, asked))
  }
}

function kindOf(sighting: Sighting): Kind {
  switch (sighting.kind) {
    case 'dhcp':
      return 'DHCP'
    case 'script':
      return 'script'
    case 'transfer':
      return sighting.protocol === 'tftp' ? 'TFTP' : 'HTTP'
    case 'alarm':
      return 'alarm'
  }
}

function lastFact(sighting: Sighting): Fact {
  const at = new Date(sighting.at).toISOString()
  const text = `${at} ${kindOf(sighting)}: ${sayingOf(sighting)}`
  const mac = sighting.mac === undefined ? {} : { mac: sighting.mac }
  return {
    topic: 'last',
    text,
    why: sighting.why,
    values: { at, kind: kindOf(sighting), ...mac },
  }
}

/** Never a claim: whoever may look may not enrol. */
function sayingOf(sighting: Sighting): string {
  const address = sighting.address === undefined ? '' : ` ${formatIp4(sighting.address)}`
  switch (sighting.kind) {
    case 'dhcp': {
      const by = sighting.port === undefined ? '' : `, port ${sighting.port}`
      const where = `as ${sighting.stage} on ${sighting.interfaceName}${by}`
      return `${sighting.asked} got ${sighting.answered ?? 'no answer'}${address}, ${where}`
    }
    case 'script':
      return `${sighting.decision}, for${address}`
    case 'transfer':
      return `${sighting.file} to${address}: ${sighting.outcome}, ${sighting.bytes} bytes in ${Math.round(sighting.millis)} ms`
    case 'alarm':
      return sighting.code
  }
}

interface DnsAsked {
  readonly name: string
  readonly type: string
}

function questionOf(bytes: Uint8Array): DnsAsked {
  const read = readQuery(bytes)
  if (read.kind !== 'query') return { name: '?', type: '?' }
  const { name, type } = read.query
  const known = Object.entries(recordType).find(([, number]) => number === type)
  return { name, type: known ? known[0].toUpperCase() : `TYPE${type}` }
}

function dnsFact({ from, why, atMs }: SeenQuestion, { name, type }: DnsAsked): Fact {
  const at = new Date(atMs).toISOString()
  const visible = name.replaceAll(/[^\x21-\x7e]/g, '?')
  const text = `${at} DNS: ${from} asked for ${visible} ${type}: ${why}`
  return { topic: 'last', text, rule: why, values: { at, kind: 'DNS', from } }
}

// Why this file exists: every export is sorted in one way, so that two of them differ only where the directory does.
import {
  type Ip4,
  joinName,
  type Machine,
  type Network,
  type Nic,
  type Snapshot,
  type Vcn,
} from '#directory'

/** `n2` before `n10`, by a key that compares as plain text. */
export function naturalKey(name: string): string {
  return name.replaceAll(/\d+/g, (digits) => {
    const bare = digits.replace(/^0+(?=.)/, '')
    // The length of a number first, then its digits, then how it is written.
    return `${String.fromCharCode(0x30 + Math.min(bare.length, 70))}${bare}${String.fromCharCode(digits.length)}`
  })
}

export function sortedBy<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
): readonly Item[] {
  return [...items]
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map(({ item }) => item)
}

export function machinesOf({ entries }: Snapshot): readonly Machine[] {
  return sortedBy(Array.from(entries.ofKind('machine')), ({ name }) => naturalKey(name))
}

export function devicesOf({ entries }: Snapshot): readonly (Machine | Vcn)[] {
  const devices: (Machine | Vcn)[] = []
  for (const entry of entries.values()) {
    if (entry.kind === 'machine' || entry.kind === 'vcn') devices.push(entry)
  }
  return sortedBy(devices, ({ name }) => naturalKey(name))
}

/** VO networks are made and served by the appliance alone. */
export function physicalNetworks({ networks }: Snapshot): readonly Network[] {
  return networks.filter(({ vni }) => vni === undefined)
}

/** A card as a person sees it: several addresses of one entry are one card. */
export interface CardOf {
  /** `n001`, or `eth1.n001`. */
  readonly name: string
  readonly nic: Nic
  readonly addresses: readonly Ip4[]
}

export function cardsOf({ name, nics }: Machine | Vcn): readonly CardOf[] {
  const own = nics.filter(({ label }) => label === undefined)
  const [first] = own
  const children = nics.filter(({ label }) => label !== undefined)
  return [
    ...(first === undefined
      ? []
      : [{ name, nic: first, addresses: own.flatMap(({ address }) => address ?? []) }]),
    ...children.map((nic) => ({
      name: (nic.label && joinName(nic.label, name)) ?? name,
      nic,
      addresses: nic.address === undefined ? [] : [nic.address],
    })),
  ]
}

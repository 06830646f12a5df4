// Why this file exists: whether an entry is right may depend on others. What it looks at is said here by topic, so
// that a change to one entry leads to those that looked at it, and to nobody else.
import { namesOf } from '../device-names.ts'
import type { Entry, Machine, Network, Vcn } from '../entry.ts'
import type { Ip4 } from '../ip4.ts'
import { type DnsName, type Label, parseLabel } from '../name.ts'
import type { Snapshot } from '../snapshot.ts'

/** Something that an entry gives, and that others may name. */
export type Topic = string

export const topics = {
  network: (name: string): Topic => `network ${name}`,
  vo: (name: Label): Topic => `VO ${name}`,
  cluster: (vo: Label, name: Label): Topic => `cluster ${vo}/${name}`,
  person: (uid: string): Topic => `person ${uid}`,
  name: (name: DnsName): Topic => `name ${name}`,
} as const

/** All that lint may look at. */
export interface World {
  readonly snapshot: Snapshot
  readonly ownAddresses: readonly Ip4[]
  /** Whether an entry that is served, and is no device, gives it. */
  readonly has: (topic: Topic) => boolean
}

export function topicsGiven(entry: Entry): readonly Topic[] {
  switch (entry.kind) {
    case 'machine':
      return namesOf(entry).map(({ name }) => topics.name(name))
    case 'vcn':
      return []
    case 'network':
      return [topics.network(entry.name)]
    case 'vo':
      return [topics.vo(entry.name)]
    case 'cluster':
      return [topics.cluster(entry.vo, entry.name)]
    case 'person':
      return [topics.person(entry.uid)]
  }
}

export function topicsLookedAt(entry: Entry): readonly Topic[] {
  switch (entry.kind) {
    case 'machine':
      return networksNamed(entry)
    case 'vcn':
      return [
        topics.vo(entry.vo),
        topics.cluster(entry.vo, entry.cluster),
        ...(entry.host === undefined ? [] : [topics.name(entry.host)]),
        ...networksNamed(entry),
      ]
    case 'network': {
      const vo = voOf(entry)
      return vo === undefined ? [] : [topics.vo(vo)]
    }
    case 'vo':
      return [topics.network(`vo-${entry.name}`), ...entry.members.map(topics.person)]
    case 'cluster':
      return [topics.vo(entry.vo)]
    case 'person':
      return []
  }
}

function networksNamed(device: Machine | Vcn): readonly Topic[] {
  return device.nics.flatMap(({ network }) =>
    network === undefined ? [] : topics.network(network),
  )
}

/** The VO whose own network this is, by its name. */
export function voOf({ name }: Network): Label | undefined {
  return name.startsWith('vo-') ? parseLabel(name.slice(3)) : undefined
}

// Why this file exists: what every service of core needs, and the audit that every change goes through.
import { auditRecord } from '#access'
import type { Caller } from '#api'
import type { DnsName, EntryId, Ip4, Machine, Snapshot } from '#directory'
import { Fault } from '#fault'
import type { NextBoot } from '#feed'
import type { HostKeeper } from '#host'
import type { DirectorySync } from '#ldap-sync'
import type { CoreStore } from '#store'
import type { AddressGiver } from '../addresses.ts'
import type { Fenced } from '../clusters/hands.ts'
import type { DirectoryKeeper } from '../directory-keeper.ts'
import type { EventHub } from '../events.ts'
import type { EntryNotes } from '../entry-notes.ts'
import type { PeopleKeeper } from '../people/keeper.ts'
import type { Sightings } from '../sightings.ts'

export interface ServiceContext {
  readonly store: CoreStore
  readonly hosts: HostKeeper
  readonly people: PeopleKeeper
  readonly events: EventHub
  readonly directory: DirectoryKeeper
  readonly sync: DirectorySync
  readonly sightings: Sightings
  readonly addresses: AddressGiver
  readonly snapshot: () => Snapshot
  readonly applianceAddresses: readonly Ip4[]
  /** What was left out of entries that are served all the same. */
  readonly notes: () => Iterable<EntryNotes>
  readonly now: () => number
  /** Calls of clusters' jobs that changed something, by whom they went to. */
  readonly writes: () => { readonly libvirt: number; readonly ldap: number }
  /** Tells wire what a machine's next boot is to be. */
  readonly tellNextBoot: (machine: EntryId, choice: NextBoot) => void
  /** Clusters that have nodes on a host, by the engine's book. */
  readonly clustersOn: (host: DnsName) => readonly string[]
  /** Believes a person that a machine is off, unless it shows life. */
  readonly believeOff: (machine: Machine) => Promise<Fenced>
  /** The disk of the data directory is full, or nearly. */
  readonly roomTrouble: () => Fault | undefined
  /** A folder of ours, 0700. */
  readonly secretFolder: string
}

/** What it takes to change what is described. */
export type OrderContext = Pick<
  ServiceContext,
  | 'store'
  | 'hosts'
  | 'events'
  | 'directory'
  | 'sync'
  | 'addresses'
  | 'snapshot'
  | 'applianceAddresses'
  | 'clustersOn'
  | 'now'
>

export interface Change {
  readonly caller: Caller
  readonly action: string
  readonly target: string
  readonly before?: unknown
  readonly after?: unknown
}

/** Every change, whoever made it and however it ended, is in the audit log. */
export async function audited<T>(
  { store, events, now }: Pick<ServiceContext, 'store' | 'events' | 'now'>,
  change: Change,
  work: () => Promise<T>,
  tell: (result: T) => string = () => 'done',
): Promise<T> {
  const { caller, action, target, before, after } = change
  const write = (result: string): void => {
    store.audit.append(
      auditRecord({ principal: caller, action, target, before, after, result, now: now() }),
    )
    events.tell('change', target, `${action} by ${caller.name}: ${result}`)
  }
  try {
    const result = await work()
    write(tell(result))
    return result
  } catch (error) {
    write(error instanceof Fault ? `${error.code} ${error.text.why}` : 'failed by a bug')
    throw error
  }
}

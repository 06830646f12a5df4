// Why this file exists: the two streams that core lives by: the directory comes in, the feed goes out, and what wire
// saw comes back.
import { emptySnapshot, type Delta, type DeviceText, type EntryId, type Vcn } from '#directory'
import type { NextBoot, Sighting } from '#feed'
import type { DirectoryEvents, DirectorySync } from '#ldap-sync'
import { memoryGiver } from '../serve/give-back.ts'
import { AddressGiver } from './addresses.ts'
import { directoryTeller } from './directory-log.ts'
import { DirectoryKeeper, dropped } from './directory-keeper.ts'
import { type EntryNotes, keepNotes } from './entry-notes.ts'
import type { Foundation } from './foundation.ts'
import { Sightings } from './sightings.ts'
import { openDirectorySync } from './sync.ts'
import { WireFeed } from './wire-feed.ts'

/** So many entries in one step leave more behind than they are. */
const rushMin = 5_000

export interface Followers {
  readonly feed: WireFeed
  readonly directory: DirectoryKeeper
  readonly sync: DirectorySync
  readonly sightings: Sightings
  readonly addresses: AddressGiver
  readonly notes: () => Iterable<EntryNotes>
  readonly vcnsSeen: VcnsSeen
  readonly tellNextBoot: (id: EntryId, choice: NextBoot) => void
}

export async function openFollowers(foundation: Foundation): Promise<Followers> {
  const { settings, dataDir, store, events, hosts, people, now, boot } = foundation
  const feed = new WireFeed()
  const notes = new Map<EntryId, EntryNotes>()
  const directory = new DirectoryKeeper({
    empty: emptySnapshot(settings.domain),
    store,
    boot,
    now,
    send: (messages) => feed.send(messages),
    onChange: (deltas, laid) => changed(deltas, laid),
    onTrouble: (reason) => events.tell('alarm', 'directory', reason),
  })
  foundation.showSnapshot(() => directory.snapshot)
  const vcnsSeen = new VcnsSeen()
  const onVcn = (vcn: Vcn, sighting: Sighting): void => vcnsSeen.put(vcn, sighting)
  const sightings = new Sightings({ ...foundation, onVcn })
  const tellState = directoryTeller((...event) => events.tell(...event))
  const { sync, readOnly } = openDirectorySync(settings, dataDir, {
    ...taken(directory, notes),
    copied: () => directory.copied(),
    state(state) {
      tellState(state)
      if (state.kind === 'starting') return
      feed.open({ foundation, directory, sightings })
      people.open()
    },
  })
  const addresses = new AddressGiver({ ...foundation, directory, sync, readOnly })
  await sync.start()
  return {
    directory,
    sync,
    sightings,
    addresses,
    feed,
    notes: () => notes.values(),
    vcnsSeen,
    tellNextBoot: (id, choice) => feed.send([{ kind: 'next-boot', id, choice }]),
  }

  function changed(deltas: readonly Delta[], laid: readonly DeviceText[]): void {
    for (const id of dropped(deltas)) hosts.forget(id)
    people.changed(deltas, laid)
    const hasNetwork = deltas.some(
      (delta) => delta.kind === 'put' && delta.entry.kind === 'network',
    )
    if (hasNetwork) addresses.takeAll(directory.snapshot)
    // What is laid has its address.
    else addresses.take(deltas)
    for (const delta of deltas) {
      if (delta.kind === 'set-aside') events.tell('set-aside', delta.item.dn, delta.item.reason)
    }
  }
}

type VcnListener = (vcn: Vcn, sighting: Sighting) => void
const vcnsHeldMax = 10_000

/** What is seen of nodes while those who ask for it are still being built waits here for them. */
export class VcnsSeen {
  #held: (readonly [Vcn, Sighting])[] = []
  #listener: VcnListener | undefined

  put(vcn: Vcn, sighting: Sighting): void {
    if (this.#listener !== undefined) this.#listener(vcn, sighting)
    else if (this.#held.length < vcnsHeldMax) this.#held.push([vcn, sighting])
  }

  listen(listener: VcnListener): void {
    this.#listener = listener
    for (const [vcn, sighting] of this.#held) listener(vcn, sighting)
    this.#held = []
  }
}

/** What the directory says, to those who keep it. */
function taken(
  directory: DirectoryKeeper,
  notes: Map<EntryId, EntryNotes>,
): Pick<DirectoryEvents, 'part' | 'brokenOff' | 'changes'> {
  const giveBack = memoryGiver(() => directory.settle())
  let inParts = 0
  return {
    part(batch) {
      inParts += batch.length
      directory.takePart(batch)
      keepNotes(batch, notes)
    },
    brokenOff() {
      inParts = 0
      directory.dropParts()
      // Nothing was told before a first refresh.
      notes.clear()
    },
    changes(batch) {
      if (inParts + batch.length > rushMin) giveBack()
      inParts = 0
      directory.take(batch)
      keepNotes(batch, notes)
    },
  }
}

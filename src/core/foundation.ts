// Why this file exists: what stands before anything is followed: the store, what we are, and the lives of hosts.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Settings } from '#config'
import {
  emptySnapshot,
  type EntryId,
  type Ip4,
  parseDnsName,
  parseIp4,
  type Snapshot,
} from '#directory'
import { HostKeeper, type Life, type LifeStore, readLife } from '#host'
import { watchLifecycle } from '#libvirt'
import { type CoreStore, openCoreStore } from '#store'
import { addressOf } from '../serve/interface-address.ts'
import { nfsSourceOf } from '../serve/nfs-source.ts'
import { PausedNodes } from './clusters/paused-nodes.ts'
import { EventHub } from './events.ts'
import { openOwnIdentity, type OwnIdentity } from './own-identity.ts'
import type { PeopleKeeper } from './people/keeper.ts'
import { openPeople } from './people/open.ts'
import { type CoreReach, hostReach } from './reach.ts'

export interface CorePlace {
  readonly settings: Settings
  readonly dataDir: string
  readonly log: (line: string) => void
}

export interface Foundation extends CorePlace, OwnIdentity {
  readonly store: CoreStore
  readonly events: EventHub
  readonly hosts: HostKeeper
  /** Who may log in to hosts, kept up to date there. */
  readonly people: PeopleKeeper
  readonly reach: CoreReach
  /** Nodes that libvirt holds, on hosts that are connected. */
  readonly pausedNodes: PausedNodes
  readonly now: () => number
  readonly applianceAddresses: readonly Ip4[]
  /** What hosts mount; absent without NFS. */
  readonly nfsSource: string | undefined
  readonly secretFolder: string
  /** The snapshot of the moment; empty until the directory has been read. */
  readonly snapshot: () => Snapshot
  readonly showSnapshot: (snapshot: () => Snapshot) => void
}

export async function openFoundation(place: CorePlace): Promise<Foundation> {
  const { settings, dataDir, log } = place
  const now = Date.now
  const store = openCoreStore(join(dataDir, 'core.db'), now)
  const events = new EventHub(now, log)
  if (store.recovered) events.tell('alarm', 'store', store.recovered.message)
  const applianceAddresses = settings.interfaces.flatMap((name) => parseIp4(addressOf(name)) ?? [])
  const identity = await openOwnIdentity(settings, dataDir, applianceAddresses)
  const nfsSource = nfsSourceOf(settings)
  const nothing = emptySnapshot(settings.domain)
  let current = (): Snapshot => nothing
  const snapshot = (): Snapshot => current()
  const pausedNodes = pausedNodesOf(snapshot, events, log)
  const reach = hostReach({
    caPem: identity.authority.certificate.pem,
    own: identity.own,
    ssh: identity.ssh.identity,
    nfsSource,
    onConnection(machineId, calls) {
      void pausedNodes.follow(machineId, { calls, watch: () => watchLifecycle(calls) })
    },
  })
  const hostAddress = (machine: EntryId): Ip4 | undefined => addressOfHost(machine, snapshot())
  const hosts = new HostKeeper({
    store: lifeStore(store),
    reach,
    now,
    pause,
    patience: settings.boot.patiencePercent / 100,
    addressOf: hostAddress,
    isHost(machine) {
      const entry = snapshot().entries.get(machine)
      return entry?.kind === 'machine' && entry.role === 'host'
    },
    onChange(life, before) {
      tellChange(life, before, events, snapshot())
      people.lifeChanged(life, before)
    },
  })
  const people = openPeople({ reach, hosts, events, snapshot, addressOf: hostAddress, now })
  return {
    ...place,
    ...identity,
    store,
    events,
    hosts,
    people,
    reach,
    pausedNodes,
    now,
    applianceAddresses,
    nfsSource,
    secretFolder: secretFolderIn(dataDir),
    snapshot,
    showSnapshot(next) {
      current = next
    },
  }
}

/** Others' domains are nobody's business here. */
function pausedNodesOf(
  snapshot: () => Snapshot,
  events: EventHub,
  log: (line: string) => void,
): PausedNodes {
  return new PausedNodes({
    tell(domain, text) {
      const name = parseDnsName(domain)
      const device = name && snapshot().byName.get(name)?.device
      if (device?.kind === 'vcn') events.tell('vcn', device.name, text)
    },
    onBug: (error) => log(`bug: ${error instanceof Error ? error.stack : String(error)}`),
  })
}

function lifeStore(store: CoreStore): LifeStore {
  return {
    loadLives: () => store.hosts.load().flatMap(({ content }) => readLife(content) ?? []),
    saveLife: (life) => store.hosts.save(life.machine, life),
  }
}

function addressOfHost(machine: EntryId, snapshot: Snapshot): Ip4 | undefined {
  const entry = snapshot.entries.get(machine)
  return entry?.kind === 'machine'
    ? entry.nics.find((nic) => nic.address !== undefined)?.address
    : undefined
}

function tellChange(life: Life, before: Life, events: EventHub, snapshot: Snapshot): void {
  const entry = snapshot.entries.get(life.machine)
  const name = entry?.kind === 'machine' ? entry.name : life.machine
  if (life.marks.length !== before.marks.length) {
    const last = life.marks.at(-1)
    if (last !== undefined) events.tell('phase', name, `${last.phase}: ${last.detail}`)
  }
  if (life.state !== before.state) {
    const why = life.failure?.reason ?? life.waitingFor
    events.tell('state', name, why === undefined ? life.state : `${life.state}: ${why}`)
  }
}

function secretFolderIn(dataDir: string): string {
  const folder = join(dataDir, 'run', 'secret')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return folder
}

/** Hosts that mount the store find this file in it, and so does whoever wonders whose store it is. */
export function markStore(store: string, site: string): void {
  mkdirSync(store, { recursive: true })
  writeFileSync(join(store, '.coppice-store'), `${site}\n`)
}

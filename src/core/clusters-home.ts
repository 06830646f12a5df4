// Why this file exists: those who make virtual clusters, and what each of them is given of core.
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type DnsName,
  type Ip4,
  type Label,
  parseLabel,
  type Snapshot,
  type Subnet,
} from '#directory'
import { authorizedKeyLine } from '#hpl'
import { type ImageStore, placeGreedily } from '#vocluster'
import { Benchmarks } from './benchmarks/benchmarks.ts'
import type { Crew } from './benchmarks/crew.ts'
import { runProgram } from './benchmarks/program.ts'
import { remotePlace } from './benchmarks/scripts.ts'
import { ClusterKeys } from './cluster-keys.ts'
import type { ClusterEngine } from './clusters/engine.ts'
import { askDns } from './clusters/hands/await-node.ts'
import { Hands } from './clusters/hands/open.ts'
import { openClusterEngine } from './clusters/open-engine.ts'
import type { Followers } from './followers.ts'
import type { Foundation } from './foundation.ts'
import { powerOf } from './host-power.ts'
import { imageFacts, openImageShelf, usersOf } from './image-shelf.ts'

export interface ClustersHome {
  readonly engine: ClusterEngine
  readonly hands: Hands
  readonly images: ImageStore
  readonly benchmarks: Benchmarks
}

const idBytes = 6

export async function openClusters(
  foundation: Foundation,
  followers: Followers,
): Promise<ClustersHome> {
  const { store, secretFolder } = foundation
  const keys = new ClusterKeys(store.clusterKeys, secretFolder)
  const hands = handsOf(foundation, followers, keys)
  // Each needs the other: an image is kept for clusters, a cluster is made of images.
  const made: { engine?: ClusterEngine } = {}
  const images = await openImageShelf(foundation, (image) =>
    made.engine === undefined ? [] : usersOf(image, made.engine),
  )
  const engine = engineOf({ foundation, followers, keys, hands, images })
  made.engine = engine
  followers.vcnsSeen.listen((vcn, sighting) => engine.sighted(vcn, sighting))
  return { engine, hands, images, benchmarks: benchmarksOf(foundation, keys) }
}

function handsOf(foundation: Foundation, followers: Followers, keys: ClusterKeys): Hands {
  const { store, hosts, reach, now, settings } = foundation
  const { directory, sync, feed } = followers
  return new Hands({
    directory,
    writer: sync.writer,
    serving: () => feed.serving,
    hosts,
    reach,
    tenants: feed.tenants,
    authorizedKeyOf: (vo, cluster, network) => authorizedKeyOf({ vo, cluster, network }, keys),
    placement: settings.placement,
    ...(settings.services.dns === 'on' && { dns: askDns(ownAddress(foundation)) }),
    onAway: (host, why) => foundation.events.tell('alarm', host, `it could not be asked: ${why}`),
    fences: store.fences,
    powerOf: (machine) => powerOf(machine, foundation),
    now,
  })
}

interface KeyPlace {
  readonly vo: Label
  readonly cluster: Label
  readonly network: Subnet
}

async function authorizedKeyOf(place: KeyPlace, keys: ClusterKeys): Promise<string> {
  const { publicKey } = await keys.ensure(place.vo, place.cluster)
  const line = authorizedKeyLine(publicKey, place.network)
  if (line === undefined) throw new Error('ssh-keygen made a key that is no ed25519 key')
  return line
}

/** The first address of the first interface: where hosts send what belongs to VO networks. */
function ownAddress({ applianceAddresses }: Foundation): Ip4 {
  const [first] = applianceAddresses
  if (first === undefined) throw new Error('core was started without an address')
  return first
}

interface EnginePlace {
  readonly foundation: Foundation
  readonly followers: Followers
  readonly keys: ClusterKeys
  readonly hands: Hands
  readonly images: ImageStore
}

function engineOf({ foundation, followers, keys, hands, images }: EnginePlace): ClusterEngine {
  const { store, hosts, snapshot, now, events, log, settings } = foundation
  const { directory } = followers
  return openClusterEngine({
    hands,
    store,
    snapshot,
    images: (vo) => imageFacts(images, vo),
    applianceTunnel: ownAddress(foundation),
    isTaken: (address) => directory.isClaimed(address),
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    place: placeGreedily,
    isReady: (host) => isReady(host, snapshot(), hosts),
    now,
    pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
    newId,
    tell: (kind, subject, text) => events.tell(kind, subject, text),
    forgetKeys: (vo, cluster) => keys.remove(vo, cluster),
    onBug: (error) => log(`bug: ${error instanceof Error ? error.stack : String(error)}`),
    limits: { patience: settings.boot.patiencePercent / 100 },
  })
}

function isReady(host: DnsName, snapshot: Snapshot, hosts: Foundation['hosts']): boolean {
  const device = snapshot.byName.get(host)?.device
  return device?.kind === 'machine' && hosts.life(device.id).state === 'ready'
}

function newId(): string {
  return randomBytes(idBytes).toString('hex')
}

function benchmarksOf(foundation: Foundation, keys: ClusterKeys): Benchmarks {
  const { store, snapshot, hosts, ssh, events, now, secretFolder } = foundation
  return new Benchmarks({
    run: runProgram,
    place: remotePlace,
    folder: join(secretFolder, 'hpl'),
    sshIdentity: ssh.identity,
    clusterSecret: (crew) => secretOf(crew, keys),
    now,
    pause,
    runs: store.hplRuns,
    snapshot,
    stateOf: (machine) => hosts.life(machine).state,
    newId,
    tell: (kind, subject, text) => events.tell(kind, subject, text),
  })
}

function secretOf({ side, subject }: Crew, keys: ClusterKeys): string | undefined {
  const [vo, cluster] = subject.split('/').map((part) => parseLabel(part))
  if (side !== 'virtual' || vo === undefined || cluster === undefined) return undefined
  return keys.find(vo, cluster)?.secret
}

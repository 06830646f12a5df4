// Why this file exists: the core process: the directory, the store, the authority, the API and the hosts. It holds no
// port below 1024 and answers no packet; wire does that, from what core tells it.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openApi } from '#api'
import type { DnsName, Machine, Vcn } from '#directory'
import { runChild } from './serve/child-main.ts'
import { loadSettings } from './serve/load-settings.ts'
import { roomTrouble } from './serve/room-watch.ts'
import { version } from './serve/version.ts'
import { openClusters } from './core/clusters-home.ts'
import { openFoundation } from './core/foundation.ts'
import { type Followers, openFollowers } from './core/followers.ts'
import { openHostDoor } from './core/host-door.ts'
import { openConsole } from './core/services/console.ts'
import { servicesOf } from './core/services/index.ts'

const tickMs = 1_000
const copyEveryMs = 60_000
const knownMsMax = 10_000
const lookEveryMs = 20

await runChild('core', async ({ configPath, dataDir, log }) => {
  const settings = loadSettings(configPath, dataDir)
  const foundation = await openFoundation({ settings, dataDir, log })
  const { hosts, people, store, events } = foundation
  const followers = await openFollowers(foundation)
  const doors = await openHostDoor(foundation, () => followers.feed.connected)
  const clusters = await openClusters(foundation, followers)
  const context = {
    ...foundation,
    ...followers,
    ...clusters,
    openConsole: (vcn: Vcn) => openConsole(vcn, foundation),
    writes: () => clusters.hands.writes(),
    clustersOn: (host: DnsName) => clusters.engine.clustersOn(host),
    roomTrouble: () => roomTrouble(dataDir),
    believeOff: (machine: Machine) => clusters.hands.believe(machine),
  }
  const api = await openApi({
    services: servicesOf(context, followers.feed, version),
    socketPath: join(dataDir, 'api.sock'),
    listen: settings.api.listen,
    version,
    log,
  })
  hosts.resume()
  clusters.engine.resume()
  if (!(await isOnTheWire(followers)))
    log('the directory is not known yet: wire stays silent until it is')
  const ticking = setInterval(() => hosts.tick(), tickMs)
  const copying = setInterval(() => store.copy(), copyEveryMs)
  events.tell('start', 'core', `version ${version} serves ${settings.domain}`)
  return async () => {
    clearInterval(ticking)
    clearInterval(copying)
    await api.close()
    await clusters.benchmarks[Symbol.asyncDispose]()
    await clusters.engine[Symbol.asyncDispose]()
    for (const door of doors) door.close()
    hosts[Symbol.dispose]()
    await people[Symbol.asyncDispose]()
    followers.feed[Symbol.dispose]()
    await followers.sync.close()
    followers.directory[Symbol.dispose]()
    store[Symbol.dispose]()
  }
})

/**
 * Ready means that the next packet is answered, and from the directory of now, not from its last copy. A directory
 * that is away must not keep us from starting, though.
 */
async function isOnTheWire({ feed, directory, sync }: Followers): Promise<boolean> {
  const isTold = (): boolean => feed.serving === directory.snapshot.number
  for (let waitedMs = 0; waitedMs < knownMsMax; waitedMs += lookEveryMs) {
    if (isTold() && sync.state.kind === 'live') return true
    await pause(lookEveryMs)
  }
  return isTold()
}

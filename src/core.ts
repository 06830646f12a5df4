// Why this file exists: the core process: the directory, the store, the authority, the API and the hosts. It holds no
// port below 1024 and answers no packet; wire does that, from what core tells it.
import { openApi } from '#api'
import { runChild } from './serve/child-main.ts'
import { loadSettings } from './serve/load-settings.ts'
import { version } from './serve/version.ts'
import { openFoundation } from './core/foundation.ts'
import { openFollowers } from './core/followers.ts'
import { openHostDoor } from './core/host-door.ts'
import { servicesOf } from './core/services/index.ts'
import { join } from 'node:path'

const tickMs = 1_000
const copyEveryMs = 60_000

await runChild('core', async ({ configPath, dataDir, log }) => {
  const settings = loadSettings(configPath, dataDir)
  const foundation = await openFoundation({ settings, dataDir, log })
  const { hosts, store, events } = foundation
  const followers = await openFollowers(foundation)
  const doors = await openHostDoor(foundation, () => followers.feed.connected)
  const wire = {
    connected: () => followers.feed.connected,
    serving: followers.serving,
    counters: followers.counters,
  }
  const context = { ...foundation, ...followers }
  const api = await openApi({
    services: servicesOf(context, wire, version),
    socketPath: join(dataDir, 'api.sock'),
    listen: settings.api.listen,
    version,
    log,
  })
  hosts.resume()
  const ticking = setInterval(() => hosts.tick(), tickMs)
  const copying = setInterval(() => store.copy(), copyEveryMs)
  events.tell('start', 'core', `version ${version} serves ${settings.domain}`)
  return async () => {
    clearInterval(ticking)
    clearInterval(copying)
    await api.close()
    for (const door of doors) door.close()
    hosts[Symbol.dispose]()
    followers.feed[Symbol.dispose]()
    await followers.sync.close()
    store[Symbol.dispose]()
  }
})

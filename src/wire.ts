// Why this file exists: the wire process: the sockets, the leases and a copy of the snapshot. It holds no secret, and
// it goes on answering while core is away.
import { join } from 'node:path'
import { formatIp4 } from '#directory'
import { type Sighting, type TransferSighting, WireEnd } from '#feed'
import { createLeaseBook, type LeaseBook, restoreLeases } from '#pxe'
import { WireStore } from '#store'
import { type ChildPlace, runChild } from './serve/child-main.ts'
import { loadSettings } from './serve/load-settings.ts'
import { openBootFiles } from './wire/boot-files.ts'
import { systemClock } from './wire/clock.ts'
import type { WireContext } from './wire/context.ts'
import { type FeedState, follow } from './wire/picture.ts'
import { placeOf } from './wire/place.ts'
import { openServices } from './wire/services.ts'

const copyEveryMs = 60_000
const countersEveryMs = 5_000
const clock = systemClock()

await runChild('wire', async (place) => {
  const store = await WireStore.open({
    path: join(place.dataDir, 'wire.db'),
    now: () => clock().wallMs,
    onAlarm: (fault) => place.log(fault.message),
  })
  const book = await rememberedLeases(store, place.log)
  const { end, picture } = await listenToCore(store, place)
  const counters = new Map<string, number>()
  const parts = { book, end, picture, counters }
  const services = await openServices(await contextOf(place, store, parts))
  const telling = setInterval(() => end.counters(Object.fromEntries(counters)), countersEveryMs)
  const copying = setInterval(() => {
    store.copy().catch((error: unknown) => place.log(`wire.db was not copied: ${String(error)}`))
  }, copyEveryMs)
  return async () => {
    clearInterval(copying)
    clearInterval(telling)
    for (const service of services) await service.close()
    end[Symbol.dispose]()
    await store[Symbol.asyncDispose]()
  }
})

async function rememberedLeases(store: WireStore, log: (line: string) => void): Promise<LeaseBook> {
  const book = createLeaseBook()
  const { leases, doubtful } = restoreLeases(await store.leases.load(), clock())
  book.apply(leases.map((lease) => ({ kind: 'keep', lease })))
  if (doubtful > 0)
    log(
      `CPC-DHCP-009 the clock tells nothing about ${doubtful} leases: each is kept for its whole term`,
    )
  return book
}

async function listenToCore(store: WireStore, { dataDir, log }: ChildPlace) {
  let state: FeedState = {}
  const end = await WireEnd.listen({
    socketPath: join(dataDir, 'run', 'feed.sock'),
    outbox: store.outbox,
    onMessage(message) {
      state = follow(state, message)
      if (message.kind === 'reset' || message.kind === 'delta') end.serving(message.number)
    },
    onTrouble: (reason) => log(`feed: ${reason}`),
  })
  return { end, picture: () => state.picture }
}

interface Parts {
  readonly book: LeaseBook
  readonly end: WireEnd
  readonly picture: WireContext['picture']
  readonly counters: Map<string, number>
}

async function contextOf(place: ChildPlace, store: WireStore, parts: Parts): Promise<WireContext> {
  const { log } = place
  const { book, end, counters } = parts
  const count = (what: string): void => {
    counters.set(what, (counters.get(what) ?? 0) + 1)
  }
  const settings = loadSettings(place.configPath, place.dataDir)
  const report = async (sighting: Sighting): Promise<boolean> => {
    try {
      await end.report(withMac(sighting, book))
      return true
    } catch (error) {
      log(`a sighting was lost: ${String(error)}`)
      return false
    }
  }
  const onTransfer = (sighting: TransferSighting): void => {
    const { address, protocol, file, outcome, why } = sighting
    count(`${protocol} ${outcome}`)
    const who = address === undefined ? 'somebody' : formatIp4(address)
    log(`${protocol} ${file} to ${who}: ${outcome} (${why})`)
    void report(sighting)
  }
  const files = await openBootFiles(
    settings.boot.hostImage,
    () => clock().monotonicMs,
    (fault) => log(fault.message),
  )
  const places = settings.interfaces.map(placeOf)
  const { leases: journal } = store
  return { ...parts, settings, places, clock, journal, files, report, onTransfer, count, log }
}

/** A transfer names an address only; whose it is stands in the leases. */
function withMac(sighting: Sighting, book: LeaseBook): Sighting {
  if (sighting.mac !== undefined || sighting.address === undefined) return sighting
  const mac = book.holder(sighting.address, clock())?.mac
  return mac === undefined ? sighting : { ...sighting, mac }
}

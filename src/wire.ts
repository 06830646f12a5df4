// Why this file exists: the wire process: the sockets, the leases and a copy of the snapshot. It holds no secret, and
// it goes on answering while core is away.
import { join } from 'node:path'
import { formatIp4, settleSnapshot } from '#directory'
import {
  type FeedMessage,
  type Sighting,
  type TransferSighting,
  type WireAnswer,
  WireEnd,
  type WireQuestion,
} from '#feed'
import { createLeaseBook, type LeaseBook, restoreLeases } from '#pxe'
import { WireStore } from '#store'
import { type ChildPlace, runChild } from './serve/child-main.ts'
import { memoryGiver } from './serve/give-back.ts'
import { loadSettings } from './serve/load-settings.ts'
import { openBootFiles } from './wire/boot-files.ts'
import { systemClock } from './wire/clock.ts'
import type { WireContext } from './wire/context.ts'
import { CopyRhythm } from './wire/copy-rhythm.ts'
import { answerQuestion } from './wire/explain/answer-question.ts'
import { LastSeen } from './wire/explain/last-seen.ts'
import { loadPicture, savePicture } from './wire/last-copy.ts'
import { type FeedState, follow, fromCopy } from './wire/picture.ts'
import { placeOf } from './wire/place.ts'
import { boundedLines } from './wire/bounded-lines.ts'
import { openServices } from './wire/services.ts'
import { type Around, leasesEnded } from './wire/tenant-leases.ts'
import { Tenants } from './wire/tenants.ts'

const copyEveryMs = 60_000
const countersEveryMs = 5_000
/** Namespaces that others made or removed are noticed so soon; what core does, at once. */
const tenantsEveryMs = 5_000
const clock = systemClock()

await runChild('wire', async (place) => {
  const store = await WireStore.open({
    path: join(place.dataDir, 'wire.db'),
    now: () => clock().wallMs,
    onAlarm: (fault) => place.log(fault.message),
  })
  const book = await rememberedLeases(store, place.log)
  // Core may speak before there is anybody to serve what it speaks of.
  const serving: { tenants?: Tenants; answer?: Answer } = {}
  const core = await listenToCore(
    { store, book, place },
    {
      onTenants: (vnis) => void serving.tenants?.want(vnis),
      answer: (question) => serving.answer?.(question),
    },
  )
  const counters = new Map<string, number>()
  const lastSeen = new LastSeen()
  const context = await contextOf(place, store, { ...core, book, counters, lastSeen })
  const services = await openServices(context)
  const sweepsLeases = context.settings.services.dhcp === 'off'
  const tenants = new Tenants(context, { sweepsLeases })
  serving.tenants = tenants
  serving.answer = (question) =>
    answerQuestion(question, context, [...services.ends, ...tenants.ends()])
  void tenants.want(core.tenants())
  const { end } = core
  const timers = [
    setInterval(() => end.counters(Object.fromEntries(counters)), countersEveryMs),
    setInterval(() => void tenants.tick(), tenantsEveryMs),
    setInterval(() => {
      store.copy().catch((error: unknown) => place.log(`wire.db was not copied: ${String(error)}`))
    }, copyEveryMs),
  ]
  return async () => {
    for (const timer of timers) clearInterval(timer)
    await tenants.close()
    for (const service of services.open) await service.close()
    end[Symbol.dispose]()
    await core.copies.close()
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

interface Memory {
  readonly store: WireStore
  readonly book: LeaseBook
  readonly place: ChildPlace
}

type Answer = (question: WireQuestion) => Promise<WireAnswer>

interface Serving {
  readonly onTenants: (vnis: readonly number[]) => void
  /** `undefined` until the services are open. */
  readonly answer: (question: WireQuestion) => Promise<WireAnswer> | undefined
}

async function listenToCore(memory: Memory, { onTenants, answer }: Serving) {
  const { dataDir, log } = memory.place
  const copyPath = join(dataDir, 'wire.copy')
  let state = lastState(copyPath, memory.place)
  const giveBack = memoryGiver(() => {
    if (state.picture) settleSnapshot(state.picture.snapshot)
  })
  const copies = new CopyRhythm({
    async save() {
      const { picture, chosen = new Map() } = state
      // What came from the copy is in the copy.
      if (picture?.boot === undefined) return
      await savePicture(copyPath, { ...picture, chosen, savedAt: clock().wallMs })
    },
    now: () => clock().monotonicMs,
    later(milliseconds, action) {
      const timer = setTimeout(action, milliseconds)
      return () => clearTimeout(timer)
    },
    onTrouble: (reason) => log(`what is served was not copied: ${reason}`),
  })
  const end = await WireEnd.listen({
    socketPath: join(dataDir, 'run', 'feed.sock'),
    outbox: memory.store.outbox,
    onMessage(message) {
      const before = state.picture?.snapshot
      const isWhole = state.coming !== undefined
      state = follow(state, message)
      const after = state.picture?.snapshot
      if (after !== undefined) endLeases(message, { before, after, isWhole }, memory)
      if (isWhole) giveBack()
      if (message.kind === 'delta') end.serving(message.number)
      if (message.kind === 'delta' || message.kind === 'next-boot') copies.changed()
      if (concernsTenants(message, isWhole)) onTenants(state.tenants ?? [])
    },
    onQuestion: (question) =>
      answer(question) ?? Promise.reject(new Error('nothing is served yet')),
    onTrouble: (reason) => log(`feed: ${reason}`),
  })
  return { end, copies, picture: () => state.picture, tenants: () => state.tenants ?? [] }
}

/** What an earlier life served is served until core speaks. */
function lastState(copyPath: string, { configPath, dataDir, log }: ChildPlace): FeedState {
  const { domain } = loadSettings(configPath, dataDir)
  const loaded = loadPicture(copyPath, domain)
  if (loaded.kind === 'damaged') log(`what was served before cannot be: ${loaded.why}`)
  if (loaded.kind !== 'loaded') return {}
  const { snapshot, serial, chosen, savedAt } = loaded.copy
  log(`until core speaks, what was served at ${new Date(savedAt).toISOString()} is served`)
  return fromCopy(snapshot, serial, chosen)
}

/** A network that was not described when its end came is served as soon as it is. */
function concernsTenants(message: FeedMessage, isWhole: boolean): boolean {
  if (message.kind !== 'delta') return message.kind === 'tenants'
  if (isWhole) return true
  return message.deltas.some(
    (delta) =>
      delta.kind === 'put' && delta.entry.kind === 'network' && delta.entry.vni !== undefined,
  )
}

function endLeases(message: FeedMessage, around: Around, { store, book, place }: Memory): void {
  const ended = leasesEnded(message, around, book, clock())
  if (ended.length === 0) return
  book.apply(ended)
  store.leases.append(ended).catch((error: unknown) => {
    place.log(`${ended.length} leases of nodes that are gone stay on the disk: ${String(error)}`)
  })
}

interface Parts {
  readonly book: LeaseBook
  readonly end: WireEnd
  readonly picture: WireContext['picture']
  readonly counters: Map<string, number>
  readonly lastSeen: LastSeen
}

async function contextOf(place: ChildPlace, store: WireStore, parts: Parts): Promise<WireContext> {
  const log = boundedLines(place.log, () => clock().monotonicMs)
  const { book, end, counters, lastSeen } = parts
  const count = (what: string): void => {
    counters.set(what, (counters.get(what) ?? 0) + 1)
  }
  const settings = loadSettings(place.configPath, place.dataDir)
  const report = async (sighting: Sighting): Promise<boolean> => {
    const whose = withMac(sighting, book)
    lastSeen.note(whose)
    try {
      await end.report(whose)
      return true
    } catch (error) {
      log(`a sighting was lost: ${String(error)}`)
      return false
    }
  }
  const onTransfer = (sighting: TransferSighting): void => {
    const { address, protocol, file, outcome, why } = sighting
    const who = address === undefined ? 'somebody' : formatIp4(address)
    log(`${protocol} ${file} to ${who}: ${outcome} (${why})`)
    void report(sighting)
  }
  const files = await openBootFiles(
    { hostImage: settings.boot.hostImage, dataDir: place.dataDir },
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

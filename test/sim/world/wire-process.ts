// Why this file exists: wire as its composition root puts it together, with each of its ports in the simulation: feed, leases,
// DHCP, DNS, TFTP, and a VO's end. It can be killed at any step.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import { contains, type Ip4, type Mac, type Snapshot } from '#directory'
import { type DnsDatagrams, serveDnsUdp } from '#dns'
import { type FeedMessage, WireEnd } from '#feed'
import {
  type Arrival,
  createDhcpService,
  defaultDhcpLimits,
  type Destination,
  type DhcpService,
  type DhcpSettings,
  type LeaseBook,
  type LeaseChange,
  type LeaseJournal,
  restoreLeases,
  TftpServer,
} from '#pxe'
import { PoolWatch } from '../../../src/pxe/dhcp/pool-watch.ts'
import { type FeedState, follow, fromCopy } from '../../../src/wire/picture.ts'
import { leasesEnded } from '../../../src/wire/tenant-leases.ts'
import { tenantViewer } from '../../../src/wire/tenant-view.ts'
import { byRole, Evaluation } from '../checks/evaluation.ts'
import type { SimLog } from './disk.ts'
import type { Host } from './host.ts'
import { SimJournal, type SimOutbox } from './journal.ts'
import type { Loop } from './loop.ts'
import { type MirroredBook, mirroredBook } from './mirrored-book.ts'
import { bootFiles, ownAddress, subnets, voAddress, voVni } from './site.ts'
import type { Variant } from './variant.ts'

const tickMillis = 5_000
/** In production every two: a timer so fine would be most of what happens. */
const tftpTickMillisMin = 50
const copyMillis = 2_000
const tftpPort = 69

export interface WireSurroundings {
  readonly loop: Loop
  readonly host: Host
  readonly leases: SimLog<LeaseChange>
  readonly outbox: SimOutbox
  readonly variant: Variant
  readonly whoAnswers: (asked: readonly Ip4[]) => ReadonlyMap<Ip4, Mac | undefined>
  readonly send: (sent: SentReply) => void
  readonly sendDns: (bytes: Uint8Array, port: number) => void
  readonly sendVoDns: (bytes: Uint8Array, port: number) => void
  readonly sendTftp: (bytes: Uint8Array, from: number, to: number) => void
  readonly note: (what: string) => void
  /** What is served now, and its serial. */
  readonly served: (serial: number, snapshot: Snapshot) => void
  /** A packet was dealt with, and nothing was said. */
  readonly notSent: (evaluation: Evaluation) => void
  /** What the directory says under that serial, from nothing. */
  readonly expected: (serial: number, isVo: boolean) => Snapshot
}

export interface SentReply {
  readonly bytes: Uint8Array
  readonly destination: Destination
  readonly arrival: Arrival
  /** Absent for what no question led to. */
  readonly evaluation: Evaluation | undefined
}

export interface Copy {
  readonly snapshot: Snapshot
  readonly serial: number
}

type Hear = Parameters<Parameters<DnsDatagrams['onMessage']>[0]>

export class WireProcess {
  readonly book: LeaseBook
  readonly #mirror: LeaseBook
  readonly #around: WireSurroundings
  readonly #journal: LeaseJournal
  readonly #end: WireEnd
  readonly #evaluations = new AsyncLocalStorage<Evaluation>()
  readonly #services: Readonly<Record<'prov' | 'vo', DhcpService>>
  readonly #dns: ((...heard: Hear) => void)[] = []
  readonly #voDns: ((...heard: Hear) => void)[] = []
  readonly #ports = new Map<number, (...heard: Hear) => void>()
  readonly #cancels: (() => void)[] = []
  readonly #hears: (message: FeedMessage) => readonly FeedMessage[]
  #nextPort = 40_000
  #state: FeedState
  #isAlive = true
  #copy: Copy | undefined

  private constructor(
    around: WireSurroundings,
    copy: Copy | undefined,
    { book, mirror }: MirroredBook,
  ) {
    this.#mirror = mirror
    this.#around = around
    this.#copy = copy
    this.#state = copy ? fromCopy(copy.snapshot, copy.serial, new Map()) : {}
    this.book = book
    const { variant, leases, loop } = around
    const journal = new SimJournal(leases, () => this.#isAlive)
    this.#journal = this.#watched(variant.journal?.(journal) ?? journal)
    this.#hears = variant.feed?.() ?? ((message) => [message])
    this.#end = WireEnd.unbound({
      outbox: around.outbox,
      onMessage: (message) => {
        for (const heard of this.#hears(message)) this.#hear(heard)
      },
      onTrouble: (reason) => around.note(`wire: feed: ${reason}`),
    })
    this.#services = { prov: this.#dhcpOnProv(), vo: this.#dhcpInVo() }
    this.#openDns()
    this.#openTftp()
    const tick = (): void => {
      if (this.#isAlive && this.picture) void this.#services.prov.tick()
    }
    this.#cancels.push(loop.every(tickMillis, tick))
  }

  /** As after a start of the process: what it remembers is what it finds. */
  static async start(around: WireSurroundings, copy: Copy | undefined): Promise<WireProcess> {
    const { leases, host, variant } = around
    const { isTorn } = leases
    const found = await new SimJournal(leases, () => true).load()
    const restored =
      variant.restore?.(found, host.clock(), isTorn) ?? restoreLeases(found, host.clock()).leases
    const { book, mirror } = mirroredBook()
    book.apply(restored.map((lease) => ({ kind: 'keep', lease })))
    return new WireProcess(around, copy, { book: variant.book?.(book) ?? book, mirror })
  }

  get picture() {
    return this.#state.picture
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** What the next process begins with. */
  get copy(): Copy | undefined {
    return this.#copy
  }

  acceptCore(stream: Duplex): void {
    this.#end.accept(stream)
  }

  receiveDhcp(segment: 'prov' | 'vo', bytes: Uint8Array, arrival: Arrival): void {
    const view = segment === 'prov' ? this.picture?.snapshot : this.#voView()
    if (view === undefined) return
    const evaluation = new Evaluation(bytes, arrival, this.#around.loop.now)
    const service = this.#services[segment]
    void this.#evaluations.run(evaluation, () =>
      service.receive(bytes, arrival).then(() => {
        if (this.#isAlive && !evaluation.isSent) this.#around.notSent(evaluation)
      }),
    )
  }

  receiveDns(segment: 'prov' | 'vo', bytes: Uint8Array, port: number): void {
    const address = segment === 'prov' ? '10.77.0.50' : '10.128.0.50'
    for (const hear of segment === 'prov' ? this.#dns : this.#voDns) hear(bytes, { address, port })
  }

  receiveTftp(bytes: Uint8Array, from: number, to: number): void {
    this.#ports.get(to)?.(bytes, { address: '10.77.0.50', port: from })
  }

  kill(): void {
    this.#isAlive = false
    for (const cancel of this.#cancels) cancel()
    this.#end[Symbol.dispose]()
  }

  /** Each refusal of the disk is known to the packet that meets it. */
  #watched(journal: LeaseJournal): LeaseJournal {
    return {
      load: () => journal.load(),
      append: (changes) =>
        journal.append(changes).catch((error: unknown) => {
          this.#refused()
          throw error
        }),
    }
  }

  #refused(): void {
    const evaluation = this.#evaluations.getStore()
    if (evaluation) evaluation.isRefused = true
  }

  #hear(message: FeedMessage): void {
    if (!this.#isAlive) return
    const { host } = this.#around
    const before = this.picture?.snapshot
    const isWhole = this.#state.coming !== undefined
    this.#state = follow(this.#state, message)
    const { picture } = this
    if (picture === undefined) return
    const ended = leasesEnded(
      message,
      { before, after: picture.snapshot, isWhole },
      this.book,
      host.clock(),
    )
    if (ended.length > 0) {
      this.book.apply(ended)
      this.#journal.append(ended).catch(() => this.#around.note('wire: ended leases not stored'))
    }
    if (message.kind !== 'delta') return
    this.#around.served(message.serial, picture.snapshot)
    this.#around.note(`wire: serves ${message.serial}`)
    this.#end.serving(message.number)
    this.#cancels.push(this.#around.loop.after(copyMillis, () => this.#save()))
  }

  #save(): void {
    const { picture } = this
    if (this.#isAlive && picture?.boot) this.#copy = { ...picture }
  }

  #dhcpOnProv(): DhcpService {
    const addresses = new Set([ownAddress])
    const settings = { mode: 'authoritative', addresses, limits: defaultDhcpLimits } as const
    const shown = this.#around.variant.shown?.()
    return this.#dhcp(settings, () => {
      const { snapshot } = this.picture ?? {}
      if (snapshot === undefined) throw new Error('asked before the first snapshot')
      return shown?.(snapshot) ?? snapshot
    })
  }

  readonly #viewer = tenantViewer(voVni, () => this.picture?.snapshot)

  #voView(): Snapshot | undefined {
    const view = this.#viewer()
    const whole = this.picture?.snapshot
    return view && whole && (this.#around.variant.tenant?.(view, whole) ?? view)
  }

  #dhcpInVo(): DhcpService {
    const addresses = new Set([voAddress])
    const settings = {
      mode: 'authoritative',
      addresses,
      limits: defaultDhcpLimits,
      describedOnly: true,
    } as const
    return this.#dhcp(settings, () => {
      const view = this.#voView()
      if (view === undefined) throw new Error('the network went while a packet was answered')
      return view
    })
  }

  #dhcp(settings: DhcpSettings, shown: () => Snapshot): DhcpService {
    const { host, loop, whoAnswers, note, send, expected } = this.#around
    const watch = new PoolWatch()
    const isVo = settings.describedOnly === true
    return createDhcpService({
      book: this.book,
      journal: this.#journal,
      clock: host.clock,
      watch,
      world: () => {
        const snapshot = shown()
        const world = { snapshot, settings, nextBoot: byRole, isHeld: () => true }
        this.#evaluations.getStore()?.evaluate({
          settings,
          snapshot: expected(this.picture?.serial ?? 0, isVo),
          now: host.clock(),
          leases: this.#mirror,
          readyIn: (network) => watch.readyIn(network, host.clock()),
        })
        return world
      },
      whoAnswers: async (asked) => {
        if (isVo) return new Map()
        await loop.wait(20)
        return whoAnswers(asked)
      },
      isNear: (network) => contains(subnets.prov, network.number),
      send: (bytes, destination, arrival) => {
        if (!this.#isAlive) return
        const evaluation = this.#evaluations.getStore()
        send({ bytes: bytes.slice(), destination, arrival, evaluation })
      },
      count: () => undefined,
      sight: (sighting) => {
        if (this.#isAlive) void this.#end.report(sighting)
      },
      log: (line) => {
        if (this.#isAlive) note(`wire: ${line}`)
      },
    })
  }

  #openDns(): void {
    const { host, variant, sendDns, sendVoDns } = this.#around
    const now = (): number => host.clock().monotonicMs
    const shown = variant.zone?.() ?? ((snapshot: Snapshot) => snapshot)
    const rest = { forwarder: undefined, count: () => undefined, now }
    serveDnsUdp(portInto(this.#dns, sendDns), {
      ...rest,
      view: () => {
        const { picture } = this
        if (picture === undefined) return undefined
        const { serial } = picture
        return { snapshot: shown(picture.snapshot), applianceAddresses: [ownAddress], serial }
      },
    })
    serveDnsUdp(portInto(this.#voDns, sendVoDns), {
      ...rest,
      view: () => {
        const snapshot = this.#voView()
        const serial = this.picture?.serial ?? 0
        return snapshot && { snapshot, applianceAddresses: [voAddress], serial }
      },
    })
  }

  #openTftp(): void {
    const { loop, host, variant } = this.#around
    new TftpServer({
      port: this.#tftpPort(tftpPort),
      openTransferPort: () => Promise.resolve(this.#tftpPort(this.#nextPort++)),
      files: variant.files ?? bootFiles,
      clock: {
        now: () => host.clock().monotonicMs,
        wall: () => host.clock().wallMs,
        every: (millis, call) => {
          const cancel = loop.every(Math.max(millis, tftpTickMillisMin), call)
          this.#cancels.push(cancel)
          return cancel
        },
      },
      onTransfer: (sighting) => {
        if (this.#isAlive) void this.#end.report(sighting)
      },
    })
  }

  #tftpPort(port: number) {
    const { sendTftp } = this.#around
    return {
      onMessage: (listener: (...heard: Hear) => void) => void this.#ports.set(port, listener),
      send: (bytes: Uint8Array | readonly Uint8Array[], _: string, to: number) => {
        if (!this.#isAlive) return
        sendTftp(Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes), port, to)
      },
      close: () => {
        this.#ports.delete(port)
        return Promise.resolve()
      },
    }
  }
}

function portInto(
  hearers: ((...heard: Hear) => void)[],
  send: (bytes: Uint8Array, port: number) => void,
): DnsDatagrams {
  return {
    onMessage: (hearer) => void hearers.push(hearer),
    send: (bytes, _, port) => send(bytes, port),
  }
}

// Why this file exists: the thread that waits for router solicitations. It owns its buffers for life and decides nothing.
import { parentPort, workerData } from 'node:worker_threads'
import {
  type AdvertiserState,
  advertiserState,
  answerSolicitation,
  hearAdvertisement,
  hearsRouter,
} from './advertising.ts'
import {
  buildAdvertisement,
  buildSolicitation,
  filterOnly,
  icmp6Type,
  isLinkLocal,
  parseRouterMessage,
  type RouterMessage,
} from './icmp6.ts'
import {
  CallRefused,
  closeOnExec,
  family,
  icmp6Protocol,
  intOption,
  libc,
  nameOption,
  socketOption,
  socketType,
} from './libc.ts'
import {
  ip6AddressLength,
  ip6OfSocketAddress,
  ip6SocketAddress,
  ip6Text,
  macOctets,
} from './socket-address.ts'

export interface AdvertiserOrder {
  readonly interfaceName: string
  readonly index: number
  /** Unknown while the interface has no address of any kind. */
  readonly mac: string | undefined
  /** Set to 1 to end the thread; looked at between two waits. */
  readonly stop: Int32Array
}

export type AdvertiserEvent =
  | { readonly kind: 'listening' }
  | { readonly kind: 'answered'; readonly to: string }
  /** Somebody else is the router here: from now on we are silent. */
  | { readonly kind: 'other-router'; readonly address: string }
  | { readonly kind: 'trouble'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string }

/** How soon an order to stop is seen. */
const waitMicros = 250_000
/** A wire that fails at every turn (its interface is gone) ends the thread, not the processor. */
const troublesInARowMax = 20
/** RFC 4861 §6.2.4 keeps quiet routers at half an hour: asking more often finds one that came later. */
const solicitEveryMillis = 600_000
/** Without an address of our own nobody can be asked; it comes with the cable. */
const solicitAgainMillis = 10_000
const noAddressYet: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENETUNREACH', 'ENETDOWN'])
const packetBytesMax = 1_500

const allNodes = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
const allRouters = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2)

class Advertiser {
  readonly #order: AdvertiserOrder
  readonly #descriptor: number
  readonly #advertisement: Uint8Array
  readonly #solicitation: Uint8Array
  readonly #packet = new Uint8Array(packetBytesMax)
  readonly #from = new Uint8Array(ip6AddressLength)
  readonly #tell: (event: AdvertiserEvent) => void
  #state: AdvertiserState = advertiserState(performance.now())
  #solicitAt = 0

  constructor(order: AdvertiserOrder, tell: (event: AdvertiserEvent) => void) {
    const mac = order.mac === undefined ? undefined : macOctets(order.mac)
    this.#order = order
    this.#tell = tell
    this.#advertisement = buildAdvertisement(mac)
    this.#solicitation = buildSolicitation(mac)
    this.#descriptor = openSocket(order)
  }

  run(): void {
    this.#tell({ kind: 'listening' })
    let troubles = 0
    while (Atomics.load(this.#order.stop, 0) === 0 && troubles < troublesInARowMax) {
      troubles = this.#turn() ? 0 : troubles + 1
    }
    libc().close(this.#descriptor)
    const why = troubles === 0 ? 'asked to' : 'the interface fails at every turn'
    this.#tell({ kind: 'stopped', why })
  }

  /** One wait and what came of it; false when the kernel refused something. */
  #turn(): boolean {
    try {
      this.#askForRouters(performance.now())
      const length = libc().receiveFrom(this.#descriptor, this.#packet, this.#from)
      if (length !== undefined) this.#take(this.#packet.subarray(0, length), performance.now())
      return true
    } catch (cause) {
      if (!(cause instanceof CallRefused)) throw cause
      this.#tell({ kind: 'trouble', why: cause.message })
      return false
    }
  }

  #askForRouters(now: number): void {
    if (now < this.#solicitAt) return
    this.#solicitAt = now + solicitAgainMillis
    try {
      this.#send(this.#solicitation, allRouters)
      this.#solicitAt = now + solicitEveryMillis
    } catch (cause) {
      if (!(cause instanceof CallRefused && noAddressYet.has(cause.reason))) throw cause
    }
  }

  #take(packet: Uint8Array, now: number): void {
    const source = ip6OfSocketAddress(this.#from)
    const message = parseRouterMessage(packet)
    if (message?.kind === 'advertisement') this.#hear(message, source, now)
    if (message?.kind === 'solicitation') this.#answer(source, now)
  }

  #hear(message: RouterMessage & { kind: 'advertisement' }, source: Uint8Array, now: number): void {
    if (!isLinkLocal(source)) return // RFC 4861 §6.1.2
    const known = hearsRouter(this.#state, now)
    this.#state = hearAdvertisement(this.#state, message, now)
    if (!known && hearsRouter(this.#state, now))
      this.#tell({ kind: 'other-router', address: ip6Text(source) })
  }

  #answer(source: Uint8Array, now: number): void {
    const { state, answer } = answerSolicitation(this.#state, source, now)
    this.#state = state
    if (answer === 'silent') return
    const to = answer === 'to-all' ? allNodes : source
    this.#send(this.#advertisement, to)
    this.#tell({ kind: 'answered', to: ip6Text(to) })
  }

  #send(packet: Uint8Array, to: Uint8Array): void {
    libc().sendTo(this.#descriptor, packet, ip6SocketAddress(to, this.#order.index))
  }
}

function openSocket(order: AdvertiserOrder): number {
  const calls = libc()
  const descriptor = calls.socket(family.ip6, socketType.raw | closeOnExec, icmp6Protocol)
  const set = calls.setOption.bind(calls, descriptor)
  set(socketOption.bindToDevice, nameOption(order.interfaceName))
  set(socketOption.icmp6Filter, filterOnly(icmp6Type.solicitation, icmp6Type.advertisement))
  // RFC 4861 §6.1.2: a receiver drops whatever has not the full hop limit.
  set(socketOption.ip6UnicastHops, intOption(255))
  set(socketOption.ip6MulticastHops, intOption(255))
  set(socketOption.ip6MulticastLoop, intOption(0))
  set(socketOption.ip6JoinGroup, groupRequest(allRouters, order.index))
  set(socketOption.receiveTimeout, timeValue(waitMicros))
  return descriptor
}

/** `struct ipv6_mreq`. */
function groupRequest(group: Uint8Array, index: number): Uint8Array {
  const bytes = new Uint8Array(20)
  bytes.set(group)
  bytes.set(intOption(index), 16)
  return bytes
}

/** `struct timeval` on a 64-bit machine. */
function timeValue(micros: number): Uint8Array {
  const seconds = Math.floor(micros / 1_000_000)
  return new Uint8Array(BigInt64Array.of(BigInt(seconds), BigInt(micros % 1_000_000)).buffer)
}

function isOrder(data: unknown): data is AdvertiserOrder {
  return typeof data === 'object' && data !== null && 'stop' in data && 'index' in data
}

const port = parentPort
if (port && isOrder(workerData)) {
  const tell = (event: AdvertiserEvent) => port.postMessage(event)
  try {
    new Advertiser(workerData, tell).run()
  } catch (cause) {
    tell({ kind: 'stopped', why: cause instanceof Error ? cause.message : String(cause) })
  }
}

// Why this file exists: plays any DHCP client, and any relay, on the stage's wire, and remembers every frame that came
// back, for where a reply went is half of what RFC 2131 §4.1 says about it.
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import {
  bytesOf,
  option,
  type Option,
  readReply,
  type Reply,
  type Sent,
  type,
} from './dhcp-packet.ts'
import { type Datagram, everyMac, octets, type Tap } from './tap.ts'
import { nets, relay, server, serverMac, witness } from './world.ts'

export interface Heard {
  readonly frame: Datagram
  readonly reply: Reply
}

/** How the packet travels; absent: broadcast by a client without an address. */
export interface Road {
  readonly from?: string
  readonly to?: string
  readonly toMac?: string
  readonly fromPort?: number
}

/** A client's part of a message; the transaction is given to it when it is sent. */
export type Saying = Partial<Omit<Sent, 'chaddr' | 'options'>> & {
  readonly chaddr: string
  readonly type?: number
  readonly options?: readonly Option[]
}

/** A server may probe a new address before it offers it. */
const patienceMs = 1_500
/** Generous: the machine may be busy, and nothing waits so long that goes well. */
const answerDeadlineMs = 10_000
const serverPort = 67
const clientPort = 68
export const relayMac = '52:54:00:91:00:02'

export class DhcpClient {
  readonly #tap: Tap
  readonly #heard = new Map<number, Heard[]>()
  readonly #bell = new EventEmitter().setMaxListeners(0)
  readonly #forget: () => void
  #xid = (process.pid * 65_537) >>> 0
  #cards = 0

  constructor(tap: Tap) {
    this.#tap = tap
    this.#forget = tap.onDatagram((frame) => this.#hear(frame))
  }

  close(): void {
    this.#forget()
  }

  /** A card that nobody has described, and that no other case has. */
  stranger(): string {
    this.#cards += 1
    const hex = (value: number): string => value.toString(16).padStart(2, '0')
    return `52:54:00:cc:${hex(this.#cards >> 8)}:${hex(this.#cards & 255)}`
  }

  /** That address answers ARP from now on, as a client that has it does. */
  play(address: string, mac: string): void {
    this.#tap.play(address, mac)
  }

  /** Nobody is at that address any more. */
  leave(address: string): void {
    this.#tap.leave(address)
  }

  /** The transaction's number. */
  send(saying: Saying, road: Road = roadOf(saying)): number {
    this.#xid = (this.#xid + 1) >>> 0
    const { type: said, options = [], ...fields } = saying
    const whole = said === undefined ? options : [option.type(said), ...options]
    const sent = { xid: this.#xid, ...fields, options: whole }
    this.sendBytes(bytesOf(sent), { ...road, fromMac: saying.chaddr })
    return sent.xid
  }

  sendBytes(payload: Uint8Array, road: Road & { readonly fromMac: string }): void {
    this.#tap.send({
      fromMac: road.fromMac,
      toMac: road.toMac ?? everyMac,
      from: road.from ?? '0.0.0.0',
      to: road.to ?? '255.255.255.255',
      fromPort: road.fromPort ?? clientPort,
      toPort: serverPort,
      payload,
    })
  }

  /** The first answer, if one comes soon. For a server that may not be there yet. */
  async firstAnswer(xid: number): Promise<Heard | undefined> {
    await this.#hearing(xid, patienceMs)
    return this.heard(xid)[0]
  }

  /** All that was said to that transaction so far. */
  heard(xid: number): readonly Heard[] {
    return this.#heard.get(xid) ?? []
  }

  /** Waits in vain only until a witness that asked later was answered, and a while longer. */
  async answerTo(xid: number): Promise<Heard> {
    for (const wait of [
      () => this.#hearing(xid, patienceMs),
      () => this.alive(),
      () => this.#hearing(xid, patienceMs),
    ]) {
      await wait()
      const [first] = this.heard(xid)
      if (first) return first
    }
    throw new Error('no answer came, though the server answers others')
  }

  /** Whether something came in time. */
  async #hearing(xid: number, deadlineMs: number): Promise<boolean> {
    if (this.heard(xid).length > 0) return true
    const signal = AbortSignal.timeout(deadlineMs)
    return once(this.#bell, String(xid), { signal }).then(
      () => true,
      () => false,
    )
  }

  /** Says it and gives the answer. */
  async ask(saying: Saying, road?: Road): Promise<Heard> {
    return this.answerTo(this.send(saying, road))
  }

  /** The same, and the answer is of that type. */
  async askFor(wanted: number, saying: Saying, road?: Road): Promise<Heard> {
    const heard = await this.ask(saying, road)
    assert.equal(heard.reply.options.get(53)?.[0], wanted, 'the type of the reply')
    return heard
  }

  /**
   * Nobody answers. Proved by a witness that asks later and is answered: servers deal with packets in turn. What needs
   * time of its own (a probe of a new address) has it before.
   */
  async silence(xid: number): Promise<void> {
    await this.alive()
    assert.deepEqual(
      this.heard(xid).map(({ reply }) => `type ${reply.options.get(53)?.[0]} ${reply.yiaddr}`),
      [],
      'an answer came where silence is right',
    )
  }

  /** The server is there and has dealt with what came before. */
  async alive(): Promise<void> {
    const wanted = [option.wanted(witness.address), option.server(server)]
    const xid = this.send({ type: type.request, chaddr: witness.mac, options: wanted })
    if (!(await this.#hearing(xid, answerDeadlineMs)))
      throw new Error('the server is silent to all')
  }

  /** DISCOVER and REQUEST; the address that it got, and the last answer. */
  async lease(chaddr: string, more: Omit<Saying, 'chaddr' | 'type'> = {}): Promise<Heard> {
    const offer = await this.askFor(type.offer, { ...more, chaddr, type: type.discover })
    const choice = [option.wanted(offer.reply.yiaddr), option.server(server)]
    const options = [...choice, ...(more.options ?? []).filter(([code]) => code !== 50)]
    const ack = await this.askFor(type.ack, { ...more, chaddr, type: type.request, options })
    if (ack.reply.giaddr === '0.0.0.0') this.play(ack.reply.yiaddr, chaddr)
    return ack
  }

  #hear(frame: Datagram): void {
    if (frame.fromPort !== serverPort || frame.payload.length < 240) return
    const xid = new DataView(frame.payload.buffer, frame.payload.byteOffset).getUint32(4)
    try {
      const before = this.#heard.get(xid) ?? []
      this.#heard.set(xid, [...before, { frame, reply: readReply(frame.payload) }])
    } finally {
      this.#bell.emit(String(xid))
    }
  }
}

/** A relay speaks by unicast from its own port 67; a client with an address, by unicast too (RFC 2131 §4.4.5). */
function roadOf({ giaddr }: Saying): Road {
  if (giaddr === undefined || giaddr === '0.0.0.0') return {}
  return { from: giaddr, to: server, toMac: serverMac, fromPort: serverPort }
}

/** By unicast from an address of its own. */
export const unicastFrom = (address: string): Road => ({
  from: address,
  to: server,
  toMac: serverMac,
})

/** By broadcast from an address of its own, as a client that rebinds. */
export const broadcastFrom = (address: string): Road => ({ from: address })

export const viaRelay = { giaddr: relay, hops: 1 } as const

export function isInPool(address: string, net: keyof typeof nets = 'near'): boolean {
  const [first, last] = nets[net].pool
  return numberOf(address) >= numberOf(first) && numberOf(address) <= numberOf(last)
}

function numberOf(address: string): number {
  return octets(address).reduce((number, octet) => number * 256 + octet, 0)
}

/** Had and given back a moment ago: free, as sure as can be from outside. */
export async function freed(dhcp: DhcpClient): Promise<string> {
  const chaddr = dhcp.stranger()
  const { yiaddr } = (await dhcp.lease(chaddr)).reply
  const options = [option.server(server)]
  dhcp.send({ type: type.release, chaddr, ciaddr: yiaddr, options }, unicastFrom(yiaddr))
  await dhcp.alive()
  dhcp.leave(yiaddr)
  return yiaddr
}

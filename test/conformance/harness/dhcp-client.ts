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
import { type Datagram, everyMac, type Tap } from './tap.ts'
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

  /** All that was said to that transaction so far. */
  heard(xid: number): readonly Heard[] {
    return this.#heard.get(xid) ?? []
  }

  async answerTo(xid: number, deadlineMs = answerDeadlineMs): Promise<Heard> {
    const signal = AbortSignal.timeout(deadlineMs)
    for (;;) {
      const [first] = this.heard(xid)
      if (first) return first
      await once(this.#bell, String(xid), { signal }).catch((cause: unknown) => {
        throw new Error('no answer came', { cause })
      })
    }
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
    await this.askFor(type.ack, { type: type.request, chaddr: witness.mac, options: wanted })
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
  const [prefix, low] = [first.slice(0, first.lastIndexOf('.')), Number(first.split('.').at(-1))]
  const octet = Number(address.split('.').at(-1))
  return address.startsWith(`${prefix}.`) && octet >= low && octet <= Number(last.split('.').at(-1))
}

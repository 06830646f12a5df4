// Why this file exists: a DHCP client as RFC 2131 figure 5 draws it, with the whims of its character. What it believes to hold is
// the truth that the appliance is judged by.
import {
  bytesOf,
  option,
  type Option,
  readReply,
  type Reply,
  type,
  u32Of,
} from '../../conformance/harness/dhcp-packet.ts'
import { pick } from '../../fuzz/random.ts'
import type { Cancel, Loop } from '../world/loop.ts'
import { latestMillis } from '../world/network.ts'
import { cards, type Segment } from '../world/site.ts'
import type { Character } from './character.table.ts'

export interface ClientSurroundings {
  readonly loop: Loop
  readonly random: () => number
  /** `source`: its own address, when it has one and speaks past its relay. */
  readonly toServer: (
    segment: Segment,
    bytes: (giaddr: string) => Uint8Array,
    source?: string,
  ) => void
  /** Whether somebody else answers at that address. */
  readonly isTaken: (segment: Segment, address: string, card: string) => boolean
  /** Cards are made once: no two machines have the same. */
  readonly isInUse: (segment: Segment, card: string) => boolean
  readonly giveUp: (client: Client, except?: string) => void
  readonly accepted: (client: Client, address: string) => void
}

type State = 'off' | 'selecting' | 'requesting' | 'rebooting' | 'bound' | 'renewing' | 'rebinding'

export interface Belief {
  readonly address: string
  readonly until: number
}

const bootMillisMax = 20_000
const askAgainMillis = 4_000
const asksMax = 3
const afterDeclineMillis = 10_000
const offMillis = 30_000

export class Client {
  readonly character: Character
  readonly #around: ClientSurroundings
  #card = ''
  #state: State = 'off'
  #belief: Belief | undefined
  #remembered: string | undefined
  #xid = 0
  #requestedAt = 0
  #asks = 0
  #wanted = ''
  #server = ''
  #timer: Cancel | undefined

  constructor(character: Character, around: ClientSurroundings) {
    this.character = character
    this.#around = around
    this.#card = this.#someCard()
  }

  get card(): string {
    return this.#card
  }

  get segment(): Segment {
    return this.character.segment
  }

  /** What it thinks it holds, on or off. */
  belief(): Belief | undefined {
    const { now } = this.#around.loop
    return this.#belief && this.#belief.until > now ? this.#belief : undefined
  }

  /** Whether it would answer there. */
  isAt(address: string): boolean {
    const isUp =
      this.#state === 'bound' || this.#state === 'renewing' || this.#state === 'rebinding'
    return isUp && this.belief()?.address === address
  }

  /** Whether a reply to that transaction still means something to it. */
  isIn(xid: number): boolean {
    return xid === this.#xid
  }

  switchOn(): void {
    this.#later(this.#around.random() * bootMillisMax, () => this.#boot())
  }

  receive(bytes: Uint8Array): void {
    const reply = readReply(bytes)
    if (reply.chaddr !== this.#card || reply.xid !== this.#xid) return
    const said = reply.options.get(53)?.[0]
    if (said === type.offer && this.#state === 'selecting') this.#choose(reply)
    else if (said === type.nak && this.#awaits) this.#refused()
    else if (said === type.ack && this.#awaits) this.#acknowledged(reply)
  }

  get #awaits(): boolean {
    return ['requesting', 'rebooting', 'renewing', 'rebinding'].includes(this.#state)
  }

  #boot(): void {
    const { random } = this.#around
    if (this.character.isGreedy) {
      this.#card = this.#someCard()
      this.#belief = undefined
    }
    if (this.#remembered === undefined || random() < 0.5) return this.#discover()
    this.#wanted = this.#remembered
    this.#state = 'rebooting'
    this.#begin(() => this.#say(type.request, [option.wanted(this.#wanted)]))
  }

  #discover(): void {
    this.#state = 'selecting'
    const { random } = this.#around
    const wish = random() < 0.5 && this.#remembered ? [option.wanted(this.#remembered)] : []
    this.#begin(() => this.#say(type.discover, wish))
  }

  #choose(reply: Reply): void {
    this.#wanted = reply.yiaddr
    this.#server = reply.options.get(54)?.join('.') ?? ''
    // Whoever takes another address has left the one it had.
    this.#giveUp(this.#wanted)
    this.#state = 'requesting'
    const said = [option.wanted(this.#wanted), option.server(this.#server)]
    this.#begin(() => this.#say(type.request, said))
  }

  #acknowledged(reply: Reply): void {
    const { loop, random, isTaken, accepted } = this.#around
    const { yiaddr: address } = reply
    const isMoody = random() * 100 < this.character.declinePercent
    if (isTaken(this.segment, address, this.#card) || isMoody) return this.#decline(address)
    if (this.#belief && this.#belief.address !== address) this.#giveUp(address)
    const seconds = u32Of(reply.options.get(51)) ?? 0
    this.#server = reply.options.get(54)?.join('.') ?? this.#server
    this.#belief = { address, until: this.#requestedAt + seconds * 1_000 }
    this.#remembered = address
    this.#state = 'bound'
    accepted(this, address)
    const left = this.#belief.until - loop.now
    this.#later(left / 2, () => this.#turn())
  }

  /** Half of its time is over: most go on, some do something else. */
  #turn(): void {
    const { random } = this.#around
    const { releasePercent, rebootPercent, leavePercent } = this.character
    const whim = random() * 100
    if (whim < releasePercent) return this.#release()
    if (whim < releasePercent + rebootPercent) return this.#off(random() * bootMillisMax)
    if (whim < releasePercent + rebootPercent + leavePercent)
      return this.#off(offMillis * (1 + random() * 3))
    this.#state = 'renewing'
    this.#begin(() => this.#renew())
  }

  #renew(): void {
    const { address } = this.#belief ?? { address: '0.0.0.0' }
    const isDirect = this.#state === 'renewing'
    this.#say(type.request, [], address, isDirect ? address : undefined)
  }

  #release(): void {
    const { address } = this.#belief ?? { address: '0.0.0.0' }
    this.#giveUp()
    this.#newTransaction()
    this.#say(type.release, [option.server(this.#server)], address, address)
    // Nothing tells a late RELEASE from a new one: who comes back sooner than it arrives loses what it gets.
    this.#off(latestMillis + this.#around.random() * offMillis)
  }

  #decline(address: string): void {
    this.#giveUp()
    this.#remembered = undefined
    this.#newTransaction()
    this.#say(type.decline, [option.wanted(address), option.server(this.#server)])
    this.#state = 'off'
    this.#later(afterDeclineMillis, () => this.#discover())
  }

  #refused(): void {
    this.#giveUp()
    this.#remembered = undefined
    this.#later(1_000, () => this.#discover())
  }

  /** It keeps in mind what it has, and does not use it. */
  #off(millis: number): void {
    this.#state = 'off'
    this.#later(millis, () => this.#boot())
  }

  #giveUp(except?: string): void {
    if (this.#belief?.address !== except) this.#belief = undefined
    this.#around.giveUp(this, except)
  }

  #begin(say: () => void): void {
    this.#newTransaction()
    this.#asks = 0
    const ask = (): void => {
      if (this.#asks >= asksMax) return this.#goOn()
      this.#asks += 1
      this.#requestedAt = this.#around.loop.now
      say()
      this.#later(askAgainMillis * this.#asks, ask)
    }
    ask()
  }

  /** Nobody answered. */
  #goOn(): void {
    if (this.#state === 'renewing') {
      this.#state = 'rebinding'
      return this.#begin(() => this.#renew())
    }
    if (this.#state === 'rebinding' && this.belief())
      return this.#later(askAgainMillis, () => this.#begin(() => this.#renew()))
    this.#discover()
  }

  #newTransaction(): void {
    this.#xid = Math.floor(this.#around.random() * 2 ** 32)
  }

  #say(kind: number, more: readonly Option[], ciaddr = '0.0.0.0', source?: string): void {
    const { clientId } = this.character
    const id = clientId ? [option.clientId(...clientId)] : []
    const sent = {
      xid: this.#xid,
      chaddr: this.#card,
      ciaddr,
      options: [option.type(kind), ...id, ...more],
    }
    this.#around.toServer(this.segment, (giaddr) => bytesOf({ ...sent, giaddr }), source)
  }

  #someCard(): string {
    const [kind, from, count] = this.character.card
    const numbers = Array.from({ length: count }, (_, at) => from + at)
    const card = cards[kind](pick(this.#around.random, numbers))
    return this.#card && this.#around.isInUse(this.segment, card) ? this.#card : card
  }

  #later(millis: number, act: () => void): void {
    this.#timer?.()
    this.#timer = this.#around.loop.after(millis, act)
  }
}

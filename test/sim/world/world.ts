// Why this file exists: everything that a run has: the appliance with its processes, the wires, the clients, the directory and
// whatever happens to them, all from one seed.
import { type Entry, type EntryId, formatIp4, type Ip4, type Mac, parseIp4 } from '#directory'
import type { LeaseChange } from '#pxe'
import { opcode, strings } from '../../conformance/harness/tftp-client.ts'
import { query } from '../../conformance/harness/dns-packet.ts'
import { readReply } from '../../conformance/harness/dhcp-packet.ts'
import { mac, machine } from '../../directory/samples.ts'
import { below, pick, randomOf } from '../../fuzz/random.ts'
import { askedNames } from '../../fuzz/served-files.ts'
import { Client } from '../actors/client.ts'
import type { Character } from '../actors/character.table.ts'
import { Judge } from '../checks/judge.ts'
import { CoreProcess } from './core-process.ts'
import { Disk, type DiskFault, SimLog } from './disk.ts'
import { Host } from './host.ts'
import { SimOutbox } from './journal.ts'
import { Loop } from './loop.ts'
import { Network } from './network.ts'
import { pipe, refusedPipe } from './pipe.ts'
import { arrivalOf, cards, relays, type Segment, segmentOfAddress, siteEntries } from './site.ts'
import { Trace } from './trace.ts'
import type { Variant } from './variant.ts'
import { type Copy, type SentReply, WireProcess } from './wire-process.ts'

const restartMillisMax = 5_000
/** Wire looks every five seconds, when it has something to serve. */
const noticedMillis = 8_000
const diskTroubleMillisMax = 30_000
const squatMillisMax = 120_000
const leaseSecondsOffered = [60, 75, 90, 120]
const squatter = mac('52:54:00:ff:00:01')
const serialStep = 1
const names = [
  'n10.cluster.test',
  'n11.cluster.test',
  'c200.hpl.physics.cluster.test',
  'c250.hpl.biology.cluster.test',
  '11.0.77.10.in-addr.arpa',
  '11.0.128.10.in-addr.arpa',
  'ns.cluster.test',
  'www.example.org',
] as const
const clientPorts = [2_001, 2_002, 2_003]

export class World {
  readonly loop = new Loop()
  readonly random: () => number
  readonly host = new Host(this.loop)
  readonly trace = new Trace(() => this.loop.now)
  readonly judge = new Judge(this.loop, this.host)
  readonly leaseSeconds: number
  readonly #variant: Variant
  readonly #network: Network
  readonly #disk: Disk
  readonly #leases: SimLog<LeaseChange>
  readonly #outbox = new SimOutbox()
  readonly #clients: Client[] = []
  readonly #directory = new Map<EntryId, Entry>()
  readonly #squatted = new Map<string, number>()
  readonly #questions = new Map<number, Uint8Array>()
  #hasPower = true
  #serial = 0
  #clockSetAt = -Infinity
  #healedAt = 0
  #wireUpAt = 0
  #wire: WireProcess | undefined
  #core: CoreProcess | undefined
  #copy: Copy | undefined

  constructor(seed: number, variant: Variant) {
    this.random = randomOf(seed)
    this.#variant = variant
    this.leaseSeconds = pick(this.random, leaseSecondsOffered)
    this.#network = new Network(this.loop, this.random, {
      lostPercent: pick(this.random, [0, 2, 10]),
      doubledPercent: pick(this.random, [0, 5, 20]),
      latePercent: pick(this.random, [0, 2, 10]),
    })
    this.#disk = new Disk(this.loop, this.random)
    this.#leases = new SimLog(this.#disk, (changes) => this.judge.synced(changes))
    for (const entry of siteEntries(this.leaseSeconds)) this.#directory.set(entry.id, entry)
  }

  get wire(): WireProcess | undefined {
    return this.#wire
  }

  /** Cards on one wire are different ones: twins there are one machine to anybody. */
  admit(character: Character): void {
    const client = new Client(character, {
      loop: this.loop,
      random: this.random,
      toServer: (segment, bytes, source) => this.#toServer(segment, bytes, source),
      isTaken: (segment, address, card) => this.#isTaken(segment, address, card),
      isInUse: (segment, card) => this.#isInUse(segment, card),
      giveUp: (one, except) =>
        this.judge.promises.giveUp(
          one.card,
          (address) => segmentOfAddress(address) === one.segment,
          except,
        ),
      accepted: (one, address) => this.#accepted(one, address),
    })
    if (this.#isInUse(client.segment, client.card)) return
    this.#clients.push(client)
    client.switchOn()
  }

  startWire(): void {
    if (this.#wire?.isAlive || !this.#hasPower) return
    const copy = this.#copy
    void WireProcess.start(
      {
        loop: this.loop,
        host: this.host,
        leases: this.#leases,
        outbox: this.#outbox,
        variant: this.#variant,
        whoAnswers: (asked) => this.#whoAnswers(asked),
        send: (sent) => this.#dhcpSent(sent),
        sendDns: (bytes) => this.#dnsSent(bytes, 'prov'),
        sendVoDns: (bytes) => this.#dnsSent(bytes, 'vo'),
        sendTftp: (bytes, from, to) => this.#tftpSent(bytes, from, to),
        note: this.trace.note,
        expected: (serial, isVo) => this.judge.expected(serial, isVo),
        notSent: (evaluation) => this.judge.notSent(evaluation),
        served: (serial, snapshot) => this.judge.served(serial, snapshot),
      },
      copy,
    ).then((wire) => {
      this.#wire = wire
      this.#wireUpAt = this.loop.now
      this.trace.note('wire: up')
      this.judge.started(wire)
    })
  }

  startCore(): void {
    if (this.#core || !this.#hasPower) return
    this.#core = new CoreProcess(
      {
        loop: this.loop,
        connect: () => this.#connect(),
        nextSerial: () => (this.#serial += serialStep),
        published: (serial, snapshot) => this.judge.published(serial, snapshot),
        note: this.trace.note,
      },
      this.#directory.values(),
    )
    this.trace.note('core: up')
  }

  killWire(): void {
    if (this.#isClockOwed) return
    this.#stopWire()
    this.loop.after(this.random() * restartMillisMax, () => this.startWire())
  }

  killCore(): void {
    this.#stopCore()
    this.loop.after(this.random() * restartMillisMax, () => this.startCore())
  }

  setClock(byMillis: number): void {
    if (!this.#hasPower) return
    this.#clockSetAt = this.loop.now
    this.host.setClock(byMillis)
  }

  /**
   * Once the clock was set, wire writes its leases anew by the new time. When it cannot, since the disk takes nothing, or
   * dies before it has noticed, leases of before are reckoned wrong by the next process: that gap is known, and is spared.
   */
  get #isClockOwed(): boolean {
    if (this.#clockSetAt === -Infinity) return false
    const since = this.loop.now - Math.max(this.#clockSetAt, this.#healedAt, this.#wireUpAt)
    return this.#disk.fault !== 'none' || this.#wire?.isAlive !== true || since < noticedMillis
  }

  powerFails(clockJumpMillis: number): void {
    if (!this.#hasPower || this.#isClockOwed) return
    if (clockJumpMillis !== 0) this.#clockSetAt = this.loop.now
    this.#hasPower = false
    this.#stopWire()
    this.#stopCore()
    this.#leases.powerFails()
    this.loop.after(1 + this.random() * restartMillisMax, () => {
      this.#hasPower = true
      this.host.powerOn()
      this.host.setClock(clockJumpMillis)
      this.startWire()
      this.startCore()
    })
  }

  diskFails(fault: DiskFault): void {
    this.#disk.fault = fault
    this.loop.after(this.random() * diskTroubleMillisMax, () => {
      this.#disk.fault = 'none'
      this.#healedAt = this.loop.now
    })
  }

  put(entry: Entry): void {
    this.#directory.set(entry.id, entry)
    this.#core?.take({ kind: 'entry', entry })
  }

  drop(gone: EntryId): void {
    this.#directory.delete(gone)
    this.#core?.take({ kind: 'gone', id: gone })
  }

  strangerEntry(number: number, last: number): Entry {
    return machine(number + 80, { macs: [cards.stranger(number)], address: `10.77.0.${last}` })
  }

  /** Somebody sits at an address of the pool, who never asked. */
  squat(): void {
    const address = `10.77.0.${200 + below(this.random, 6)}`
    this.#squatted.set(address, this.loop.now + this.random() * squatMillisMax)
  }

  askDns(segment: 'prov' | 'vo'): void {
    const xid = below(this.random, 65_536)
    const bytes = query(pick(this.random, names), {
      id: xid,
      type: pick(this.random, ['A', 'PTR', 'ANY']),
    })
    this.#questions.set(xid, bytes)
    this.#network.carry(() => this.#wire?.receiveDns(segment, bytes, 40_000))
  }

  askTftp(): void {
    const file = this.random() < 0.6 ? 'snponly.efi' : pick(this.random, askedNames)
    const request = strings(opcode.read, [file, 'octet'])
    const port = pick(this.random, clientPorts)
    this.#network.carry(() => this.#wire?.receiveTftp(request, port, 69))
  }

  /** Whatever was wrong is right again, so that all must come to one. */
  heal(): void {
    this.#disk.fault = 'none'
    this.startWire()
    this.startCore()
  }

  /** After a while of peace wire serves what core told last. */
  isInStep(): boolean {
    return this.#wire?.picture?.serial === this.#core?.serial
  }

  #isInUse(segment: Segment, card: string): boolean {
    return this.#clients.some((one) => one.card === card && one.segment === segment)
  }

  #stopWire(): void {
    if (!this.#wire?.isAlive) return
    this.#copy = this.#wire.copy
    this.#wire.kill()
    this.trace.note('wire: killed')
  }

  #stopCore(): void {
    this.#core?.kill()
    this.#core = undefined
    this.trace.note('core: killed')
  }

  #connect() {
    const wire = this.#wire
    if (!wire?.isAlive) return refusedPipe(this.loop, this.random)
    const [near, far] = pipe(this.loop, this.random)
    this.loop.after(1, () => {
      if (!wire.isAlive) return void near.destroy()
      wire.acceptCore(far)
      return void near.emit('connect')
    })
    return near
  }

  #toServer(segment: Segment, bytesWith: (giaddr: string) => Uint8Array, source?: string): void {
    const relay = source === undefined ? relays[segment] : undefined
    const bytes = bytesWith(relay === undefined ? '0.0.0.0' : formatIp4(relay))
    const from = relay ?? parseIp4(source ?? '0.0.0.0')
    if (from === undefined) return
    this.#network.carry(() => {
      this.trace.note(
        `dhcp ${readReply(bytes).chaddr} says ${readReply(bytes).options.get(53)?.[0]}`,
      )
      const door = segment === 'vo' ? 'vo' : 'prov'
      this.#wire?.receiveDhcp(door, bytes, arrivalOf(segment, from))
    })
  }

  #dhcpSent(sent: SentReply): void {
    const reply = readReply(sent.bytes)
    this.trace.note(`dhcp ${reply.chaddr} hears ${reply.options.get(53)?.[0]} ${reply.yiaddr}`)
    const segment = segmentOf(sent)
    const isHeard = this.#clients.some(
      (one) => one.segment === segment && one.card === reply.chaddr && one.isIn(reply.xid),
    )
    this.judge.dhcpSent(sent, isHeard)
    this.#network.carry(() => {
      for (const client of this.#clients) if (client.segment === segment) client.receive(sent.bytes)
    })
  }

  #dnsSent(bytes: Uint8Array, segment: 'prov' | 'vo'): void {
    const question = this.#questions.get((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0))
    if (question === undefined || !this.#wire) return this.judge.fail('an answer to no question')
    this.trace.note(`dns ${segment} ${bytes.length} octets`)
    this.judge.dnsSent(question, bytes, this.#wire, segment)
  }

  #tftpSent(bytes: Uint8Array, from: number, to: number): void {
    this.judge.tftpSent(bytes, from)
    const [, kind = 0, high = 0, low = 0] = bytes
    if (kind !== opcode.data) return
    const acknowledgement = Uint8Array.of(0, opcode.ack, high, low)
    this.#network.carry(() => this.#wire?.receiveTftp(acknowledgement, to, from))
  }

  #whoAnswers(asked: readonly Ip4[]): ReadonlyMap<Ip4, Mac | undefined> {
    const found = asked.flatMap((one): (readonly [Ip4, Mac | undefined])[] => {
      const address = formatIp4(one)
      const client = this.#clients.find((each) => each.isAt(address))
      if (client) return [[one, mac(client.card)]]
      return this.#isSquatted(address) ? [[one, squatter]] : []
    })
    return new Map(found)
  }

  #isSquatted(address: string): boolean {
    return (this.#squatted.get(address) ?? 0) > this.loop.now
  }

  #isTaken(segment: Segment, address: string, card: string): boolean {
    const isUsed = this.#clients.some(
      (one) => one.segment === segment && one.card !== card && one.isAt(address),
    )
    return isUsed || this.#isSquatted(address)
  }

  #accepted(client: Client, address: string): void {
    this.trace.note(`client ${client.card} has ${address}`)
    for (const other of this.#clients)
      if (other.card !== client.card && other.belief()?.address === address)
        this.judge.used(address, client.card, other.card, this.#wire?.picture?.snapshot)
  }
}

/** By where it is sent, as routers and relays would see it. */
function segmentOf({ destination, arrival }: SentReply): Segment | undefined {
  if (destination.kind === 'relay' || destination.kind === 'unicast')
    return segmentOfAddress(formatIp4(destination.address))
  return arrival.interfaceName === 'vo100' ? 'vo' : 'prov'
}

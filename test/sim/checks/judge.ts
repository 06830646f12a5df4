// Why this file exists: the invariants of the appliance, held against each packet that leaves it and each process that starts.
// The judge reads packets by codecs that are not the appliance's, and the disk by what was synced.
import { isDeepStrictEqual } from 'node:util'
import {
  applyDeltas,
  emptySnapshot,
  formatIp4,
  type Ip4,
  parseIp4,
  parseMac,
  type Snapshot,
} from '#directory'
import { answerDns } from '#dns'
import { type Lease, type LeaseChange, remainingMs } from '#pxe'
import { tenantView } from '../../../src/wire/tenant-view.ts'
import { readDnsMessage } from '../../conformance/harness/dns-packet.ts'
import { readReply, type Reply, u32Of } from '../../conformance/harness/dhcp-packet.ts'
import { readTftp } from '../../conformance/harness/tftp-client.ts'
import { domain } from '../../directory/samples.ts'
import type { Host } from '../world/host.ts'
import type { Loop } from '../world/loop.ts'
import {
  bootFileContent,
  ownAddress,
  segmentOfAddress,
  sharesAddress,
  voAddress,
  voVni,
} from '../world/site.ts'
import type { SentReply, WireProcess } from '../world/wire-process.ts'
import { Promises } from './promises.ts'

const ack = 5
const leaseTimeOptions = [51, 58, 59]
/** Seconds are whole on the wire. */
const roundingMs = 1_000
const tftpData = 3

interface Acknowledging {
  readonly isRefused: boolean
  readonly isHeard: boolean
  readonly askedAt: number
}

export class Judge {
  readonly promises = new Promises()
  failure: string | undefined
  readonly #loop: Loop
  readonly #host: Host
  readonly #durable = new Map<Ip4, Lease>()
  /** Until when an address is set aside, in true time. */
  readonly #setAside = new Map<string, number>()
  readonly #published = new Map<number, Snapshot>()

  constructor(loop: Loop, host: Host) {
    this.#loop = loop
    this.#host = host
  }

  fail(what: string): void {
    this.failure ??= what
    this.#loop.stop()
  }

  synced(changes: readonly LeaseChange[]): void {
    for (const change of changes) {
      if (change.kind === 'drop') this.#durable.delete(change.address)
      else {
        const { lease } = change
        this.#durable.set(lease.address, lease)
        // Whom the directory gives it to has it, whatever was said of it before.
        if (lease.source === 'directory') this.#setAside.delete(formatIp4(lease.address))
        if (lease.state !== 'quarantined') continue
        this.#setAside.set(formatIp4(lease.address), this.#loop.now + lease.seconds * 1_000)
      }
    }
  }

  /** From nothing: what wire has built step by step must come to the same. */
  published(serial: number, { entries }: Snapshot): void {
    const deltas = [...entries.values()].map((entry) => ({ kind: 'put', entry }) as const)
    this.#published.set(serial, applyDeltas(emptySnapshot(domain), deltas))
  }

  /** Invariant 4 begins here: what is answered from is what the directory said. */
  served(serial: number, snapshot: Snapshot | undefined): void {
    const told = this.#published.get(serial)
    if (told === undefined || snapshot === undefined)
      return this.fail(`what is served under ${serial} was never told`)
    if (!isSameContent(told, snapshot)) this.fail(`what is served is not what ${serial} says`)
  }

  /** `isHeard`: its client has not gone on to something else meanwhile. */
  dhcpSent({ bytes, arrival, destination, evaluation }: SentReply, isHeard: boolean): void {
    const reply = readReply(bytes)
    if (evaluation === undefined) return this.fail('a reply that no question led to')
    const { snapshot, bytes: again } = evaluation
    const isVo = arrival.interfaceName === 'vo100'
    if (snapshot === undefined) return this.fail('an answer out of nothing')
    evaluation.isSent = true
    const isSame = again !== undefined && Buffer.from(again).equals(Buffer.from(bytes))
    const isShortened =
      evaluation.isRefused && again !== undefined && timeless(again) === timeless(bytes)
    if (!isSame && !isShortened)
      return this.fail(`invariant 4: ${replyText(reply)} is not what its question leads to`)
    if (isVo && reply.yiaddr !== '0.0.0.0' && segmentOfAddress(reply.yiaddr) !== 'vo')
      return this.fail(`invariant 5: ${reply.yiaddr} was told to a tenant`)
    if (destination.kind === 'link-layer' && destination.mac !== reply.chaddr)
      return this.fail('a reply to another card')
    if (reply.options.get(53)?.[0] !== ack || reply.yiaddr === '0.0.0.0') return
    this.#acked(reply, snapshot, {
      isRefused: evaluation.isRefused,
      isHeard,
      askedAt: evaluation.receivedAt,
    })
  }

  /** The same message, answered anew, would have been said, and was not. */
  notSent(evaluation: NonNullable<SentReply['evaluation']>): void {
    const { outcome, isSent, isRefused } = evaluation
    if (isSent || isRefused) return
    if (outcome?.send && outcome.probe === undefined)
      this.fail(`invariant 4: silence where ${outcome.why.rule} was to be said`)
  }

  /** Invariants 1 and 2, for what leaves. */
  #acked(reply: Reply, snapshot: Snapshot, how: Acknowledging): void {
    const { isRefused, isHeard } = how
    const { yiaddr: address, chaddr: card } = reply
    const { now } = this.#loop
    const seconds = u32Of(reply.options.get(51)) ?? 0
    const lease = this.#durable.get(parseIp4(address) ?? ownAddress)
    const isDescribed = isOf(snapshot, address, card)
    const isTheirs = lease && (lease.mac === card || sharesAddress(lease.mac, card))
    const isRecorded = isTheirs && lease.state === 'bound' && this.#lasts(lease, seconds)
    const isUnrecorded = isRefused && isDescribed
    if (!isRecorded && !isUnrecorded)
      return this.fail(
        `invariant 2: ${address} was acknowledged to ${card} for ${seconds} s before it was synced; the disk has ${this.#recordText(lease)}`,
      )
    // As when it is synced, though no disk took it.
    if (isDescribed) this.#setAside.delete(address)
    const aside = this.#setAside.get(address) ?? 0
    if (aside > now) return this.fail(`${address} was given to ${card} while it was set aside`)
    const other = this.promises.of(address, now)
    if (other && other.card !== card && !this.#mayReplace(other, card, snapshot))
      return this.fail(`invariant 1: ${address} of ${other.card} was acknowledged to ${card}`)
    if (isHeard)
      this.promises.make({ address, card, until: how.askedAt + seconds * 1_000, isUnrecorded })
  }

  #recordText(lease: Lease | undefined): string {
    if (!lease) return 'nothing'
    const left = Math.floor(remainingMs(lease, this.#host.clock()) / 1_000)
    return `${lease.mac} ${lease.state} for ${left} s`
  }

  /** What an earlier boot wrote is kept for a whole term when no clock tells its age (HOSTILE 36). */
  #lasts(lease: Lease, seconds: number): boolean {
    const now = this.#host.clock()
    const isOfOtherBoot = lease.since.bootId !== now.bootId
    const leftMs = isOfOtherBoot ? lease.seconds * 1_000 : remainingMs(lease, now)
    return leftMs + roundingMs >= seconds * 1_000
  }

  /** Cards of one machine; what was never recorded; and a node that is gone holds no address. */
  #mayReplace(
    other: { readonly address: string; readonly card: string; readonly isUnrecorded: boolean },
    card: string,
    snapshot: Snapshot,
  ): boolean {
    if (other.isUnrecorded || sharesAddress(other.card, card)) return true
    const isVo = segmentOfAddress(other.address) === 'vo'
    return isVo && isOf(snapshot, other.address, card)
  }

  /** Invariant 1 as clients see it. */
  used(address: string, card: string, otherCard: string, snapshot: Snapshot | undefined): void {
    const isUnrecorded = this.promises.wasUnrecorded(address, otherCard)
    const promised = { address, card: otherCard, isUnrecorded }
    if (snapshot && this.#mayReplace(promised, card, snapshot)) return
    this.fail(`invariant 1: ${address} is used by ${otherCard} and by ${card}`)
  }

  /** Invariant 2, when a process has come up. */
  started(wire: WireProcess): void {
    for (const { address, card, isUnrecorded } of this.promises.standing(this.#loop.now)) {
      if (isUnrecorded || segmentOfAddress(address) === 'vo') continue
      const holder = wire.book.holder(parseIp4(address) ?? ownAddress, this.#host.clock())
      if (holder?.mac !== card && !sharesAddress(card, holder?.mac ?? ''))
        return this.fail(`invariant 2: ${address} was promised to ${card} and is forgotten`)
    }
  }

  dnsSent(
    question: Uint8Array,
    answer: Uint8Array,
    wire: WireProcess,
    segment: 'prov' | 'vo',
  ): void {
    const { picture } = wire
    const snapshot = picture && this.expected(picture.serial, segment === 'vo')
    if (snapshot === undefined) return this.fail('an answer of DNS out of nothing')
    const applianceAddresses = [segment === 'vo' ? voAddress : ownAddress]
    const view = { snapshot, applianceAddresses, serial: picture?.serial ?? 0 }
    const again = answerDns(question, view, { transport: 'udp', forwards: false })
    if (again.kind !== 'reply' || !Buffer.from(again.bytes).equals(Buffer.from(answer)))
      return this.fail('invariant 4: DNS says something else than the directory')
    if (segment === 'prov') return
    for (const { type, text } of readDnsMessage(answer).answers)
      if (type === 1 && segmentOfAddress(text) !== 'vo')
        return this.fail(`invariant 5: a tenant was told of ${text}`)
  }

  tftpSent(bytes: Uint8Array, fromPort: number): void {
    const packet = readTftp(Buffer.from(bytes), fromPort)
    if (packet.opcode === tftpData && !bootFileContent.includes(packet.bytes))
      this.fail('invariant 5: bytes that are of no boot file')
  }

  /** From nothing. */
  expected(serial: number, isVo: boolean): Snapshot {
    const whole = this.#published.get(serial)
    const shown = isVo ? whole && tenantView(whole, voVni) : whole
    if (shown === undefined) this.fail(`something is answered from ${serial}, which was never told`)
    return shown ?? emptySnapshot(domain)
  }
}

function isOf(snapshot: Snapshot, address: string, card: string): boolean {
  const found = snapshot.byIp.get(parseIp4(address) ?? ownAddress)
  const mac = parseMac(card)
  return mac !== undefined && found?.device.id === snapshot.byMac.get(mac)?.device.id && !!found
}

/** The reply without its times. */
function timeless(bytes: Uint8Array): string {
  const { options, tail: _, ...rest } = readReply(bytes)
  const kept = [...options].filter(([code]) => !leaseTimeOptions.includes(code))
  return JSON.stringify([rest, kept.map(([code, value]) => [code, [...value]])])
}

function replyText(reply: Reply): string {
  return `reply ${reply.options.get(53)?.[0]} ${reply.yiaddr} to ${reply.chaddr}`
}

function isSameContent(one: Snapshot, other: Snapshot): boolean {
  const all = [...one.entries.values()]
  return (
    all.length === other.entries.size &&
    all.every((entry) => isDeepStrictEqual(entry, other.entries.get(entry.id)))
  )
}

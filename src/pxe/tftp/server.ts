// Why this file exists: the edge of TFTP: it gives each transfer a port of its own, plays packets and time to the
// sessions and reports how each ended. What to send is decided in session.ts.
import { parseIp4 } from '#directory'
import type { TransferSighting } from '#feed'
import { type BootFiles, printableName } from '../files/boot-files.ts'
import { AnswerBudget } from '../files/answer-budget.ts'
import { RefusalBudget } from '../files/refusal-budget.ts'
import { admit } from './admission.ts'
import type { DatagramPort, DatagramSource, TransferClock } from './datagram-port.ts'
import { decideFirst, type Refusal, refusalOf, type RefusalRule } from './decide-read.ts'
import { toNetascii } from './netascii.ts'
import { agree, windowBlocksFor } from './option.ts'
import {
  dataHeader,
  encodePacket,
  errorCode,
  type ErrorCode,
  parsePacket,
  type TftpPacket,
  type TftpRequest,
} from './packet.ts'
import {
  bytesAcked,
  type Ending,
  type EndingRule,
  open,
  type Send,
  type Session,
  step,
} from './session.ts'

export interface TftpServerOptions {
  /** Bound to port 69 of one interface. */
  readonly port: DatagramPort
  /** A port that the kernel chooses, on the same interface: a transfer's own (RFC 1350 §4). */
  readonly openTransferPort: () => Promise<DatagramPort>
  readonly files: BootFiles
  readonly clock: TransferClock
  readonly onTransfer: (sighting: TransferSighting) => void
  /** One more that ended or was refused by this rule, told or not. */
  readonly count?: (rule: TransferRule) => void
  /** Each session has a socket; two thousand are two racks at once. */
  readonly sessionsMax?: number
}

export const sessionsMaxDefault = 2_000
/** How finely lost packets are noticed. */
const tickMillis = 2
/** RFC 1350 §4 tells a stranger that it is one; a flood of strangers is not told. */
const strangersToldMax = 4

/** No firmware comes back from a reset sooner; a doubled datagram comes much sooner. */
const restartMillisMin = 1_000

interface Live {
  readonly key: string
  readonly address: string
  readonly clientPort: number
  readonly file: string
  readonly bytes: Uint8Array
  readonly request: TftpRequest
  readonly startedAt: number
  port: DatagramPort | undefined
  session: Session
  heardAt: number
  strangers: number
}

export class TftpServer {
  readonly #options: TftpServerOptions
  readonly #sessions = new Map<string, Live>()
  readonly #told = new RefusalBudget()
  readonly #answers = new AnswerBudget()
  /** One translation for all who ask, as long as the file itself is held. */
  readonly #netascii = new WeakMap<Uint8Array, Uint8Array>()
  #stopTicking: (() => void) | undefined

  constructor(options: TftpServerOptions) {
    this.#options = options
    options.port.onMessage((bytes, source) => this.#request(bytes, source))
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  /** Ends every transfer; the port given to it is closed too. */
  async close(): Promise<void> {
    this.#stopTicking?.()
    const ports = [...this.#sessions.values()].map((live) => live.port?.close())
    this.#sessions.clear()
    await Promise.all([this.#options.port.close(), ...ports])
  }

  #request(bytes: Uint8Array, source: DatagramSource): void {
    const parsed = parsePacket(bytes)
    const key = `${source.address}:${source.port}`
    const before = this.#sessions.get(key)
    if (before && parsed.ok && isAskedAgain(parsed.value, before) && this.#isUnderWay(before))
      return before.session.acked === 0 ? this.#advance(before, { kind: 'asked-again' }) : undefined
    const decision = decideFirst(parsed, this.#options.files)
    if (!decision) return
    const { asked } = decision
    if (!decision.ok) return this.#refuse(source, asked?.file ?? '?', decision.refusal)
    if (!asked) return
    if (before) this.#end(before, { ...cutOff, rule: 'askedAnew', why: 'the client asked anew' })
    if (!this.#makeRoom(source)) return this.#refuse(source, asked.file, busy)
    const { file } = decision
    const bytesInMode = decision.mode === 'octet' ? file.bytes : this.#asNetascii(file.bytes)
    void this.#begin(key, source, { request: asked, bytes: bytesInMode, file: file.name })
  }

  #asNetascii(bytes: Uint8Array): Uint8Array {
    const text = this.#netascii.get(bytes) ?? toNetascii(bytes)
    this.#netascii.set(bytes, text)
    return text
  }

  /** HOSTILE 19: a request that is said again belongs to its transfer, unless the machine was restarted meanwhile. */
  #isUnderWay({ session, heardAt }: Live): boolean {
    return session.acked === 0 || this.#options.clock.now() - heardAt < restartMillisMin
  }

  #makeRoom(source: DatagramSource): boolean {
    const sessionsMax = this.#options.sessionsMax ?? sessionsMaxDefault
    const admission = admit(this.#sessions, source.address, sessionsMax)
    if (admission.kind !== 'evict') return admission.kind === 'admit'
    const evicted = this.#sessions.get(admission.key)
    if (evicted) this.#cancel(evicted)
    return true
  }

  #cancel(live: Live): void {
    live.port?.send(
      encodePacket({ kind: 'error', ...toClient(busy) }),
      live.address,
      live.clientPort,
    )
    this.#end(live, { ...cutOff, rule: 'busy', why: busy.why })
  }

  async #begin(
    key: string,
    { address, port }: DatagramSource,
    what: Pick<Live, 'request' | 'bytes' | 'file'>,
  ): Promise<void> {
    const now = this.#options.clock.now()
    const windowBlocksMax = windowBlocksFor(this.#sessions.size + 1)
    const terms = agree(what.request.options, what.bytes.length, windowBlocksMax)
    const first = open(terms, what.bytes.length, now)
    const live: Live = {
      ...what,
      key,
      address,
      clientPort: port,
      startedAt: now,
      heardAt: now,
      session: first.session,
      strangers: 0,
      port: undefined,
    }
    this.#sessions.set(key, live) // before the wait, so that the same request is known again
    this.#stopTicking ??= this.#options.clock.every(tickMillis, () => this.#tick())
    await this.#givePort(live)
    this.#send(live, first.sends)
  }

  async #givePort(live: Live): Promise<void> {
    try {
      const port = await this.#options.openTransferPort()
      if (this.#sessions.get(live.key) !== live) return await port.close()
      live.port = port
      port.onMessage((bytes, source) => this.#packet(live, bytes, source))
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const packet = encodePacket({ kind: 'error', ...toClient(busy) })
      this.#options.port.send(packet, live.address, live.clientPort)
      this.#end(live, { ...cutOff, rule: 'noPort', why: `no port for it: ${why}` })
    }
  }

  #packet(live: Live, bytes: Uint8Array, source: DatagramSource): void {
    if (source.address !== live.address || source.port !== live.clientPort)
      return this.#tellStranger(live, source)
    const parsed = parsePacket(bytes)
    if (!parsed.ok) return
    const { value } = parsed
    if (value.kind !== 'ack' && value.kind !== 'error') return
    live.heardAt = this.#options.clock.now()
    this.#advance(live, value)
  }

  #tellStranger(live: Live, source: DatagramSource): void {
    live.strangers += 1
    if (live.strangers > strangersToldMax) return
    const packet = { kind: 'error', code: errorCode.unknownTransfer, text: 'not yours' } as const
    live.port?.send(encodePacket(packet), source.address, source.port)
  }

  #tick(): void {
    const now = this.#options.clock.now()
    for (const live of this.#sessions.values()) {
      if (now >= live.session.dueAt && live.port) this.#advance(live, { kind: 'clock' })
    }
  }

  #advance(live: Live, event: Parameters<typeof step>[1]): void {
    const { session, sends, ending } = step(live.session, event, this.#options.clock.now())
    live.session = session
    this.#send(live, sends)
    if (ending) this.#end(live, ending)
  }

  #send(live: Live, sends: readonly Send[]): void {
    for (const send of sends) {
      if (send.kind === 'options-ack') this.#sendOptions(live)
      else for (let block = send.from; block <= send.to; block += 1) this.#sendBlock(live, block)
    }
  }

  #sendOptions(live: Live): void {
    const options = live.session.terms.granted
    const packet = encodePacket({ kind: 'options-ack', options })
    live.port?.send(packet, live.address, live.clientPort)
  }

  #sendBlock(live: Live, block: number): void {
    const { blockBytes } = live.session.terms
    const part = live.bytes.subarray((block - 1) * blockBytes, block * blockBytes)
    live.port?.send([dataHeader(block), part], live.address, live.clientPort)
  }

  #end(live: Live, { outcome, rule, why }: Ending): void {
    if (this.#sessions.get(live.key) !== live) return
    this.#sessions.delete(live.key)
    if (this.#sessions.size === 0) {
      this.#stopTicking?.()
      this.#stopTicking = undefined
    }
    void live.port?.close()
    this.#options.count?.(rule)
    const millis = this.#options.clock.now() - live.startedAt
    this.#tell(live, { outcome, why, file: live.file, bytes: bytesAcked(live.session), millis })
  }

  #refuse(source: DatagramSource, file: string, refusal: Refusal): void {
    this.#options.count?.(refusal.rule)
    if (this.#answers.take(source.address, this.#options.clock.now())) {
      const packet = encodePacket({ kind: 'error', ...toClient(refusal) })
      this.#options.port.send(packet, source.address, source.port)
    }
    const untold = this.#told.take(this.#options.clock.now())
    if (untold === undefined) return
    const why = untold === 0 ? refusal.why : `${refusal.why} (${untold} more before it)`
    this.#tell(source, { outcome: 'refused', why, file: printableName(file), bytes: 0, millis: 0 })
  }

  #tell(
    { address }: { readonly address: string },
    what: Pick<TransferSighting, 'outcome' | 'why' | 'file' | 'bytes' | 'millis'>,
  ): void {
    const client = parseIp4(address)
    this.#options.onTransfer({
      kind: 'transfer',
      protocol: 'tftp',
      at: this.#options.clock.wall(),
      ...(client === undefined ? {} : { address: client }),
      ...what,
    })
  }
}

const busy = refusalOf('busy')
const cutOff = { outcome: 'cut-off' } as const

/** Under which a transfer is counted. */
export type TransferRule = EndingRule | RefusalRule

function toClient({ code, why }: Refusal): { readonly code: ErrorCode; readonly text: string } {
  return { code, text: why }
}

function isAskedAgain(packet: TftpPacket, { request }: Live): boolean {
  return packet.kind === 'read' && isSame(request, packet)
}

function isSame(one: TftpRequest, other: TftpRequest): boolean {
  return (
    one.file === other.file &&
    one.mode === other.mode &&
    one.options.flat().join('\0') === other.options.flat().join('\0')
  )
}

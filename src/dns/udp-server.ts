// Why this file exists: the edge of DNS over UDP: datagrams in, answers out, other people's names to the forwarder,
// and nothing that would make a forged source worth while.
import { parseIp4 } from '#directory'
import { answerDns, bytesMax, type DnsReason } from './answer.ts'
import { encodeReply } from './encode.ts'
import { type ForwardedQuestion, type Forwarder, forwardingBy } from './forward.ts'
import { createFrequency } from './frequency.ts'
import { responseCode } from './query.ts'
import { isStranger } from './stranger.ts'
import type { ZoneView } from './zone.ts'

/** Whoever owns the UDP socket; it is bound to the provisioning interface before it gets here. */
export interface DnsDatagrams {
  onMessage(handler: (bytes: Uint8Array, from: { address: string; port: number }) => void): void
  send(bytes: Uint8Array, address: string, port: number): void
}

/** One question, as it came. */
export interface DnsSeen {
  readonly bytes: Uint8Array
  readonly from: string
  readonly why: DnsReason | 'forwarded'
}

export interface DnsServerOptions {
  /** `undefined` until the first snapshot came: then silence is the honest answer. */
  readonly view: () => ZoneView | undefined
  readonly forwarder: Forwarder | undefined
  readonly count: (why: DnsReason | 'forwarded' | 'dropped') => void
  /** Each question with its answer's reason; the bytes must not be changed. */
  readonly seen?: (seen: DnsSeen) => void
  /** Asked once for each question; absent: every one is answered. */
  readonly admits?: (nowMs: number) => boolean
  /** Milliseconds that never jump; absent: this process's own. */
  readonly now?: () => number
  /** Of TCP; absent: `tcpConnectionsMax`. */
  readonly connectionsMax?: number
}

export const ownTime = (): number => performance.now()

export function serveDnsUdp(port: DnsDatagrams, options: DnsServerOptions): void {
  const frequency = createFrequency()
  const now = options.now ?? ownTime
  const transport = 'udp'
  port.onMessage((bytes, from) => {
    const view = options.view()
    // Port 0 can only be forged, and nothing can be sent there.
    if (view === undefined || from.port === 0) return
    if (options.admits?.(now()) === false) return options.count('dropped')
    const asker = parseIp4(from.address)
    const isUnproven = isStranger(asker, view)
    const tooOften = isUnproven && frequency.isTooOften(asker ?? 0, now())
    const forwarding = forwardingBy(options.forwarder)
    const answer = answerDns(bytes, view, { ...forwarding, transport, tooOften, isUnproven })
    const send = (reply: Uint8Array): void => port.send(reply, from.address, from.port)
    if (answer.kind === 'forward') {
      const question: ForwardedQuestion = { bytes, query: answer.query, transport }
      options.count('forwarded')
      options.seen?.({ bytes, from: from.address, why: 'forwarded' })
      options.forwarder?.ask(question, (reply) => send(fitted(reply, question)))
      return
    }
    options.count(answer.why)
    options.seen?.({ bytes, from: from.address, why: answer.why })
    if (answer.kind === 'reply') send(answer.bytes)
  })
}

/** HOSTILE 15: what another server said is held to our own limit, too. */
function fitted(reply: Uint8Array, { bytes, query, transport }: ForwardedQuestion): Uint8Array {
  const limit = bytesMax(query, { transport })
  if (reply.length <= limit) return reply
  const code = responseCode.ok
  const cut = { code, authoritative: false, recursionAvailable: true, truncated: true }
  return encodeReply(bytes, query, cut, limit)
}

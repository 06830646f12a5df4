// Why this file exists: what DHCP would tell a machine now, asked as each of its stages asks: the address, and what each
// kind of firmware would load. It only asks; who answers is the packet path itself.
import { formatIp4, type Ip4, networkContaining, type Snapshot } from '#directory'
import type { Fact } from '#feed'
import { decodeDhcp } from '../dhcp/decode.ts'
import { describeMessage } from '../dhcp/describe.ts'
import { encodeDhcp, replyBuffer } from '../dhcp/encode.ts'
import { type DecodeRefusal, explainRefusal, type OutgoingMessage } from '../dhcp/message.ts'
import { nameOfType, optionCode } from '../dhcp/option-code.table.ts'
import { latin1 } from '../dhcp/option-value.ts'
import type { Outcome } from '../dhcp/outcome.ts'
import { explainRule, type Why } from '../dhcp/why.ts'
import type { BootFiles } from '../files/boot-files.ts'
import { type ClientSigns, discoverBytes, renewBytes } from './client-packet.ts'
import { describeStanding, standingOf, standingValues } from './file.ts'
import { bootStages, osStage, type Stage } from './stage.table.ts'

/** What would happen to a packet. */
export type Judgement =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly refusal: DecodeRefusal }

export interface DhcpExplaining {
  readonly signs: ClientSigns
  /** Where it asks, for people. */
  readonly where: string
  readonly judge: (packet: Uint8Array) => Judgement
  readonly snapshot: Snapshot
  /** DN of the entry that describes whoever asks. */
  readonly entry?: string
  readonly files: BootFiles
  /** Our own addresses, as they stand in URLs. */
  readonly servers: readonly string[]
}

export interface DhcpExplained {
  readonly facts: readonly Fact[]
  /** What it would be offered. */
  readonly address?: Ip4
}

export function explainDhcp(asking: DhcpExplaining): DhcpExplained {
  const judged = asking.judge(discoverBytes(asking.signs, osStage))
  if (!judged.ok) return { facts: [refusedFact(judged.refusal)] }
  const { outcome } = judged
  const address = outcome.send?.reply.yiaddr
  return {
    facts: [
      addressFact(outcome, asking),
      ...tellsFacts(outcome),
      ...besidesFacts(outcome),
      ...bootStages.flatMap((stage) => bootFacts(stage, outcome, asking)),
    ],
    ...(address !== undefined && address !== 0 && { address }),
  }
}

/** A client that uses an address and asks whether it may go on: yes, or no and why. */
export function explainRenewal(address: Ip4, asking: DhcpExplaining): readonly Fact[] {
  const judged = asking.judge(renewBytes(asking.signs, address))
  if (!judged.ok) return [refusedFact(judged.refusal)]
  const { outcome } = judged
  const answer = answerOf(outcome)
  const text = `if it renews ${formatIp4(address)} now: ${answer ?? 'no answer'}`
  return [{ topic: 'lease', text, ...whyOf(outcome.why), values: { renewal: answer ?? 'silence' } }]
}

/** Of one packet, whoever sent it. */
export function outcomeFacts(outcome: Outcome): readonly Fact[] {
  const { send, why } = outcome
  const reply = send?.reply
  const options = reply ? describeReply(reply) : []
  const text = reply
    ? [nameOfType(reply.type), ...(reply.yiaddr === 0 ? [] : [formatIp4(reply.yiaddr)])].join(' ')
    : 'no answer'
  return [
    { topic: 'dhcp', text, ...whyOf(why), values: { answer: answerOf(outcome) ?? 'silence' } },
    ...options.map((option): Fact => ({ topic: 'tells', text: option })),
    ...besidesFacts(outcome),
  ]
}

export function refusedFact(refusal: DecodeRefusal): Fact {
  const why = explainRefusal(refusal)
  return { topic: 'dhcp', text: 'no answer', why, rule: `refused ${refusal.kind}` }
}

export function whyOf(why: Why): Pick<Fact, 'why' | 'rule' | 'operands'> {
  return { why: explainRule(why), rule: why.rule, operands: why.operands }
}

function addressFact(outcome: Outcome, { where, snapshot, entry }: DhcpExplaining): Fact {
  const { why } = outcome
  const reply = outcome.send?.reply
  if (!reply || reply.yiaddr === 0)
    return {
      topic: 'dhcp',
      text: `no address ${where}`,
      ...whyOf(why),
      values: { answer: answerOf(outcome) ?? 'silence' },
    }
  const address = formatIp4(reply.yiaddr)
  const network = networkContaining(snapshot, reply.yiaddr)
  const seconds = secondsOf(reply)
  // What no entry of its own says comes of its network's.
  const source = entry ?? network?.dn
  const on = network ? ` on network ${network.name}` : ''
  return {
    topic: 'dhcp',
    text: `${address}${on}, for ${seconds} s, ${where}`,
    ...whyOf(why),
    ...(source !== undefined && { entry: source }),
    values: {
      answer: nameOfType(reply.type),
      address,
      seconds: String(seconds),
      ...(network && { network: network.name }),
    },
  }
}

/** Beside the address and its time, which are told already. */
function tellsFacts({ send }: Outcome): readonly Fact[] {
  const lines = send ? describeReply(send.reply) : []
  return lines
    .filter((line) => !/^(lease|renew after|rebind after|server):/.test(line))
    .map((text) => ({ topic: 'tells', text }))
}

/** What a person may want to know beside the answer. */
function besidesFacts({ besides, alarm, probe }: Outcome): readonly Fact[] {
  return [
    ...(besides ? [{ topic: 'hint', text: explainRule(besides), ...whyOf(besides) } as const] : []),
    ...(alarm ? [{ topic: 'hint', text: `it raises the alarm ${alarm}` } as const] : []),
    ...(probe === undefined
      ? []
      : [
          {
            topic: 'hint',
            text: `whether a stranger answers at ${formatIp4(probe)} is asked before it is offered, unless that was asked a moment ago`,
          } as const,
        ]),
  ]
}

/** What is silent for the same reason as before needs no line for each kind of firmware. */
function bootFacts(stage: Stage, before: Outcome, asking: DhcpExplaining): readonly Fact[] {
  const judged = asking.judge(discoverBytes(asking.signs, stage))
  if (!judged.ok) return []
  const { outcome } = judged
  const { besides, send, why } = outcome
  const about = { topic: 'boot' } as const
  const name = send && fileOf(send.reply)
  const values = { stage: stage.name, architecture: String(stage.architecture) }
  if (name) {
    const standing = standingOf(name, asking.files, asking.servers)
    const text = `${stage.name}: ${name}, ${describeStanding(standing)}`
    return [{ ...about, text, values: { ...values, ...standingValues(standing) } }]
  }
  const isNew = why.rule !== before.why.rule
  const reason = besides ?? (isNew && !send ? why : undefined)
  if (reason) {
    const [missing] = reason.operands
    const text =
      reason.rule === 'loaderMissing'
        ? `${stage.name}: nothing, for ${missing} is not installed here`
        : `${stage.name}: nothing to load from us`
    return [{ ...about, text, ...whyOf(reason), values: { ...values, standing: 'none' } }]
  }
  return send && stage.kind === 'ipxe'
    ? [{ ...about, text: `${stage.name}: nothing to load from us; it boots its own disk`, values }]
    : []
}

function answerOf({ send }: Outcome): string | undefined {
  return send && nameOfType(send.reply.type)
}

function secondsOf({ options }: OutgoingMessage): number {
  const bytes = options.find(({ code }) => code === optionCode.leaseSeconds)?.bytes
  return bytes ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : 0
}

function fileOf({ bootFile, options }: OutgoingMessage): string {
  const bytes = options.find(({ code }) => code === optionCode.bootFile)?.bytes
  return bootFile || (bytes ? latin1(bytes) : '')
}

/** As the client reads it: written, and read again. */
function describeReply(reply: OutgoingMessage): readonly string[] {
  const buffer = replyBuffer()
  const decoded = decodeDhcp(buffer.subarray(0, encodeDhcp(reply, buffer)))
  if (!decoded.ok) return []
  const { bootFile } = decoded.value
  const lines = describeMessage(decoded.value).filter((line) => !/^(stage|message):/.test(line))
  return [...(bootFile ? [`file: ${JSON.stringify(bootFile)}`] : []), ...lines]
}

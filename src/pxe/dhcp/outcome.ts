// Why this file exists: what one packet leads to, as a value: the socket sends it, the book keeps it, the log and the
// timeline tell it.
import { formatIp4, type Ip4 } from '#directory'
import type { AlarmSighting, DhcpSighting } from '#feed'
import type { LeaseChange } from '../lease/lease.ts'
import { type Client, readClient } from './client.ts'
import type { Destination } from './destination.ts'
import type { DhcpMessage, OutgoingMessage } from './message.ts'
import { nameOfType, optionCode } from './option-code.table.ts'
import { leaseTimeOptions } from './reply-options.ts'
import { explainRule, type Why } from './why.ts'
import type { Arrival } from './world.ts'

export type DhcpAlarm =
  | 'CPC-DHCP-001'
  | 'CPC-DHCP-002'
  | 'CPC-DHCP-003'
  | 'CPC-DHCP-004'
  | 'CPC-DHCP-005'
  | 'CPC-DHCP-007'

export interface Outcome {
  /** What to send, and where; absent when silence is the answer. */
  readonly send?: { readonly reply: OutgoingMessage; readonly destination: Destination }
  /** To be in the journal before anything is sent. */
  readonly changes: readonly LeaseChange[]
  /** Worth asking whether somebody answers there, before it is offered. */
  readonly probe?: Ip4
  readonly alarm?: DhcpAlarm
  /** Another DHCP server, by the address that it gives itself. */
  readonly stranger?: Ip4
  /** The reason for the silence, or for the address. */
  readonly why: Why
  /** What else a person may want to know of it. */
  readonly besides?: Why
}

export function silence(why: Why, alarm?: DhcpAlarm): Outcome {
  return { changes: [], why, ...(alarm && { alarm }) }
}

/** HOSTILE 34: the same reply with no more time than the disk knows of. */
export function shortened(outcome: Outcome, seconds: number): Outcome {
  if (!outcome.send) return outcome
  const { reply } = outcome.send
  const times = leaseTimeOptions(seconds)
  const options = reply.options.map(
    (option) => times.find(({ code }) => code === option.code) ?? option,
  )
  return { ...outcome, send: { ...outcome.send, reply: { ...reply, options } } }
}

interface Transaction {
  readonly message: DhcpMessage
  readonly arrival: Arrival
  readonly outcome: Outcome
  readonly wallMs: number
}

/** For the timeline. Made once per transaction, after the answer is out. */
export function sightingOf({ message, arrival, outcome, wallMs }: Transaction): DhcpSighting {
  const client = readClient(message)
  const reply = outcome.send?.reply
  const address = reply && reply.yiaddr !== 0 ? reply.yiaddr : message.ciaddr
  return {
    kind: 'dhcp',
    at: wallMs,
    ...(message.mac && { mac: message.mac }),
    ...(address !== 0 && { address }),
    asked: nameOfType(message.type),
    ...(reply && { answered: nameOfType(reply.type) }),
    stage: client.stage,
    interfaceName: arrival.interfaceName,
    ...portOf(client),
    ...(client.uuid && { uuid: client.uuid }),
    why: wholeWhy(outcome),
  }
}

function wholeWhy({ why, besides }: Outcome): string {
  return besides ? `${explainRule(why)}; ${explainRule(besides)}` : explainRule(why)
}

export function alarmOf({ message, outcome, wallMs }: Transaction): AlarmSighting | undefined {
  if (outcome.alarm === undefined) return undefined
  return {
    kind: 'alarm',
    at: wallMs,
    ...(message.mac && { mac: message.mac }),
    code: outcome.alarm,
    why: explainRule(outcome.why),
  }
}

function portOf(client: Client): { port?: string } {
  const circuitId = client.relay?.circuitId
  return circuitId === undefined ? {} : { port: circuitId }
}

/** The one log line of a transaction. */
export function logLine({ message, arrival, outcome }: Omit<Transaction, 'wallMs'>): string {
  const reply = outcome.send?.reply
  const file = reply?.bootFile || latinFile(reply)
  const parts = [
    nameOfType(message.type),
    message.mac ?? 'no card',
    `on ${arrival.interfaceName}`,
    ...(message.giaddr === 0 ? [] : [`by relay ${formatIp4(message.giaddr)}`]),
    reply ? `-> ${nameOfType(reply.type)}` : '-> nothing',
    ...(reply && reply.yiaddr !== 0 ? [formatIp4(reply.yiaddr)] : []),
    ...(file ? [`file ${file}`] : []),
    `(${wholeWhy(outcome)})`,
  ]
  // A boot file's name comes from LDAP, and a log line is one line.
  return parts.join(' ').replaceAll(/[^\x20-\x7e]/g, '?')
}

function latinFile(reply: OutgoingMessage | undefined): string {
  const bytes = reply?.options.find(({ code }) => code === optionCode.bootFile)?.bytes
  return bytes ? String.fromCharCode(...bytes) : ''
}

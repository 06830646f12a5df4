// Why this file exists: what DNS would answer now, asked in the bytes of a real question, so that "no" is told as it is
// told on the wire: whether the name is missing, or has nothing of that type, or is not ours.
import { formatIp4, type Ip4 } from '#directory'
import type { Fact } from '#feed'
import { answerDns, type DnsAnswer, type Forwarding } from './answer.ts'
import { negativeSeconds, recordSeconds } from './encode.ts'
import { nameBytes } from './name.ts'
import { headerBytes, readQuery, recordType } from './query.ts'
import { isStranger } from './stranger.ts'
import { lookUp, type Record, type ZoneView } from './zone.ts'

export type AskedType = 'a' | 'aaaa' | 'ptr'

const recursionDesired = 0x01
const classIn = 1
const trailerBytes = 4

export interface DnsExplaining {
  readonly view: ZoneView
  readonly forwarding: Forwarding
}

export function explainDns(name: string, type: AskedType, asking: DnsExplaining): Fact {
  return explainQuery(queryBytes(name, recordType[type]), asking)
}

export function reverseName(address: Ip4): string {
  return `${formatIp4(address).split('.').toReversed().join('.')}.in-addr.arpa`
}

/** Of any bytes that somebody may send, from there. */
export function explainQuery(
  bytes: Uint8Array,
  { view, forwarding }: DnsExplaining,
  asker?: Ip4,
): Fact {
  const isUnproven = asker !== undefined && isStranger(asker, view)
  const answer = answerDns(bytes, view, { ...forwarding, transport: 'udp', isUnproven })
  const read = readQuery(bytes)
  const asked =
    read.kind === 'query' ? `${visibleName(read.query.name)} ${typeName(read.query.type)}` : '?'
  const found = read.kind === 'query' ? lookUp(view, read.query.name, read.query.type) : undefined
  const records = found?.kind === 'records' ? found.records : []
  const rule = answer.kind === 'forward' ? 'forwarded' : answer.why
  return {
    topic: 'dns',
    text: `${asked}: ${saying(answer, records)}`,
    rule,
    operands: [asked],
    values: { asked, answer: rule, records: records.map(recordText).join(' ') },
    ...(read.kind === 'malformed' || read.kind === 'drop' ? { why: read.reason } : {}),
  }
}

function saying(answer: DnsAnswer, records: readonly Record[]): string {
  const negative = `as the zone's SOA says, for ${negativeSeconds} s`
  if (answer.kind === 'forward') return 'asked of the forwarder'
  if (answer.kind === 'drop') return 'no answer'
  switch (answer.why) {
    case 'answered':
      return `${records.map(recordText).join(', ')}, for ${recordSeconds} s`
    case 'no data':
      return `nothing of that type (NODATA), ${negative}`
    case 'no such name':
      return `no such name (NXDOMAIN), ${negative}`
    case 'not our name':
      return 'not ours (REFUSED)'
    case 'asked too often':
    case 'to be asked over TCP':
    case 'edns version':
    case 'malformed':
    case 'not a query':
    case 'operation refused':
    case 'transfer refused':
    case 'unknown key':
      return `refused: ${answer.why}`
  }
}

function recordText(record: Record): string {
  switch (record.type) {
    case 'a':
      return formatIp4(record.address)
    case 'ptr':
    case 'ns':
      return record.name
    case 'soa':
      return `${record.server} ${record.person} ${record.serial}`
    case 'hinfo':
      return 'RFC8482'
  }
}

function typeName(type: number): string {
  const known = Object.entries(recordType).find(([, number]) => number === type)
  return known ? known[0].toUpperCase() : `TYPE${type}`
}

const nameCharsMax = 255

/** What came in is told, never obeyed. */
function visibleName(name: string): string {
  return (name === '' ? '.' : name).replaceAll(/[^\x21-\x7e]/g, '?').slice(0, nameCharsMax)
}

function queryBytes(name: string, type: number): Uint8Array {
  const owner = nameBytes(name)
  const bytes = new Uint8Array(headerBytes + owner.length + trailerBytes)
  bytes[2] = recursionDesired
  bytes[5] = 1
  bytes.set(owner, headerBytes)
  const view = new DataView(bytes.buffer, headerBytes + owner.length)
  view.setUint16(0, type)
  view.setUint16(2, classIn)
  return bytes
}

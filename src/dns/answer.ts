// Why this file exists: an answer is a pure function of the query's bytes and the zone view; replayed, it gives the
// same bytes.
import { Encoder } from './encode.ts'
import { type Query, readQuery, recordType, responseCode } from './query.ts'
import { type Lookup, lookUp, type ZoneView } from './zone.ts'

export type DnsAnswer =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly why: DnsReason }
  | { readonly kind: 'forward'; readonly query: Query }
  | { readonly kind: 'drop'; readonly why: DnsReason }

/** Counted one by one; the text is for people. */
export type DnsReason =
  | 'answered'
  | 'no data'
  | 'no such name'
  | 'not our name'
  | 'malformed'
  | 'not a query'
  | 'transfer refused'
  | 'operation refused'
  | 'any refused'
  | 'edns version'

/** HOSTILE 15: larger answers would be fragmented, and are worth forging a source for. */
export const udpBytesMax = 1232
const udpBytesWithoutEdns = 512
const tcpBytesMax = 65_535
const classIn = 1
const opcodeQuery = 0

export interface AnswerOptions {
  readonly transport: 'udp' | 'tcp'
  readonly forwards: boolean
}

export function answerDns(bytes: Uint8Array, view: ZoneView, options: AnswerOptions): DnsAnswer {
  const read = readQuery(bytes)
  if (read.kind === 'drop') return { kind: 'drop', why: 'not a query' }
  if (read.kind === 'malformed')
    return bare(read.id, read.opcode, responseCode.formErr, 'malformed')
  const { query } = read
  const reply = (code: number, why: DnsReason): DnsAnswer => {
    const encoder = begin(bytes, query, options)
    return { kind: 'reply', bytes: encoder.finish(code, false), why }
  }
  if (query.opcode !== opcodeQuery) return reply(responseCode.notImp, 'operation refused')
  if (query.edns !== undefined && query.edns.version > 0)
    return reply(responseCode.badVers, 'edns version')
  if (query.type === recordType.axfr) return reply(responseCode.refused, 'transfer refused')
  const found: Lookup =
    query.class === classIn ? lookUp(view, query.name, query.type) : { kind: 'not-ours' }
  if (found.kind === 'not-ours') {
    return options.forwards && query.recursionDesired
      ? { kind: 'forward', query }
      : reply(responseCode.refused, 'not our name')
  }
  // RFC 8482: ANY gets no list of everything.
  if (query.type === recordType.any) return reply(responseCode.refused, 'any refused')
  return authoritative(begin(bytes, query, options), found, view)
}

function authoritative(
  encoder: Encoder,
  found: Exclude<Lookup, { kind: 'not-ours' }>,
  view: ZoneView,
): DnsAnswer {
  switch (found.kind) {
    case 'records':
      for (const record of found.records) encoder.answer(record, view)
      return { kind: 'reply', bytes: encoder.finish(responseCode.ok, true), why: 'answered' }
    case 'no-data':
      encoder.authority(found.zone, view)
      return { kind: 'reply', bytes: encoder.finish(responseCode.ok, true), why: 'no data' }
    case 'no-name':
      encoder.authority(found.zone, view)
      return {
        kind: 'reply',
        bytes: encoder.finish(responseCode.nxDomain, true),
        why: 'no such name',
      }
  }
}

function begin(bytes: Uint8Array, query: Query, options: AnswerOptions): Encoder {
  const asked = Math.max(query.edns?.udpSize ?? udpBytesWithoutEdns, udpBytesWithoutEdns)
  const limit = options.transport === 'tcp' ? tcpBytesMax : Math.min(asked, udpBytesMax)
  return new Encoder(bytes, query, limit, udpBytesMax)
}

function bare(id: number, opcode: number, code: number, why: DnsReason): DnsAnswer {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, id)
  view.setUint16(2, 0x8000 | (opcode << 11) | code)
  return { kind: 'reply', bytes, why }
}

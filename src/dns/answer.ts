// Why this file exists: an answer is a pure function of the query's bytes and the zone view; replayed, it gives the
// same bytes.
import { encodeHead, encodeReply, type Reply, udpBytesMax } from './encode.ts'
import { isNobodys, isPrivateReverse } from './private-names.ts'
import { type Head, operation, type Query, readQuery, recordType, responseCode } from './query.ts'
import { type Lookup, lookUp, soaOf, type ZoneView } from './zone.ts'

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
  | 'unknown key'
  | 'edns version'
  | 'asked too often'
  | 'to be asked over TCP'

/** Whether others' names are asked of somebody, and of whom. */
export interface Forwarding {
  readonly forwards: boolean
  /** Whom we would ask is not of this site: private addresses are not named to it. */
  readonly asksPublic?: boolean
}

export interface AnswerOptions extends Forwarding {
  readonly transport: 'udp' | 'tcp'
  /** HOSTILE 15: a stranger's address that asks too often gets no more than it sent: "ask over TCP". */
  readonly tooOften?: boolean
  /** HOSTILE 15: its address may be forged, and others' answers are large: "ask over TCP". */
  readonly isUnproven?: boolean
}

const classIn = 1
const udpBytesWithoutEdns = 512
const tcpBytesMax = 65_535

export function answerDns(bytes: Uint8Array, view: ZoneView, options: AnswerOptions): DnsAnswer {
  const read = readQuery(bytes)
  switch (read.kind) {
    case 'drop':
      return { kind: 'drop', why: 'not a query' }
    case 'malformed':
      return withHead(encodeHead(read.head, responseCode.formErr), 'malformed')
    case 'other-operation':
      return withHead(encodeHead(read.head, codeOf(read.head)), 'operation refused')
    case 'query':
      return answerQuery(bytes, read.query, view, options)
  }
}

/** HOSTILE 16: what would change a zone is refused to everybody; what else there is, we do not know. */
function codeOf({ opcode }: Head): number {
  const isChange = opcode === operation.notify || opcode === operation.update
  return isChange ? responseCode.refused : responseCode.notImp
}

function withHead(bytes: Uint8Array, why: DnsReason): DnsAnswer {
  return { kind: 'reply', bytes, why }
}

function answerQuery(
  bytes: Uint8Array,
  query: Query,
  view: ZoneView,
  options: AnswerOptions,
): DnsAnswer {
  const decided = decide(query, view, options)
  if (decided === 'forward') return { kind: 'forward', query }
  const { why, ...reply } = decided
  const recursionAvailable = options.forwards
  const whole: Reply = { authoritative: false, ...reply, recursionAvailable }
  return { kind: 'reply', bytes: encodeReply(bytes, query, whole, bytesMax(query, options)), why }
}

type Decision = Omit<Reply, 'recursionAvailable' | 'authoritative'> & {
  readonly why: DnsReason
  readonly authoritative?: boolean
}

function decide(query: Query, view: ZoneView, options: AnswerOptions): Decision | 'forward' {
  const { refused, badVers, notAuth, ok } = responseCode
  if (query.edns !== undefined && query.edns.version > 0)
    return { code: badVers, why: 'edns version' }
  // RFC 8945 §5.2: we share no key with anybody.
  if (query.signed) return { code: notAuth, why: 'unknown key' }
  if (query.type === recordType.axfr || query.type === recordType.ixfr)
    return { code: refused, why: 'transfer refused' }
  if (options.tooOften === true) return { code: ok, truncated: true, why: 'asked too often' }
  if (query.class !== classIn) return { code: refused, why: 'not our name' }
  return decideByName(lookUp(view, query.name, query.type), query, view, options)
}

function decideByName(
  found: Lookup,
  query: Query,
  view: ZoneView,
  options: AnswerOptions,
): Decision | 'forward' {
  const { ok, nxDomain, refused } = responseCode
  const authoritative = true
  switch (found.kind) {
    case 'not-ours':
      if (!mayForward(query, options)) return { code: refused, why: 'not our name' }
      return options.isUnproven === true
        ? { code: ok, truncated: true, why: 'to be asked over TCP' }
        : 'forward'
    case 'records':
      return { code: ok, authoritative, answers: found.records, why: 'answered' }
    case 'no-data': {
      const authority = { zone: found.zone, soa: soaOf(view) }
      return { code: ok, authoritative, authority, why: 'no data' }
    }
    case 'no-name': {
      const authority = { zone: found.zone, soa: soaOf(view) }
      return { code: nxDomain, authoritative, authority, why: 'no such name' }
    }
  }
}

function mayForward({ name, recursionDesired }: Query, options: AnswerOptions): boolean {
  if (!options.forwards || !recursionDesired || isNobodys(name)) return false
  return options.asksPublic !== true || !isPrivateReverse(name)
}

/** What the client can take, and never more than we send. RFC 6891 §6.2.3: less than 512 means 512. */
export function bytesMax(query: Query, { transport }: Pick<AnswerOptions, 'transport'>): number {
  if (transport === 'tcp') return tcpBytesMax
  const asked = query.edns?.udpSize ?? udpBytesWithoutEdns
  return Math.min(Math.max(asked, udpBytesWithoutEdns), udpBytesMax)
}

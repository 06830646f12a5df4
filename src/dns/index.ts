// Door of the room: zones as a view of the snapshot, and the answers made of them.
export {
  answerDns,
  type AnswerOptions,
  type DnsAnswer,
  type DnsReason,
  type Forwarding,
} from './answer.ts'
export {
  expireSeconds,
  negativeSeconds,
  recordSeconds,
  refreshSeconds,
  retrySeconds,
  udpBytesMax,
} from './encode.ts'
export {
  type AskedType,
  type DnsExplaining,
  explainDns,
  explainQuery,
  reverseName,
} from './explain.ts'
export {
  type ForwardedQuestion,
  type Forwarder,
  type ForwarderAddress,
  forwardDeadlineMs,
  forwardingBy,
  openForwarder,
  questionsInFlightMax,
} from './forward.ts'
export {
  createFrequency,
  type Frequency,
  strangerAnswersPerSecondMax,
  strangersMax,
} from './frequency.ts'
export { type Query, type QueryResult, readQuery, recordType, responseCode } from './query.ts'
export {
  serveDnsTcp,
  tcpConnectionsMax,
  tcpConnectionsPerSourceMax,
  tcpIdleMs,
} from './tcp-server.ts'
export {
  type DnsDatagrams,
  type DnsSeen,
  type DnsServerOptions,
  serveDnsUdp,
} from './udp-server.ts'
export {
  type Lookup,
  lookUp,
  personName,
  type Record as ZoneRecord,
  serverName,
  type ZoneView,
} from './zone.ts'

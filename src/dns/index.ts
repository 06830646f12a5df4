// Door of the room: zones as a view of the snapshot, and the answers made of them.
export {
  answerDns,
  type AnswerOptions,
  type DnsAnswer,
  type DnsReason,
  udpBytesMax,
} from './answer.ts'
export { negativeSeconds, recordSeconds } from './encode.ts'
export {
  type Forwarder,
  forwardDeadlineMs,
  openForwarder,
  questionsInFlightMax,
} from './forward.ts'
export { type Query, type QueryResult, readQuery, recordType, responseCode } from './query.ts'
export {
  type DnsDatagrams,
  type DnsServerOptions,
  serveDnsTcp,
  serveDnsUdp,
  tcpConnectionsMax,
  tcpIdleMs,
} from './server.ts'
export {
  type Lookup,
  lookUp,
  type Record as ZoneRecord,
  serverName,
  type ZoneView,
} from './zone.ts'

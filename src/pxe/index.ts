// Door of the room: what a machine meets when it is switched on.

export { type BootAnswer, type BootAsking, type BootWorld, answerBoot } from './boot/answer-boot.ts'
export { type BootRequest, readBootRequest } from './boot/boot-request.ts'
export { type BootDecision, decideBoot } from './boot/decision.ts'
export { ipxe, ipxeScript } from './boot/ipxe.ts'
export { type KernelParameters, readKernelParameters } from './boot/kernel-parameter.ts'
export { defaultScriptPaths, entryScript, type ScriptPlace } from './boot/script.ts'

export { AlarmGate } from './dhcp/alarm-gate.ts'
export { answer } from './dhcp/answer.ts'
export { entryScriptPath } from './dhcp/boot-file.ts'
export { decodeDhcp } from './dhcp/decode.ts'
export { describeMessage } from './dhcp/describe.ts'
export type { Destination } from './dhcp/destination.ts'
export { encodeDhcp, replyBuffer } from './dhcp/encode.ts'
export { type DecodeRefusal, type DhcpMessage, explainRefusal } from './dhcp/message.ts'
export { logLine, type Outcome, sightingOf } from './dhcp/outcome.ts'
export type { WhoAnswers } from './dhcp/pool-watch.ts'
export { createDhcpService, type DhcpService, type DhcpServiceParts } from './dhcp/service.ts'
export { explainRule, type Why } from './dhcp/why.ts'
export {
  type Arrival,
  defaultDhcpLimits,
  type DhcpLimits,
  type DhcpSettings,
  type DhcpWorld,
} from './dhcp/world.ts'

export {
  type Capture,
  captureBytesMax,
  type CapturedDatagram,
  type CaptureResult,
  readCapture,
  readHex,
} from './explain/capture.ts'
export type { ClientSigns } from './explain/client-packet.ts'
export {
  type DhcpExplained,
  type DhcpExplaining,
  explainDhcp,
  explainRenewal,
  type Judgement,
  outcomeFacts,
  refusedFact,
} from './explain/explain-dhcp.ts'
export { explainTftp } from './explain/explain-tftp.ts'
export { explainScript, type ScriptAsking } from './explain/explain-script.ts'

export {
  createLeaseBook,
  type LeaseBook,
  type LeaseView,
  type Restored,
  restoreLeases,
} from './lease/book.ts'
export type { LeaseJournal } from './lease/journal.ts'
export { commit } from './lease/commit.ts'
export { endOf, isLive, type Lease, type LeaseChange, remainingMs } from './lease/lease.ts'
export { clockJumpMs, elapsedMs, type Stamp } from './lease/stamp.ts'

export { type BootFiles, type HeldFile } from './files/boot-files.ts'
export { HeldFiles, type HeldFilesOptions } from './files/held-files.ts'
export type { FileRoot } from './files/load.ts'
export {
  type BootHttpLimits,
  type BootHttpOptions,
  BootHttpServer,
  type HttpRule,
} from './http/server.ts'
export type { Route, RouteAnswer, RouteRequest, Routes } from './http/route.ts'
export type { DatagramPort, TransferClock } from './tftp/datagram-port.ts'
export { TftpServer, type TftpServerOptions, type TransferRule } from './tftp/server.ts'

// Door of the room: the one ordered feed between core and wire.
export {
  answerMsMax,
  AskingWire,
  type AskingParts,
  questionsOpenMax,
  wireIsAway,
} from './asking-wire.ts'
export { CoreEnd, type CoreEndOptions } from './core-end.ts'
export {
  type BootSettings,
  type FeedMessage,
  feedVersion,
  type NextBoot,
  nextBoots,
  type WireMessage,
} from './message.ts'
export { deltasOf, deltasPerPart, snapshotMessages, stepMessages } from './parts.ts'
export {
  type AnswerTo,
  type Fact,
  type FactTopic,
  type ForeignPacket,
  foreignPacketsMax,
  foreignPayloadBytesMax,
  isAnswerTo,
  type Told,
  type ToldLease,
  type ToldLeases,
  toldLeasesMax,
  type ToldRelease,
  type WireAnswer,
  type WireQuestion,
} from './question.ts'
export { readSighting } from './read.ts'
export type {
  AlarmSighting,
  DhcpSighting,
  LoaderStage,
  ScriptSighting,
  Sighting,
  TransferSighting,
} from './sighting.ts'
export {
  type NumberedSighting,
  type Outbox,
  sightingsInFlightMax,
  WireEnd,
  type WireEndOptions,
} from './wire-end.ts'

// Door of the room: the one ordered feed between core and wire.
export {
  type BootSettings,
  type FeedMessage,
  feedVersion,
  type NextBoot,
  type WireMessage,
} from './message.ts'
export type {
  AlarmSighting,
  DhcpSighting,
  LoaderStage,
  ScriptSighting,
  Sighting,
  TransferSighting,
} from './sighting.ts'

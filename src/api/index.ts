// Door of the room: the HTTP API, a face of core.
export type {
  BootChoice,
  Caller,
  EventView,
  LeaseView,
  LintView,
  MachineChange,
  MachineRequest,
  MachineView,
  NetworkRequest,
  NetworkView,
  PowerAction,
  Services,
  StatusView,
  TimelineView,
  TokenView,
  WaitingView,
} from './services.ts'

// Door of the room: errors with stable codes, for every edge and face.
export { type FaultCode, faultCodes, faultTable, findFaultCode } from './codes.ts'
export {
  type ExitKind,
  exitStatus,
  Fault,
  type FaultEntry,
  faultLines,
  type FaultText,
} from './fault.ts'

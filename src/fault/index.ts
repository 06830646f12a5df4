// Door of the room: errors with stable codes, for every edge and face.
export { type FaultCode, faultCodes, faultTable, findFaultCode } from './codes.ts'
export {
  type ExitKind,
  exitStatus,
  Fault,
  type FaultEntry,
  faultLines,
  type FaultText,
  type Problem,
} from './fault.ts'
export { nearest } from './nearest.ts'

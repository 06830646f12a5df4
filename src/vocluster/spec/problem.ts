// Why this file exists: what is wrong with a cluster file or a plan reaches a person as four lines with a code, whoever
// found it.
import type { FaultCode, FaultText } from '#fault'

/** One thing that is wrong, as `faultLines` prints it. */
export interface Problem {
  readonly code: FaultCode
  readonly text: FaultText
}

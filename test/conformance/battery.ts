// Why this file exists: every case of every section, in one list.
import type { Case } from './harness/case.ts'
import {
  headers,
  letterCase,
  negatives,
  negativeTimes,
  nonTerminals,
  ownNames,
  reverseNames,
  wholeLists,
  wildcards,
} from './rfc1034/answers.cases.ts'
import { counts, ednsForms, malformed, operations } from './rfc1035/malformed.cases.ts'
import { framing, reuse, streams, transfers } from './rfc7766/stream.cases.ts'
import { bootpClients, bootpReplies, bootpRoads } from './rfc951/bootp.cases.ts'
import {
  contents,
  endings,
  errors,
  identifiers,
  losses,
  requests,
  sorcerer,
  waiting,
  wrapping,
} from './rfc1350/transfer.cases.ts'
import { addressFields, messageFormat, reading } from './rfc2131/section-2.cases.ts'
import { destinations } from './rfc2131/section-4.1.cases.ts'
import { offers, times } from './rfc2131/section-4.3.1.cases.ts'
import { boundStates, initRebootState, selectingState } from './rfc2131/section-4.3.2.cases.ts'
import { decline, inform, release } from './rfc2131/section-4.3.3.cases.ts'
import { optionsOfReplies } from './rfc2131/table-3.cases.ts'
import { optionForms } from './rfc2132/options.cases.ts'
import { longOptions, overloading } from './rfc2132/overload.cases.ts'
import { blockSizes, negotiation, sizesAndTimes } from './rfc2347/options.cases.ts'
import { relayInformation } from './rfc3046/relay.cases.ts'
import { classlessRoutes, searchList } from './rfc3397/search.cases.ts'
import { linkSelection, subnetSelection } from './rfc3527/selection.cases.ts'
import { architectures, bootServer, httpBoot, machineId } from './rfc4578/pxe.cases.ts'
import { clientIdentifier, identity } from './rfc6842/client-id.cases.ts'
import { windowSizes, windows } from './rfc7440/window.cases.ts'

export const dhcpCases: readonly Case<'dhcp'>[] = [
  ...messageFormat,
  ...addressFields,
  ...reading,
  ...destinations,
  ...offers,
  ...times,
  ...selectingState,
  ...initRebootState,
  ...boundStates,
  ...decline,
  ...release,
  ...inform,
  ...optionsOfReplies,
  ...optionForms,
  ...overloading,
  ...longOptions,
  ...relayInformation,
  ...linkSelection,
  ...subnetSelection,
  ...searchList,
  ...classlessRoutes,
  ...architectures,
  ...bootServer,
  ...machineId,
  ...httpBoot,
  ...clientIdentifier,
  ...identity,
  ...bootpClients,
  ...bootpReplies,
  ...bootpRoads,
]
export const tftpCases: readonly Case<'tftp'>[] = [
  ...contents,
  ...endings,
  ...identifiers,
  ...requests,
  ...errors,
  ...losses,
  ...sorcerer,
  ...waiting,
  ...wrapping,
  ...negotiation,
  ...blockSizes,
  ...sizesAndTimes,
  ...windows,
  ...windowSizes,
]
export const dnsCases: readonly Case<'dns'>[] = [
  ...ownNames,
  ...reverseNames,
  ...negatives,
  ...negativeTimes,
  ...wildcards,
  ...nonTerminals,
  ...letterCase,
  ...wholeLists,
  ...headers,
  ...operations,
  ...malformed,
  ...counts,
  ...ednsForms,
  ...streams,
  ...framing,
  ...reuse,
  ...transfers,
]

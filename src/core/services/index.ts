// Why this file exists: all that core can be asked, in one value that the API is given.
import type { Services } from '#api'
import type { ServiceContext } from './context.ts'
import { machineServices } from './machines.ts'
import { networkServices } from './networks.ts'
import { overviewServices, type WireState } from './overview.ts'
import { tokenServices } from './tokens.ts'

export function servicesOf(context: ServiceContext, wire: WireState, version: string): Services {
  return {
    machines: machineServices(context),
    networks: networkServices(context),
    tokens: tokenServices(context),
    ...overviewServices(context, wire, version),
  }
}

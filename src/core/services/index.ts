// Why this file exists: all that core can be asked, in one value that the API is given.
import type { Services } from '#api'
import type { ClusterContext } from './cluster-context.ts'
import { clusterServices } from './clusters.ts'
import { exportServices } from './exports.ts'
import { hplServices } from './hpl.ts'
import { imageServices } from './images.ts'
import { importServices } from './imports.ts'
import { jobServices } from './jobs.ts'
import { machineServices } from './machines.ts'
import { networkServices } from './networks.ts'
import { overviewServices, type WireState } from './overview.ts'
import { tokenServices } from './tokens.ts'
import { vcnServices } from './vcns.ts'
import { voServices } from './vos.ts'

export function servicesOf(context: ClusterContext, wire: WireState, version: string): Services {
  return {
    machines: machineServices(context),
    networks: networkServices(context),
    tokens: tokenServices(context),
    vos: voServices(context),
    images: imageServices(context),
    clusters: clusterServices(context),
    vcns: vcnServices(context),
    jobs: jobServices(context),
    hpl: hplServices(context),
    imports: importServices(context),
    exports: exportServices(context),
    ...overviewServices(context, wire, version),
  }
}

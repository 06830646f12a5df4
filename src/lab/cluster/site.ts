// Why this file exists: who is on the rack, what each of them orders and what belongs to it follows from the run's options.
import type { LabRun } from '../run.ts'
import type { NodeDisks } from '../host-image.ts'

export interface Owner {
  readonly vo: string
  readonly cluster: string
  readonly computes: number
}

export interface ClusterRun {
  readonly run: LabRun
  readonly disks: NodeDisks
  readonly main: Owner
  /** Another VO beside it, from whom it must be kept apart. */
  readonly other: Owner
}

const vcnsPerHost = 2

export function clusterRun(run: LabRun, disks: NodeDisks): ClusterRun {
  const computes = run.plan.machines.length * vcnsPerHost - 1
  return {
    run,
    disks,
    main: { vo: 'physics', cluster: 'hpl', computes },
    other: { vo: 'chemistry', cluster: 'lone', computes: 0 },
  }
}

export const clusterPath = ({ vo, cluster }: Owner): string => `/v1/clusters/${vo}/${cluster}`
export const clusterName = ({ vo, cluster }: Owner): string => `${vo}/${cluster}`

/** One head, so that the alias of a role of one is seen, and the rest to compute. */
export function clusterFile({ vo, cluster, computes }: Owner, memoryMiB: number): string {
  const compute = `  compute: { from: node, image: voc-compute@1, count: ${computes}, place: { strategy: spread } }`
  return [
    'version: 1',
    `cluster: ${cluster}`,
    `vo: ${vo}`,
    'classes:',
    `  node: { vcpus: 1, memory: ${memoryMiB}MiB }`,
    'roles:',
    '  head:    { from: node, image: voc-head@1, count: 1 }',
    ...(computes === 0 ? [] : [compute]),
    '',
  ].join('\n')
}

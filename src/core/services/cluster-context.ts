// Why this file exists: what the services of virtual organizations need beside what all services need.
import type { Duplex } from 'node:stream'
import type { Caller } from '#api'
import { type Cluster, type Label, parseLabel, type Vcn, type Vo } from '#directory'
import { Fault } from '#fault'
import type { ImageStore } from '#vocluster'
import type { Benchmarks } from '../benchmarks/benchmarks.ts'
import type { ClusterEngine } from '../clusters/engine.ts'
import type { PausedNodes } from '../clusters/paused-nodes.ts'
import type { ServiceContext } from './context.ts'

export interface ClusterContext extends ServiceContext {
  readonly engine: ClusterEngine
  readonly images: ImageStore
  readonly benchmarks: Benchmarks
  readonly pausedNodes: Pick<PausedNodes, 'why'>
  /** The serial console of a node, where it runs. */
  readonly openConsole: (vcn: Vcn) => Promise<Duplex>
}

export function vosOf({ snapshot }: Pick<ServiceContext, 'snapshot'>): readonly Vo[] {
  return Array.from(snapshot().entries.ofKind('vo')).toSorted((one, other) =>
    one.name.localeCompare(other.name, 'en', { numeric: true }),
  )
}

export function vcnsOf({ snapshot }: Pick<ServiceContext, 'snapshot'>): readonly Vcn[] {
  return Array.from(snapshot().entries.ofKind('vcn')).toSorted((one, other) =>
    one.name.localeCompare(other.name, 'en', { numeric: true }),
  )
}

export function clusterEntries({ snapshot }: Pick<ServiceContext, 'snapshot'>): readonly Cluster[] {
  return Array.from(snapshot().entries.ofKind('cluster'))
}

export function findVo(text: string, context: Pick<ServiceContext, 'snapshot'>): Vo {
  const name = parseLabel(text)
  const vo = name === undefined ? undefined : vosOf(context).find((one) => one.name === name)
  if (vo !== undefined) return vo
  throw new Fault('CPC-VO-001', {
    what: `there is no VO ${text}`,
    where: 'the directory, ou=vos',
    why: 'no entry that is served has this name',
    todo: 'coppice vo list shows the names; coppice vo add makes one',
  })
}

/** A member acts in his own VO only; the routes say which roles may act at all. `undefined`: it is of no VO. */
export function demandMembership(caller: Caller, vo: Label | undefined): void {
  if (caller.role !== 'vo-member' || (vo !== undefined && caller.vo === vo)) return
  throw new Fault('CPC-VO-004', {
    what: 'this token does not allow the request',
    where: vo === undefined ? 'the bare hosts' : `VO ${vo}`,
    why: `${caller.name} is a member of VO ${caller.vo ?? '(none)'}`,
    todo: 'ask an admin for a token of this VO',
  })
}

// Why this file exists: what the engine left in the store comes back after a restart, perhaps written by an older version;
// it is parsed like anything from outside.
import { type DnsName, type Label, parseDnsName, parseLabel } from '#directory'
import { Fault } from '#fault'
import type { JobRow, ReservationRow, VcnLifeRow } from '#store'
import { type LifeState, lifeStates, type Reservation } from '#vocluster'
import { z } from 'zod'
import { type JobRecord, type VcnPhase, vcnPhases } from './engine.ts'

const label = z.string().transform((text, context): Label => {
  const parsed = parseLabel(text)
  if (parsed !== undefined) return parsed
  context.addIssue({ code: 'custom', message: 'not a name' })
  return z.NEVER
})

const dnsName = z.string().transform((text, context): DnsName => {
  const parsed = parseDnsName(text)
  if (parsed !== undefined) return parsed
  context.addIssue({ code: 'custom', message: 'not a name' })
  return z.NEVER
})

const reservation = z.object({
  id: z.string(),
  vo: label,
  cluster: label,
  bookings: z.array(
    z.object({
      vcn: label,
      role: label,
      host: dnsName,
      vcpus: z.number(),
      memoryBytes: z.number(),
      leaving: z.literal(true).exactOptional(),
    }),
  ),
})

const record = z.object({
  vo: label,
  cluster: label,
  by: z.string(),
  endedAt: z.number().exactOptional(),
  steps: z.object({ done: z.number(), total: z.number() }),
  writes: z.object({ libvirt: z.number(), ldap: z.number() }),
  changes: z.number(),
  notes: z.array(z.string()),
  trouble: z
    .object({
      code: z.string(),
      what: z.string(),
      where: z.string(),
      why: z.string(),
      todo: z.string(),
    })
    .exactOptional(),
})

/** A reservation that is not understood cannot be passed over: its room would be given away. */
export function readReservation({ vo, cluster, content }: ReservationRow): Reservation {
  return sure(reservation.safeParse(content).data, `the reservation of ${vo}/${cluster}`)
}

export function readJob({ id, kind, state, startedAt, content }: JobRow): JobRecord {
  const parsed = sure(record.safeParse(content).data, `job ${id}`)
  return { id, kind, state, startedAt, doing: [], ...parsed }
}

export function jobRow(job: JobRecord): JobRow {
  const { id, kind, vo, cluster, state, startedAt, by, steps, writes, changes, notes } = job
  const { endedAt, trouble } = job
  const content = { vo, cluster, by, endedAt, steps, writes, changes, notes, trouble }
  return { id, kind, vo, cluster, state, startedAt, content }
}

export function readRef(row: { readonly vo: string; readonly cluster: string }): {
  readonly vo: Label
  readonly cluster: Label
} {
  const [vo, cluster] = [parseLabel(row.vo), parseLabel(row.cluster)]
  const what = `the cluster ${row.vo}/${row.cluster}`
  return { vo: sure(vo, what), cluster: sure(cluster, what) }
}

export function readLifeState({ vcn, state }: VcnLifeRow): LifeState {
  return sure(
    lifeStates.find((one) => one === state),
    `the life of ${vcn}`,
  )
}

/** `undefined`: of a version that knew other phases. */
export function readPhase(text: string): VcnPhase | undefined {
  return vcnPhases.find((one) => one === text)
}

function sure<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value
  throw new Fault('CPC-STO-008', {
    what: 'a stored row cannot be read',
    where: what,
    why: 'its content has not the form that this version writes',
    todo: 'restore a backup; report this if nobody edited the database',
  })
}

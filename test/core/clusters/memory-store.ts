// Why this file exists: the store of the engine without a disk, which outlives many cores and takes nothing from dead ones.
import type { ClusterRow, JobRow, ReservationRow, VcnLifeRow, VcnMarkRow } from '#store'
import type { EngineStore } from '../../../src/core/clusters/parts.ts'
import type { CoreLife } from './core-life.ts'

interface Tables {
  reservations: Map<string, ReservationRow>
  clusters: Map<string, ClusterRow>
  jobs: Map<string, JobRow>
  lives: Map<string, VcnLifeRow>
  marks: Map<string, VcnMarkRow>
}

type Ref = { readonly vo: string; readonly cluster: string; readonly vcn?: string }

export class MemoryStore {
  tables: Tables = {
    reservations: new Map(),
    clusters: new Map(),
    jobs: new Map(),
    lives: new Map(),
    marks: new Map(),
  }
  #depth = 0
  /** Thrown by the next write, as a full disk would. */
  failure: Error | undefined

  /** As one core has it open. */
  open(life: CoreLife): EngineStore {
    const write = (change: (tables: Tables) => void): void => {
      if (this.#depth === 0) life.demand()
      if (life.isDead) throw new Error('core is dead')
      if (this.failure !== undefined) throw this.failure
      change(this.tables)
    }
    return {
      together: (work) => this.#together(life, work),
      reservations: {
        put: (row) => write(({ reservations }) => reservations.set(keyOf(row), plain(row))),
        remove: (vo, cluster) =>
          write(({ reservations }) => reservations.delete(keyOf({ vo, cluster }))),
        all: () => [...this.tables.reservations.values()],
      },
      clusters: {
        put: (row) => write(({ clusters }) => clusters.set(keyOf(row), plain(row))),
        remove: (vo, cluster) => write(({ clusters }) => clusters.delete(keyOf({ vo, cluster }))),
        all: () => [...this.tables.clusters.values()],
      },
      jobs: {
        save: (row, rowsMax) =>
          write((tables) => {
            tables.jobs.set(row.id, plain(row))
            const ended = [...tables.jobs.values()].filter(({ state }) => state !== 'running')
            for (const { id } of ended.slice(0, Math.max(0, tables.jobs.size - rowsMax)))
              tables.jobs.delete(id)
          }),
        all: () => [...this.tables.jobs.values()].toReversed(),
      },
      vcnLives: {
        put: (row) => write(({ lives }) => lives.set(keyOf(row), plain(row))),
        forget: (vo, cluster, vcn) => write(({ lives }) => forget(lives, { vo, cluster, vcn })),
        all: () => [...this.tables.lives.values()],
      },
      vcnMarks: {
        put: (row) => write(({ marks }) => marks.set(`${keyOf(row)}/${row.phase}`, plain(row))),
        forget: (vo, cluster, vcn) => write(({ marks }) => forget(marks, { vo, cluster, vcn })),
        all: () => [...this.tables.marks.values()],
      },
    }
  }

  #together<T>(life: CoreLife, work: () => T): T {
    if (this.#depth > 0) return work()
    life.demand()
    const before = structuredClone(this.tables)
    this.#depth += 1
    try {
      return work()
    } catch (error) {
      this.tables = before
      throw error
    } finally {
      this.#depth -= 1
    }
  }
}

function keyOf({ vo, cluster, vcn }: Ref): string {
  return vcn === undefined ? `${vo}/${cluster}` : `${vo}/${cluster}/${vcn}`
}

function forget<R extends Ref>(
  rows: Map<string, R>,
  of: { readonly vo: string; readonly cluster: string; readonly vcn: string | undefined },
): void {
  for (const [key, row] of rows) {
    const isOf = row.vo === of.vo && row.cluster === of.cluster
    if (isOf && (of.vcn === undefined || row.vcn === of.vcn)) rows.delete(key)
  }
}

/** What a disk gives back has passed through text. */
function plain<R extends object>(row: R): R {
  if (!('content' in row)) return { ...row }
  const content: unknown = JSON.parse(JSON.stringify(row.content))
  return { ...row, content }
}

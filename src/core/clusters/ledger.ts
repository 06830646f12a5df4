// Why this file exists: what is booked, wanted and being done, in memory as it is on the disk: the disk first.
import type { Label } from '#directory'
import {
  type Book,
  type ClusterRef,
  type ClusterSpec,
  emptyBook,
  readClusterFile,
  release,
  type Reservation,
} from '#vocluster'
import type { ClusterRow } from '#store'
import type { JobRecord } from './engine.ts'
import { problemFault } from './faults.ts'
import type { EngineStore } from './parts.ts'
import { jobRow, readJob, readRef, readReservation } from './stored-forms.ts'

export interface WantedCluster extends ClusterRef, Pick<ClusterRow, 'wanted'> {
  /** The cluster file. */
  readonly text: string
}

export function keyOf({ vo, cluster }: ClusterRef): string {
  return `${vo}/${cluster}`
}

export class Ledger {
  readonly #store: EngineStore
  readonly #jobsKeptMax: number
  #book: Book = emptyBook
  #clusters = new Map<string, WantedCluster>()
  /** The newest first. */
  #jobs: readonly JobRecord[] = []
  readonly #specs = new Map<string, ClusterSpec>()

  constructor(store: EngineStore, jobsKeptMax: number) {
    this.#store = store
    this.#jobsKeptMax = jobsKeptMax
    this.#read()
  }

  get book(): Book {
    return this.#book
  }

  clusters(): readonly WantedCluster[] {
    return [...this.#clusters.values()]
  }

  cluster(of: ClusterRef): WantedCluster | undefined {
    return this.#clusters.get(keyOf(of))
  }

  /** `undefined`: nobody wants it up. */
  spec(of: ClusterRef): ClusterSpec | undefined {
    const text = this.cluster(of)?.text ?? ''
    return text === '' ? undefined : this.demandSpec(of)
  }

  /** As a person wrote it, read by the version that runs now. */
  demandSpec(of: ClusterRef): ClusterSpec {
    const text = this.cluster(of)?.text ?? ''
    const known = this.#specs.get(text)
    if (known !== undefined) return known
    const read = readClusterFile(text, `${of.cluster}.yaml`)
    const [problem] = read.ok ? [] : read.problems
    if (problem !== undefined) throw problemFault(problem)
    if (!read.ok) throw new Error('a file was refused without a reason')
    // Clusters are few; what nobody wants any more need not be kept.
    if (this.#specs.size > this.#clusters.size) this.#specs.clear()
    this.#specs.set(text, read.value)
    return read.value
  }

  jobs(): readonly JobRecord[] {
    return this.#jobs
  }

  /** All of it or nothing, in memory too. */
  together(work: () => void): void {
    try {
      this.#store.together(work)
    } catch (error) {
      this.#read()
      throw error
    }
  }

  reserve(reservation: Reservation): void {
    const { vo, cluster } = reservation
    this.#store.reservations.put({ vo, cluster, content: reservation })
    this.#book = new Map([...this.#book, [keyOf(reservation), reservation]])
  }

  release({ vo, cluster }: ClusterRef): void {
    this.#store.reservations.remove(vo, cluster)
    this.#book = release(this.#book, vo, cluster)
  }

  want(cluster: WantedCluster): void {
    const { vo, cluster: name, wanted, text } = cluster
    this.#store.clusters.put({ vo, cluster: name, wanted, spec: text })
    this.#clusters.set(keyOf(cluster), cluster)
  }

  forget(of: ClusterRef): void {
    this.release(of)
    this.#store.clusters.remove(of.vo, of.cluster)
    this.#clusters.delete(keyOf(of))
  }

  saveJob(record: JobRecord): void {
    this.#store.jobs.save(jobRow(record), this.#jobsKeptMax)
    this.showJob(record)
  }

  /** In memory only: how far it is can be found out again. */
  showJob(record: JobRecord): void {
    const at = this.#jobs.findIndex(({ id }) => id === record.id)
    const jobs = at < 0 ? [record, ...this.#jobs] : this.#jobs.with(at, record)
    this.#jobs = jobs.filter(({ state }, index) => index < this.#jobsKeptMax || state === 'running')
  }

  knows(of: ClusterRef): boolean {
    return this.#clusters.has(keyOf(of)) || this.#book.has(keyOf(of))
  }

  refs(): readonly { readonly vo: Label; readonly cluster: Label }[] {
    const all = [...this.#clusters.values(), ...this.#book.values()]
    return [...new Map(all.map((one) => [keyOf(one), one])).values()].map(({ vo, cluster }) => {
      return { vo, cluster }
    })
  }

  #read(): void {
    const { reservations, clusters, jobs } = this.#store
    this.#book = new Map(
      reservations
        .all()
        .map(readReservation)
        .map((one) => [keyOf(one), one]),
    )
    this.#clusters = new Map(
      clusters
        .all()
        .map((row) => ({ ...readRef(row), wanted: row.wanted, text: row.spec }))
        .map((one) => [keyOf(one), one]),
    )
    this.#jobs = jobs.all().map(readJob)
  }
}

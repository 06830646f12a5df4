// Why this file exists: the door of the engine: orders come in, each is judged and booked in one breath, and becomes a job.
import type { DnsName, Label, Vcn } from '#directory'
import type { Sighting } from '#feed'
import {
  type Book,
  type ClusterRef,
  type ClusterSpec,
  confirmPlan,
  type LifeState,
  type Plan,
} from '#vocluster'
import { beginLives, bookRoom, changesIn } from './adopt.ts'
import { endJob } from './end-job.ts'
import type { ClusterEngine, JobRecord, Order, VcnMarks } from './engine.ts'
import {
  busyFault,
  crowdedFault,
  endedFault,
  noClusterFault,
  noJobFault,
  refusalFault,
} from './faults.ts'
import type { Observation } from './hands.ts'
import { Job, type StopReason } from './job.ts'
import { JobQueue } from './job-queue.ts'
import { keyOf } from './ledger.ts'
import type { EngineParts } from './parts.ts'
import { rejoin } from './rejoin.ts'
import { type Ending, runJob } from './run-job.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

/** Finds what an earlier core left; nothing of it is touched before `resume`. */
export function openClusterEngine(parts: EngineParts): ClusterEngine {
  return new Engine(openWorkshop(parts))
}

interface Seen {
  readonly observation: Observation
  readonly stamp: number
}

class Engine implements ClusterEngine {
  readonly #shop: Workshop
  readonly #queue: JobQueue
  /** Jobs that have not ended, by their id. */
  readonly #jobs = new Map<string, Job>()
  readonly #leaveQueue = new Map<string, () => boolean>()
  /** Of an earlier core, until they are carried on with. */
  #left: readonly Job[]
  readonly #closing = new AbortController()

  constructor(shop: Workshop) {
    this.#shop = shop
    this.#queue = new JobQueue(shop.limits)
    const unfinished = shop.ledger.jobs().filter(({ state }) => state === 'running')
    this.#left = unfinished.map((record) => new Job(record, { isContinuing: true })).toReversed()
    for (const job of this.#left) this.#jobs.set(job.record.id, job)
  }

  async plan(spec: ClusterSpec): Promise<Plan> {
    const { parts, planning } = this.#shop
    const planned = planning.up(spec, await parts.hands.observe())
    if (planned.ok) return planned.value
    throw refusalFault(planned.refusal, { vo: spec.vo, cluster: spec.name })
  }

  async planDown(vo: Label, cluster: Label): Promise<Plan> {
    const { parts, planning } = this.#shop
    const of = { vo, cluster }
    const planned = planning.down(of, await parts.hands.observe())
    if (!planned.ok) throw refusalFault(planned.refusal, of)
    if (!this.#shop.ledger.knows(of) && !takesAnything(planned.value)) throw noClusterFault(of)
    return planned.value
  }

  async apply(order: Order): Promise<JobRecord> {
    const of = { vo: order.spec.vo, cluster: order.spec.name }
    const before = this.#jobOf(of)
    if (before !== undefined) return this.#sameOrBusy(before, order)
    this.#demandPlace()
    const seen = await this.#lookQuietly(of)
    // Nothing is awaited from here until the room is booked, so nobody else can have it (HOSTILE 56, 57).
    const running = this.#jobOf(of)
    if (running !== undefined) return this.#sameOrBusy(running, order)
    this.#demandPlace()
    const planned = this.#shop.planning.up(order.spec, seen.observation)
    const confirmed =
      planned.ok && order.hash !== undefined ? confirmPlan(order.hash, planned.value) : planned
    if (!confirmed.ok) throw refusalFault(confirmed.refusal, of)
    return this.#begin(order, confirmed.value, seen)
  }

  async down(vo: Label, cluster: Label, by: string): Promise<JobRecord> {
    const of = { vo, cluster }
    const { ledger, planning } = this.#shop
    if (this.#jobOf(of)?.record.kind === 'down') return this.#demandJob(of).record
    const { observation, stamp } = await this.#look(of)
    const running = this.#jobOf(of)
    if (running?.record.kind === 'down') return running.record
    const planned = planning.down(of, observation)
    const isSeen = !planned.ok || takesAnything(planned.value)
    if (running === undefined && !ledger.knows(of) && !isSeen) throw noClusterFault(of)
    this.#demandPlace()
    const changes = planned.ok ? changesIn(planned.value) : 0
    const job = new Job(this.#record(of, { kind: 'down', by, changes }), { isContinuing: false })
    ledger.together(() => {
      ledger.want({ ...of, wanted: 'down', text: ledger.cluster(of)?.text ?? '' })
      ledger.saveJob(job.record)
    })
    if (planned.ok && running === undefined) {
      beginLives(planned.value, job, this.#shop)
      job.firstPlan = { plan: planned.value, stamp }
    }
    if (running !== undefined) this.#stop(running, 'cancelled')
    this.#enter(job)
    return job.record
  }

  async cancel(id: string): Promise<void> {
    const record = this.job(id)
    const job = this.#jobs.get(id)
    if (record === undefined) throw noJobFault(id)
    if (job === undefined) throw endedFault(id, record.state)
    this.#stop(job, 'cancelled')
    await job.ended
  }

  jobs(): readonly JobRecord[] {
    return this.#shop.ledger.jobs()
  }

  job(id: string): JobRecord | undefined {
    return this.jobs().find((one) => one.id === id)
  }

  book(): Book {
    return this.#shop.ledger.book
  }

  clustersOn(host: DnsName): readonly string[] {
    return [...this.book().values()]
      .filter(({ bookings }) => bookings.some((one) => one.host === host))
      .map(({ vo, cluster }) => `${vo}/${cluster}`)
  }

  clusters(): ReturnType<ClusterEngine['clusters']> {
    return this.#shop.ledger.refs()
  }

  spec(vo: Label, cluster: Label): ClusterSpec | undefined {
    return this.#shop.ledger.spec({ vo, cluster })
  }

  life(vo: Label, cluster: Label, vcn: Label): LifeState {
    const { chronicle, ledger } = this.#shop
    const isWanted = ledger.spec({ vo, cluster })?.vcns.some(({ name }) => name === vcn) === true
    return chronicle.life({ vo, cluster, vcn }) ?? (isWanted ? 'pending' : 'done')
  }

  timeline(vo: Label, cluster: Label): readonly VcnMarks[] {
    return this.#shop.chronicle.timeline({ vo, cluster })
  }

  sighted(vcn: Vcn, sighting: Sighting): void {
    this.#shop.chronicle.sighted(vcn, sighting)
  }

  resume(): void {
    const vos = new Set([...this.book().values()].map(({ vo }) => vo))
    for (const vo of vos) this.#queue.enter(vo, () => rejoin(vo, this.#closing.signal, this.#shop))
    const left = this.#left
    for (const job of left) {
      const next = left.findLast(({ of }) => keyOf(of) === keyOf(job.of))
      // A down that was ordered while an apply ran has ended it.
      if (next === job) this.#enter(job)
      else this.#stop(job, 'cancelled')
    }
    this.#left = []
  }

  /** What was begun stays as it is, for the next core to go on with. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    for (const job of this.#jobs.values()) this.#stop(job, 'stopped')
    await this.#queue.quiet()
  }

  /** The room of the whole, what is wanted, and the job: on the disk together or not at all. */
  #begin(order: Order, plan: Plan, { stamp }: Seen): JobRecord {
    const { ledger } = this.#shop
    const { vo, cluster } = plan
    const of = { vo, cluster }
    const isNew = ledger.cluster(of)?.wanted !== 'up'
    const kind = plan.steps.length === 0 ? 'nothing' : 'something'
    const begun = this.#record(of, { kind: 'apply', by: order.by, changes: changesIn(plan) })
    const record: JobRecord =
      kind === 'nothing' ? { ...begun, state: 'done', endedAt: begun.startedAt } : begun
    const job = new Job(record, { isContinuing: false })
    ledger.together(() => {
      bookRoom(plan, this.#shop)
      const wanted = isNew && kind === 'something' ? 'new' : 'up'
      ledger.want({ ...of, wanted, text: order.text })
      ledger.saveJob(record)
    })
    if (kind === 'nothing') return record
    beginLives(plan, job, this.#shop)
    job.firstPlan = { plan, stamp }
    this.#enter(job)
    return job.record
  }

  #record(of: ClusterRef, begun: Pick<JobRecord, 'kind' | 'by' | 'changes'>): JobRecord {
    const { parts } = this.#shop
    return {
      id: parts.newId(),
      ...of,
      ...begun,
      state: 'running',
      startedAt: parts.now(),
      steps: { done: 0, total: 0 },
      doing: [],
      writes: { libvirt: 0, ldap: 0 },
      notes: [],
    }
  }

  #enter(job: Job): void {
    const { record } = job
    const { vo, cluster, kind, by } = record
    const verb = job.isContinuing ? 'goes on' : 'begins'
    this.#shop.parts.tell('job', `${vo}/${cluster}`, `${kind} by ${by} ${verb}`)
    this.#jobs.set(record.id, job)
    this.#leaveQueue.set(
      record.id,
      this.#queue.enter(record.vo, () => this.#run(job)),
    )
  }

  /** One that waits, or was not taken up yet, ends at once. */
  #stop(job: Job, reason: StopReason): void {
    job.stop(reason)
    const isLeft = this.#left.includes(job)
    this.#left = this.#left.filter((one) => one !== job)
    if (isLeft || this.#leaveQueue.get(job.record.id)?.() === true)
      this.#end(job, { kind: 'stopped' })
  }

  #end(job: Job, ending: Ending): void {
    this.#jobs.delete(job.record.id)
    this.#leaveQueue.delete(job.record.id)
    endJob(job, ending, this.#shop)
  }

  async #run(job: Job): Promise<void> {
    const { firstPlan } = job
    // Another job of the VO came between: its networks, and so the plan, may have changed.
    if (firstPlan !== undefined && this.#queue.stamp(job.of.vo) !== firstPlan.stamp + 1) {
      job.firstPlan = undefined
      job.isContinuing = true
    }
    const ending = job.signal.aborted
      ? ({ kind: 'stopped' } as const)
      : await runJob(job, this.#shop)
    this.#end(job, ending)
  }

  #jobOf(of: ClusterRef): Job | undefined {
    const jobs = [...this.#jobs.values()].filter((job) => keyOf(job.of) === keyOf(of))
    return jobs.findLast(({ stopReason }) => stopReason === undefined) ?? jobs.at(-1)
  }

  #demandJob(of: ClusterRef): Job {
    const job = this.#jobOf(of)
    if (job === undefined) throw noClusterFault(of)
    return job
  }

  /** Who applies the very file that is being applied is told of that job. */
  #sameOrBusy(job: Job, { text }: Order): JobRecord {
    const { record, of, stopReason } = job
    const isSame = this.#shop.ledger.cluster(of)?.text === text
    if (record.kind === 'apply' && stopReason === undefined && isSame) return record
    throw busyFault(`job ${record.id} (${record.kind}, by ${record.by}) runs`, of)
  }

  #demandPlace(): void {
    if (this.#queue.isFull() || this.#closing.signal.aborted)
      throw crowdedFault(this.#queue.waiting)
  }

  async #look(of: ClusterRef): Promise<Seen> {
    const stamp = this.#queue.stamp(of.vo)
    return { stamp, observation: await this.#shop.parts.hands.observe() }
  }

  /** What was seen while a job of the VO began or ended is neither before nor after it. */
  async #lookQuietly(of: ClusterRef): Promise<Seen> {
    for (let tried = 0; tried < this.#shop.limits.observationsMax; tried += 1) {
      const seen = await this.#look(of)
      if (seen.stamp === this.#queue.stamp(of.vo) || this.#jobOf(of) !== undefined) return seen
    }
    throw busyFault('jobs of its VO begin and end faster than hosts can be looked at', of)
  }
}

/** Ends of the VO's network may change with other clusters of it too. */
function takesAnything({ steps }: Plan): boolean {
  const ofNetworks = new Set(['join-network', 'leave-network', 'forget-peers'])
  return steps.some(({ action }) => !ofNetworks.has(action.kind))
}

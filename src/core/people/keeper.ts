// Why this file exists: who may log in is a fact of the directory, and every running host has a copy of its part. This keeps
// them the same: a change is carried to the hosts that it concerns, one order at a time to each, until it took it.
import {
  type Delta,
  type DeviceText,
  type EntryId,
  idAtRest,
  type Ip4,
  type Machine,
  type Person,
} from '#directory'
import {
  accountFiles,
  type AccountFiles,
  admit,
  type Admission,
  type BaseFiles,
  type Digest,
  type Ended,
  endedBetween,
  hasMark,
  type Life,
  type SshTarget,
} from '#host'
import { concerns, PeopleBook } from './book.ts'
import type { Asked, PeopleOrder, Taken } from './exchange.ts'
import {
  type HostRecord,
  isUpToDate,
  mergeEnded,
  newRecord,
  noBase,
  type PeopleLimits,
  retryDelay,
} from './record.ts'
import { PeopleRound } from './round.ts'

export interface PeopleParts {
  readonly limits: PeopleLimits
  readonly ask: (target: SshTarget, signal: AbortSignal) => Promise<Asked>
  readonly tell: (target: SshTarget, order: PeopleOrder, signal: AbortSignal) => Promise<Taken>
  readonly lives: () => Iterable<Life>
  readonly machine: (id: EntryId) => Machine | undefined
  readonly addressOf: (id: EntryId) => Ip4 | undefined
  readonly digest: Digest
  readonly now: () => number
  /** Returns what calls it off. */
  readonly later: (milliseconds: number, action: () => void) => () => void
  readonly event: (kind: 'people' | 'alarm', subject: string, text: string) => void
}

/** What is to be said of one machine. */
export interface PeopleState extends Admission {
  /** When it last took, or was found to have, what the directory says. */
  readonly takenAt: number | undefined
  readonly trouble: string | undefined
}

type Outcome =
  | { readonly kind: 'same' }
  | { readonly kind: 'taken'; readonly ended: readonly Ended[] }
  | { readonly kind: 'takes-nobody' }
  | { readonly kind: 'silent'; readonly why: string }

export class PeopleKeeper {
  readonly #parts: PeopleParts
  readonly #book = new PeopleBook()
  readonly #records = new Map<EntryId, HostRecord>()
  readonly #queue = new Set<HostRecord>()
  readonly #working = new Set<Promise<void>>()
  readonly #abort = new AbortController()
  readonly #round: PeopleRound
  #isOpen = false

  constructor(parts: PeopleParts) {
    this.#parts = parts
    this.#round = new PeopleRound(parts.now)
  }

  /** From now on the directory is known: before, every host would be told that nobody may log in. */
  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    for (const life of this.#parts.lives()) if (isUp(life)) this.#record(life.machine)
    for (const record of this.#records.values()) this.#schedule(record, 0)
  }

  changed(deltas: readonly Delta[], laid: readonly DeviceText[]): void {
    const touched = new Set<string>()
    // Of 100,000 machines few are hosts that run.
    if (this.#records.size > 0) for (const rest of laid) this.#machineCame(idAtRest(rest))
    for (const delta of deltas) for (const tag of this.#take(delta)) touched.add(tag)
    if (touched.size === 0) return
    for (const record of this.#records.values()) {
      if (record.machine !== undefined && concerns(touched, record.machine))
        this.#schedule(record, this.#parts.limits.debounceMs)
    }
  }

  lifeChanged(life: Life, before: Life): void {
    const { machine, state, boot } = life
    if (boot !== before.boot || state === 'off') this.#forget(machine)
    if (state !== 'ready' || before.state === 'ready') return
    const record = this.#record(machine)
    if (record === undefined) return
    record.known = undefined
    record.tries = 0
    this.#schedule(record, 0)
  }

  stateOf(machine: Machine): PeopleState {
    const { known, takenAt, trouble } = this.#records.get(machine.id) ?? {}
    const admission = admit(this.#book.of(machine), machine, known?.base ?? noBase)
    return { ...admission, takenAt, trouble }
  }

  named(uid: string): Person | undefined {
    return this.#book.named(uid)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    for (const record of this.#records.values()) record.timer?.cancel()
    this.#queue.clear()
    await Promise.all(this.#working)
  }

  /** Returns the tags of persons that changed. */
  #take(delta: Delta): ReadonlySet<string> {
    switch (delta.kind) {
      case 'put':
        if (delta.entry.kind === 'person') return this.#book.put(delta.entry)
        if (delta.entry.kind === 'machine') this.#machineChanged(delta.entry)
        return nothing
      case 'drop':
        this.#machineLeft(delta.id)
        return this.#book.remove(delta.id)
      case 'set-aside':
        // A machine whose entry was spoilt keeps the people that it has.
        return this.#book.remove(delta.item.id)
    }
  }

  #machineCame(id: EntryId): void {
    const machine = this.#records.has(id) ? this.#parts.machine(id) : undefined
    if (machine !== undefined) this.#machineChanged(machine)
  }

  #machineChanged(machine: Machine): void {
    const record = this.#records.get(machine.id)
    if (record === undefined) return
    if (machine.role !== 'host') return this.#machineLeft(machine.id)
    const isSame = record.machine?.tags.join('\n') === machine.tags.join('\n')
    record.machine = machine
    if (!isSame) this.#schedule(record, this.#parts.limits.debounceMs)
  }

  #machineLeft(id: EntryId): void {
    const record = this.#records.get(id)
    if (record === undefined) return
    record.machine = undefined
    this.#schedule(record, this.#parts.limits.debounceMs)
  }

  #forget(id: EntryId): void {
    const record = this.#records.get(id)
    if (record === undefined) return
    record.timer?.cancel()
    this.#queue.delete(record)
    this.#records.delete(id)
  }

  /** Of a host that is there, or was a moment ago. */
  #record(id: EntryId): HostRecord | undefined {
    const there = this.#records.get(id)
    if (there !== undefined) return there
    const machine = this.#parts.machine(id)
    const address = this.#parts.addressOf(id)
    if (machine?.role !== 'host' || address === undefined) return undefined
    const record = newRecord(machine, address)
    this.#records.set(id, record)
    return record
  }

  /** The earlier of two times counts. */
  #schedule(record: HostRecord, delayMs: number): void {
    if (!this.#isOpen || this.#abort.signal.aborted) return
    const dueAt = this.#parts.now() + delayMs
    this.#round.begin()
    if (record.isBusy) {
      record.isAgain = true
      return
    }
    if (record.timer !== undefined && record.timer.dueAt <= dueAt) return
    record.timer?.cancel()
    const cancel = this.#parts.later(delayMs, () => {
      record.timer = undefined
      record.isBusy = true
      this.#queue.add(record)
      this.#goOn()
    })
    record.timer = { dueAt, cancel }
  }

  #goOn(): void {
    for (const record of this.#queue) {
      if (this.#working.size >= this.#parts.limits.hostsAtOnceMax) return
      this.#queue.delete(record)
      this.#round.begin()
      const work = this.#bringUpToDate(record).then((outcome) => {
        this.#working.delete(work)
        record.isBusy = false
        if (this.#records.get(record.id) === record) this.#judge(record, outcome)
        this.#goOn()
        this.#sumUp()
      })
      this.#working.add(work)
    }
  }

  async #bringUpToDate(record: HostRecord): Promise<Outcome> {
    const { limits, ask, tell, addressOf } = this.#parts
    const { signal } = this.#abort
    record.address = addressOf(record.id) ?? record.address
    const target = { machineId: record.id, address: record.address }
    for (let round = 0; round < limits.roundsMax; round += 1) {
      if (record.known === undefined) {
        const asked = await ask(target, signal)
        if (asked.kind !== 'known') return asked
        record.known = asked.known
      }
      const { known } = record
      const wanted = this.#wanted(record.machine, known.base)
      if (isUpToDate(known, wanted)) return { kind: 'same' }
      const ended = mergeEnded(known.pending, endedBetween(known.held, wanted.held))
      const taken = await tell(target, { known, wanted, ended }, signal)
      const { digest, held } = wanted
      // A host that did not answer may have taken it all the same.
      record.known = taken.kind === 'taken' ? { ...known, digest, held, pending: [] } : undefined
      if (taken.kind === 'taken') return { kind: 'taken', ended }
      if (taken.kind === 'silent') return taken
    }
    return { kind: 'silent', why: 'each time it had been told something else' }
  }

  #wanted(machine: Machine | undefined, base: BaseFiles): AccountFiles {
    const persons = machine === undefined ? [] : this.#book.of(machine)
    const { accounts } = admit(persons, machine ?? { tags: [] }, base)
    return accountFiles(accounts, base, this.#parts.digest)
  }

  #judge(record: HostRecord, outcome: Outcome): void {
    const { limits, now } = this.#parts
    record.trouble = troubleOf(outcome)
    record.tries = outcome.kind === 'silent' ? record.tries + 1 : 0
    if (outcome.kind === 'silent') this.#tellTrouble(record, outcome.why)
    if (outcome.kind === 'taken' || outcome.kind === 'same') record.takenAt = now()
    if (outcome.kind === 'taken') this.#round.took(record.name, outcome.ended)
    if (record.isAgain) {
      record.isAgain = false
      this.#schedule(record, limits.debounceMs)
    } else if (outcome.kind === 'silent' && record.tries < limits.triesMax) {
      this.#schedule(record, retryDelay(record, limits))
    } else if (record.machine === undefined) this.#forget(record.id)
  }

  #tellTrouble({ name, tries }: HostRecord, why: string): void {
    const { triesUntilAlarm, triesMax } = this.#parts.limits
    if (tries !== triesUntilAlarm && tries !== triesMax) return
    const then = tries === triesMax ? 'not tried again until something changes' : 'tried again'
    this.#parts.event('alarm', name, `does not take who may log in, ${then}: ${why}`)
  }

  #sumUp(): void {
    if (this.#working.size > 0 || this.#queue.size > 0) return
    const [hosts, text] = this.#round.end() ?? []
    if (hosts !== undefined && text !== undefined) this.#parts.event('people', hosts, text)
  }
}

const nothing: ReadonlySet<string> = new Set()

function troubleOf(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'silent':
      return outcome.why
    case 'takes-nobody':
      return 'its image was made before people could log in: build it anew and boot the host'
    case 'same':
    case 'taken':
      return undefined
  }
}

/** It has our key and sshd, whatever became of libvirt. */
function isUp(life: Life): boolean {
  const { state } = life
  const mayBe = state === 'ready' || state === 'probing' || state === 'failed'
  return mayBe && hasMark(life, 'enrolled')
}

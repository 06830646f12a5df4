// Why this file exists: wire's store as the simulation has it: the promise of the lease journal, with group commit as in
// production, on a disk that fails; and the outbox.
import type { Ip4 } from '#directory'
import type { NumberedSighting, Outbox, Sighting } from '#feed'
import type { Lease, LeaseChange, LeaseJournal } from '#pxe'
import type { SimLog } from './disk.ts'

interface Waiting {
  readonly changes: readonly LeaseChange[]
  readonly settle: (error?: unknown) => void
}

/** One process's; when that is dead, nothing of it settles any more. */
export class SimJournal implements LeaseJournal {
  readonly #log: SimLog<LeaseChange>
  readonly #isAlive: () => boolean
  #waiting: Waiting[] = []
  #isBusy = false

  constructor(log: SimLog<LeaseChange>, isAlive: () => boolean) {
    this.#log = log
    this.#isAlive = isAlive
  }

  append(changes: readonly LeaseChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, settle: (error) => (error ? reject(error) : resolve()) })
      if (!this.#isBusy) void this.#work()
    })
  }

  load(): Promise<readonly Lease[]> {
    return Promise.resolve([...leasesIn(this.#log.load()).values()])
  }

  /** What comes in while a commit runs is the next commit. */
  async #work(): Promise<void> {
    this.#isBusy = true
    while (this.#waiting.length > 0 && this.#isAlive()) {
      const batch = this.#waiting
      this.#waiting = []
      const changes = batch.flatMap((each) => each.changes)
      const failure: unknown = await this.#log.commit(changes, this.#isAlive).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (!this.#isAlive()) return
      for (const { settle } of batch) settle(failure)
    }
    this.#isBusy = false
  }
}

/** What all changes come to: at most one lease per address. */
export function leasesIn(changes: Iterable<LeaseChange>): Map<Ip4, Lease> {
  const leases = new Map<Ip4, Lease>()
  for (const change of changes)
    if (change.kind === 'keep') leases.set(change.lease.address, change.lease)
    else leases.delete(change.address)
  return leases
}

/** Outlives processes. What core has stored is forgotten. */
export class SimOutbox implements Outbox {
  readonly #kept = new Map<number, Sighting>()
  #last = 0

  append(sighting: Sighting): Promise<number> {
    this.#last += 1
    this.#kept.set(this.#last, sighting)
    return Promise.resolve(this.#last)
  }

  since(seq: number, countMax: number): readonly NumberedSighting[] {
    return [...this.#kept]
      .filter(([at]) => at > seq)
      .slice(0, countMax)
      .map(([at, sighting]) => ({ seq: at, sighting }))
  }

  forget(upTo: number): void {
    for (const seq of this.#kept.keys()) if (seq <= upTo) this.#kept.delete(seq)
  }
}

// Why this file exists: a keeper of people with hosts and a clock that the test makes.
import type { TestContext } from 'node:test'
import type { Delta, EntryId, Machine, Person } from '#directory'
import { type Ended, type Life, newLife } from '#host'
import type { Asked, Known, PeopleOrder, Taken } from '../../../src/core/people/exchange.ts'
import { PeopleKeeper } from '../../../src/core/people/keeper.ts'
import { peopleLimits } from '../../../src/core/people/record.ts'
import { base, sha256 } from '../../host/accounts/people.ts'
import { address, machine as sample } from '../house.ts'

export const machine: Machine = { ...sample, tags: ['gpu'] }

interface Order {
  readonly people: readonly string[]
  readonly ended: readonly Ended[]
}

/** A host that does as it is told, until it is told to fail. */
class FakeHost {
  known: Known = { digest: '', held: [], pending: [], base }
  readonly orders: Order[] = []
  asked = 0
  atOnce = 0
  atOnceMax = 0
  fails: 'no' | 'silent' | 'takes-nobody' = 'no'
  /** Settles orders; absent: they settle by themselves. */
  gate: Promise<void> = Promise.resolve()

  async ask(): Promise<Asked> {
    this.asked += 1
    await this.gate
    if (this.fails === 'silent') return { kind: 'silent', why: 'no route' }
    if (this.fails === 'takes-nobody') return { kind: 'takes-nobody' }
    return { kind: 'known', known: this.known }
  }

  async tell({ known, wanted, ended }: PeopleOrder): Promise<Taken> {
    this.atOnce += 1
    this.atOnceMax = Math.max(this.atOnceMax, this.atOnce)
    await this.gate
    this.atOnce -= 1
    if (this.fails !== 'no') return { kind: 'silent', why: 'no route' }
    if (known.digest !== this.known.digest) return { kind: 'stale' }
    this.orders.push({ people: wanted.held.map(({ name }) => name), ended })
    this.known = { ...this.known, digest: wanted.digest, held: wanted.held, pending: [] }
    return { kind: 'taken' }
  }
}

/** Time stands still until the test moves it. */
class Clock {
  now = 1_790_000_000_000
  readonly #due: { at: number; action: () => void }[] = []

  later(milliseconds: number, action: () => void): () => void {
    const one = { at: this.now + milliseconds, action }
    this.#due.push(one)
    return () => void this.#due.splice(this.#due.indexOf(one) >>> 0, 1)
  }

  get next(): number | undefined {
    const [first] = this.#due.toSorted((one, other) => one.at - other.at)
    return first === undefined ? undefined : first.at - this.now
  }

  /** Then everything that follows at once has happened. */
  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds
    for (const one of this.#due.filter(({ at }) => at <= this.now)) {
      this.#due.splice(this.#due.indexOf(one), 1)
      one.action()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export function ready(boot = 1): Life {
  const mark = { phase: 'enrolled', at: 0, detail: '' } as const
  return { ...newLife(machine.id), state: 'ready', boot, marks: [mark] }
}

export function openKeeper(t: TestContext, lives: readonly Life[] = []) {
  const host = new FakeHost()
  const clock = new Clock()
  const machines = new Map<EntryId, Machine>([[machine.id, machine]])
  const told: string[] = []
  const keeper = new PeopleKeeper({
    limits: { ...peopleLimits, triesMax: 5 },
    ask: () => host.ask(),
    tell: (_target, order) => host.tell(order),
    lives: () => lives,
    machine: (id) => machines.get(id),
    addressOf: () => address,
    digest: sha256,
    now: () => clock.now,
    later: (milliseconds, action) => clock.later(milliseconds, action),
    event: (kind, subject, text) => void told.push(`${kind} ${subject}: ${text}`),
  })
  t.after(() => keeper[Symbol.asyncDispose]())
  const put = (...entries: readonly (Person | Machine)[]): void =>
    change(...entries.map((entry) => ({ kind: 'put', entry }) as const))
  const change = (...deltas: readonly Delta[]): void => keeper.changed(deltas, [])
  const becomeReady = (boot = 1): void => keeper.lifeChanged(ready(boot), newLife(machine.id))
  return { keeper, host, clock, machines, told, put, change, becomeReady }
}

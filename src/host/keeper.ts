// Why this file exists: the one place where observations of machines meet the clock, the store and the probes.
import type { EntryId, Ip4 } from '#directory'
import { type Life, newLife, observe, type Observation } from './life.ts'
import { type HostReach, type LibvirtSession, probeHost } from './probe.ts'

/** Lives survive a restart of core; the store implements it. */
export interface LifeStore {
  loadLives(): readonly Life[]
  saveLife(life: Life): void
}

export interface KeeperOptions {
  readonly store: LifeStore
  readonly reach: HostReach
  readonly now: () => number
  readonly pause: (milliseconds: number) => Promise<void>
  /** Stretches every deadline of the phase table. */
  readonly patience: number
  readonly addressOf: (machine: EntryId) => Ip4 | undefined
  /** Others boot as they like: no phase is owed by them. */
  readonly isHost: (machine: EntryId) => boolean
  /** Called after each change of a life; for events and logs. */
  readonly onChange: (life: Life, before: Life) => void
}

export class HostKeeper {
  readonly #options: KeeperOptions
  readonly #lives = new Map<EntryId, Life>()
  readonly #probes = new Map<EntryId, AbortController>()
  readonly #sessions = new Map<EntryId, LibvirtSession>()

  constructor(options: KeeperOptions) {
    this.#options = options
    for (const life of options.store.loadLives()) this.#lives.set(life.machine, life)
  }

  /** After a restart: whoever was ready or nearly so is probed again, not believed. */
  resume(): void {
    for (const life of this.#lives.values()) {
      if (life.state === 'ready')
        this.observe(life.machine, { kind: 'lost', reason: 'the appliance restarted' })
      if (life.state === 'probing') this.#startProbe(life.machine)
    }
  }

  life(machine: EntryId): Life {
    return this.#lives.get(machine) ?? newLife(machine)
  }

  lives(): IterableIterator<Life> {
    return this.#lives.values()
  }

  session(machine: EntryId): LibvirtSession | undefined {
    return this.#sessions.get(machine)
  }

  observe(machine: EntryId, seen: Observation): void {
    const before = this.life(machine)
    const life = observe(before, seen, this.#options.now(), this.#options.patience)
    if (life === before) return
    this.#lives.set(machine, life)
    this.#options.store.saveLife(life)
    this.#follow(before, life)
    this.#options.onChange(life, before)
  }

  /** Called about once a second: finds what is overdue. */
  tick(): void {
    for (const { machine } of this.#lives.values()) {
      if (this.#options.isHost(machine)) this.observe(machine, { kind: 'tick' })
    }
  }

  /** The machine left the directory. */
  forget(machine: EntryId): void {
    this.#stop(machine)
    this.#sessions.get(machine)?.close()
    this.#lives.delete(machine)
  }

  [Symbol.dispose](): void {
    for (const machine of this.#lives.keys()) this.#stop(machine)
    for (const session of this.#sessions.values()) session.close()
  }

  #follow(before: Life, life: Life): void {
    const alive = life.state === 'probing' || life.state === 'ready'
    if (life.boot !== before.boot || !alive) this.#stop(life.machine)
    if (life.state === 'probing' && !this.#probes.has(life.machine)) this.#startProbe(life.machine)
  }

  /** An open session stays: a host that still answers while "it" boots again has an impostor (HOSTILE 69). */
  #stop(machine: EntryId): void {
    this.#probes.get(machine)?.abort()
    this.#probes.delete(machine)
  }

  #startProbe(machine: EntryId): void {
    const address = this.#options.addressOf(machine)
    if (address === undefined) return
    const abort = new AbortController()
    this.#probes.set(machine, abort)
    const { reach, pause } = this.#options
    const whenCurrent = (action: () => void): void => {
      if (!abort.signal.aborted) action()
    }
    void probeHost(
      { machineId: machine, address },
      { reach, pause },
      {
        reached: (phase, detail) =>
          whenCurrent(() => this.observe(machine, { kind: 'reached', phase, detail })),
        note: (reason) => whenCurrent(() => this.observe(machine, { kind: 'lost', reason })),
        ready: (session) => this.#watch(machine, session, abort),
      },
      abort.signal,
    )
  }

  #watch(machine: EntryId, session: LibvirtSession, abort: AbortController): void {
    if (abort.signal.aborted) return session.close()
    this.#sessions.get(machine)?.close()
    this.#sessions.set(machine, session)
    void session.over.then((reason) => {
      if (this.#sessions.get(machine) === session) this.#sessions.delete(machine)
      if (abort.signal.aborted) return
      this.#probes.delete(machine)
      this.observe(machine, { kind: 'lost', reason: `libvirt's connection ended: ${reason}` })
    })
  }
}

// Why this file exists: QEMU may stop a node in the middle at any time, and nobody asks it then. Each host tells by itself
// what becomes of its domains; what is paused is kept here, for people to see.
import { Fault } from '#fault'
import type { DomainRef, LifecycleEvent } from '#libvirt'
import type { HostCalls } from './hands/counted.ts'
import { type DomainState, stateOf, statesOf } from './hands/host-domain.ts'
import { unless } from './hands/missing.ts'

export interface FollowedHost {
  readonly calls: HostCalls
  /** From now on; ends with the connection. */
  readonly watch: () => Promise<{ readonly events: AsyncIterable<LifecycleEvent> }>
}

export interface PausedNodesParts {
  /** `domain`: its name, which is that of a node if it is ours. */
  readonly tell: (domain: string, text: string) => void
  readonly onBug: (error: unknown) => void
}

type Paused = Map<string, string>

export class PausedNodes {
  readonly #parts: PausedNodesParts
  readonly #byHost = new Map<string, Paused>()

  constructor(parts: PausedNodesParts) {
    this.#parts = parts
  }

  /** Why libvirt holds it; `undefined`: it does not, or its host is not connected. */
  why(machineId: string, domain: string): string | undefined {
    return this.#byHost.get(machineId)?.get(domain)
  }

  /** Resolves when the host's connection ends. */
  async follow(machineId: string, { calls, watch }: FollowedHost): Promise<void> {
    const paused: Paused = new Map()
    this.#byHost.set(machineId, paused)
    try {
      // Watched before it is looked at: what happens between the two comes as an event.
      const { events } = await watch()
      await this.#lookAtAll(calls, paused)
      for await (const event of events) {
        if (event.kind === 'missed') await this.#lookAtAll(calls, paused)
        else await this.#lookAt(event.domain, calls, paused)
      }
    } catch (error) {
      // That a connection has ended is told by the life of its host.
      if (!(error instanceof Fault)) this.#parts.onBug(error)
    } finally {
      // A newer connection may have taken its place.
      if (this.#byHost.get(machineId) === paused) this.#byHost.delete(machineId)
    }
  }

  async #lookAtAll(calls: HostCalls, paused: Paused): Promise<void> {
    const all = await statesOf(calls)
    const there = new Set(all.map(({ domain }) => domain.name))
    for (const name of paused.keys()) if (!there.has(name)) paused.delete(name)
    for (const { domain, now } of all) this.#note(domain.name, now, paused)
  }

  async #lookAt(domain: DomainRef, calls: HostCalls, paused: Paused): Promise<void> {
    const now = await unless(stateOf(calls, domain), 'noDomain')
    this.#note(domain.name, now ?? { state: 'off' }, paused)
  }

  #note(name: string, { state, pause }: DomainState, paused: Paused): void {
    const before = paused.get(name)
    if (state === 'paused' && pause !== undefined) {
      paused.set(name, pause.why)
      if (before !== pause.why) this.#parts.tell(name, `Paused: ${pause.why}`)
    } else if (paused.delete(name) && state === 'running') this.#parts.tell(name, 'it goes on')
  }
}

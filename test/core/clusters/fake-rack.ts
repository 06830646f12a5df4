// Why this file exists: a rack that is a world of facts, so that everything that can happen to one happens in a test: hosts
// fall silent, calls fail before or after they did something, answers are lost, a BMC is dead.
import assert from 'node:assert/strict'
import type { DnsName } from '#directory'
import { Fault } from '#fault'
import { type HostFact, type Observed, overlayName } from '#vocluster'
import type {
  ClusterHands,
  Fenced,
  HandAction,
  Observation,
  StepPlace,
} from '../../../src/core/clusters/hands.ts'
import { name } from '../../directory/samples.ts'
import { host, World } from '../../vocluster/world.ts'
import type { CoreLife } from './core-life.ts'
import type { VirtualTime } from './virtual-time.ts'

/** away: silent, and what ran there runs on. off: without power, so nothing does. */
type Power = 'ready' | 'away' | 'off'

export type Mishap = 'refused' | 'answer-lost' | 'hangs' | 'bug'

export interface RackOptions {
  readonly hosts?: readonly HostFact[]
  /** Of a call, milliseconds. */
  readonly delay?: () => number
}

const ldapKinds = new Set(['put-network', 'put-cluster', 'put-entry'])
const removals = new Set(['remove-entry', 'remove-network', 'remove-cluster'])

export class FakeRack {
  readonly world: World
  readonly power = new Map<DnsName, Power>()
  readonly deadBmcs = new Set<DnsName>()
  readonly fenced = new Set<DnsName>()
  readonly counted = { libvirt: 0, ldap: 0 }
  /** All calls in their order, as `define compute1`. */
  readonly calls: string[] = []
  atOnceMost = 0
  mishap: (action: HandAction, nth: number) => Mishap | undefined = () => undefined
  /** Told of each effect; a test may change the world there. */
  onEffect: (action: HandAction) => void = () => {}
  readonly #time: VirtualTime
  readonly #delay: () => number
  readonly #tries = new Map<string, number>()
  #running = 0

  constructor(time: VirtualTime, options: RackOptions = {}) {
    this.#time = time
    this.#delay = options.delay ?? (() => 100)
    this.world = new World(options.hosts ?? [host(1), host(2)])
    for (const one of this.world.hosts) this.power.set(one.name, 'ready')
  }

  powerOf(on: DnsName): Power {
    return this.power.get(on) ?? 'away'
  }

  /** Everything of a host is in its memory. */
  switchOff(text: string): void {
    const on = name(text)
    this.power.set(on, 'off')
    const { domains, overlays, tunnels, prepared } = this.world.observed
    this.world.observed = {
      domains: domains.filter((one) => one.host !== on),
      overlays: overlays.filter((one) => one.host !== on),
      tunnels: tunnels.filter((one) => one.host !== on),
      prepared: prepared.filter((one) => one !== on),
    }
  }

  switchOn(text: string): void {
    this.power.set(name(text), 'ready')
    this.fenced.delete(name(text))
  }

  /** Hands of one core: whatever it asked for after its end is not done, and nothing comes back to it. */
  hands(life: CoreLife): ClusterHands {
    return {
      observe: async () => {
        await this.#passes(life)
        return this.#observation()
      },
      perform: (action, place) => this.#perform(action, place, life),
      fence: async (on) => {
        await this.#passes(life)
        return this.#fence(on)
      },
      writes: () => ({ ...this.counted }),
    }
  }

  async #passes(life: CoreLife): Promise<void> {
    await life.passes()
    await this.#time.pause(this.#delay())
    await life.passes()
  }

  #observation(): Observation {
    const isReady = (on: DnsName): boolean => this.powerOf(on) === 'ready'
    const { domains, overlays, tunnels, prepared } = this.world.observed
    const observed: Observed = {
      domains: domains.filter((one) => isReady(one.host)),
      overlays: overlays.filter((one) => isReady(one.host)),
      tunnels: tunnels.filter((one) => one.host === undefined || isReady(one.host)),
      prepared: prepared.filter(isReady),
    }
    const hosts = this.world.hosts.map((one) => ({ ...one, presence: this.#presence(one.name) }))
    return { observed, hosts }
  }

  #presence(on: DnsName): HostFact['presence'] {
    if (this.powerOf(on) === 'ready') return 'ready'
    return this.fenced.has(on) ? 'fenced' : 'away'
  }

  #fence(on: DnsName): Fenced {
    if (this.deadBmcs.has(on)) return { ok: false, why: 'its BMC does not answer' }
    this.switchOff(on)
    this.fenced.add(on)
    return { ok: true }
  }

  async #perform(action: HandAction, place: StepPlace, life: CoreLife): Promise<void> {
    this.#running += 1
    this.atOnceMost = Math.max(this.atOnceMost, this.#running)
    try {
      await this.#attempt(action, place, life)
    } finally {
      this.#running -= 1
    }
  }

  async #attempt(action: HandAction, place: StepPlace, life: CoreLife): Promise<void> {
    const what = describe(action)
    const nth = (this.#tries.get(what) ?? 0) + 1
    this.#tries.set(what, nth)
    this.calls.push(what)
    await life.passes()
    await this.#reach(action, place)
    const mishap = this.mishap(action, nth)
    if (mishap === 'hangs') await new Promise(() => {})
    if (mishap === 'bug') throw new TypeError(`${what} is not a function`)
    if (mishap === 'refused') throw refused(`${what} was refused`)
    if (action.kind === 'await') await this.#answers(action, place)
    await life.passes()
    if (!this.#isDone(action)) this.#effect(action)
    await life.passes()
    if (mishap === 'answer-lost') throw refused(`the answer to ${what} was lost`)
  }

  /** A host that does not answer lets us wait until we want no more. */
  async #reach(action: HandAction, { signal }: StepPlace): Promise<void> {
    await this.#time.pause(this.#delay(), signal)
    while ('host' in action && action.host !== undefined && this.powerOf(action.host) !== 'ready')
      await this.#time.pause(1_000, signal)
  }

  async #answers(
    action: Extract<HandAction, { kind: 'await' }>,
    { signal, mark }: StepPlace,
  ): Promise<void> {
    const isUp = (): boolean =>
      this.world.observed.domains.some(
        (one) =>
          one.name === action.vcn && one.state === 'running' && this.powerOf(one.host) === 'ready',
      )
    while (!isUp()) await this.#time.pause(1_000, signal)
    await this.#time.pause(this.#delay(), signal)
    mark('name-resolved')
  }

  #effect(action: HandAction): void {
    if (ldapKinds.has(action.kind) || removals.has(action.kind)) this.counted.ldap += 1
    else if (action.kind !== 'await') this.counted.libvirt += 1
    this.world.carryOut({ steps: [{ id: describe(action), after: [], action }] })
    this.onEffect(action)
  }

  /** Hands look before they act. */
  #isDone(action: HandAction): boolean {
    const { domains, overlays, prepared, tunnels } = this.world.observed
    const entries = [...this.world.entries.values()]
    switch (action.kind) {
      case 'create-overlay':
        return overlays.some(
          (one) => one.host === action.host && one.name === overlayName(action.definition.name),
        )
      case 'remove-overlay':
        return !overlays.some((one) => one.host === action.host && one.name === action.name)
      case 'start':
      case 'resume':
        return domains.some(
          (one) => one.host === action.host && one.uuid === action.uuid && one.state === 'running',
        )
      case 'destroy':
        return !domains.some(
          (one) => one.host === action.host && one.uuid === action.uuid && one.state !== 'off',
        )
      case 'undefine':
        return !domains.some((one) => one.host === action.host && one.uuid === action.uuid)
      case 'prepare-host':
        return prepared.includes(action.host)
      case 'put-cluster':
        return entries.some(
          (one) => one.kind === 'cluster' && one.vo === action.vo && one.name === action.cluster,
        )
      case 'put-network':
        return entries.some((one) => one.kind === 'network' && one.name === action.network.name)
      case 'remove-entry':
      case 'remove-network':
      case 'remove-cluster':
        return !entries.some(({ dn }) => dn === action.dn)
      case 'forget-peers':
      case 'leave-network':
        return !tunnels.some((one) => one.vni === action.vni && one.host === action.host)
      default:
        return false
    }
  }
}

export function describe(action: HandAction): string {
  switch (action.kind) {
    case 'put-entry':
      return `put-entry ${action.entry.name}`
    case 'create-overlay':
    case 'define':
      return `${action.kind} ${action.definition.mark.vcn} on ${action.host}`
    case 'start':
    case 'resume':
    case 'destroy':
    case 'undefine':
      return `${action.kind} ${action.vcn} on ${action.host}`
    case 'await':
    case 'remove-entry':
      return `${action.kind} ${action.vcn}`
    case 'join-network':
      return `join ${action.end.vni} on ${action.host ?? 'the appliance'}`
    case 'leave-network':
    case 'forget-peers':
      return `${action.kind} ${action.vni} on ${action.host ?? 'the appliance'}`
    case 'prepare-host':
      return `prepare ${action.host}`
    case 'remove-overlay':
      return `remove-overlay ${action.name} on ${action.host}`
    case 'put-network':
      return `put-network ${action.network.name}`
    default:
      return action.kind
  }
}

function refused(why: string): Fault {
  return new Fault('CPC-LV-001', { what: 'a call failed', where: 'host', why, todo: 'look there' })
}

/** What no moment of any rack may show. */
export function assertLeftEmpty({ world }: FakeRack): void {
  const { domains, overlays, tunnels } = world.observed
  assert.deepEqual({ domains, overlays, tunnels }, { domains: [], overlays: [], tunnels: [] })
  const kinds = new Set([...world.entries.values()].map(({ kind }) => kind))
  assert.deepEqual([...kinds].toSorted(), ['network', 'vo'])
}

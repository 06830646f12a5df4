// Why this file exists: a plan is made from what was observed and from what is known at that very instant, so that nobody
// else can take the room between looking and booking.
import {
  applyDeltas,
  type DnsName,
  type Label,
  type Network,
  parseUuid,
  type Snapshot,
} from '#directory'
import {
  awaitUnanswered,
  type ClusterRef,
  type ClusterSpec,
  type NetworkChoice,
  type Plan,
  planCluster,
  planDown,
  type Planned,
  type PlanInput,
} from '#vocluster'
import type { Chronicle } from './chronicle.ts'
import type { Observation } from './hands.ts'
import { keyOf, type Ledger } from './ledger.ts'
import type { EngineParts } from './parts.ts'

type PlanningParts = Pick<
  EngineParts,
  'snapshot' | 'images' | 'applianceTunnel' | 'isTaken' | 'digest' | 'place'
>

export interface Memory {
  readonly ledger: Ledger
  readonly chronicle: Chronicle
}

export class Planning {
  readonly #parts: PlanningParts
  readonly #memory: Memory
  /** Networks that plans under way will make; the directory does not show them yet. */
  readonly #claimed = new Map<string, readonly NetworkChoice[]>()

  constructor(parts: PlanningParts, memory: Memory) {
    this.#parts = parts
    this.#memory = memory
  }

  up(spec: ClusterSpec, observation: Observation): Planned {
    const of = { vo: spec.vo, cluster: spec.name }
    const input = this.#input(of, observation)
    const planned = planCluster(spec, input)
    if (!planned.ok) return planned
    const { chronicle } = this.#memory
    const hasAnswered = (vcn: Label): boolean => chronicle.life({ ...of, vcn }) === 'running'
    return { ok: true, value: awaitUnanswered(planned.value, hasAnswered, input.directory) }
  }

  down(of: ClusterRef, observation: Observation): Planned {
    return planDown(of, this.#input(of, observation))
  }

  claim(plan: Plan): void {
    const networks = plan.steps.flatMap(({ action }) =>
      action.kind === 'put-network' ? [action.network] : [],
    )
    this.#claimed.set(keyOf(plan), networks)
  }

  unclaim(of: ClusterRef): void {
    this.#claimed.delete(keyOf(of))
  }

  #input(of: ClusterRef, { observed, hosts }: Observation): PlanInput {
    const { snapshot, images, applianceTunnel, isTaken, digest, place } = this.#parts
    return {
      directory: this.#withClaims(of, snapshot()),
      observed,
      hosts,
      book: this.#memory.ledger.book,
      images: images(of.vo),
      applianceTunnel,
      isTaken,
      digest,
      place,
    }
  }

  /** Else two clusters that begin together would choose the same subnet and VXLAN number. */
  #withClaims(of: ClusterRef, snapshot: Snapshot): Snapshot {
    const others = [...this.#claimed].filter(([key]) => key !== keyOf(of))
    const entries = others
      .flatMap(([, networks]) => networks)
      .filter(({ name }) => !snapshot.networkByName.has(name))
      .map((network) => this.#announced(network))
    if (entries.length === 0) return snapshot
    return applyDeltas(
      snapshot,
      entries.map((entry) => ({ kind: 'put', entry }) as const),
    )
  }

  #announced({ name, subnet, vni }: NetworkChoice): Network {
    const id = parseUuid(this.#parts.digest(`claimed network ${name}`).slice(0, 32))
    if (id === undefined) throw new Error('a digest has 32 hexadecimal digits or more')
    return { kind: 'network', id, dn: `cn=${name}`, name, ...subnet, leaseSeconds: 0, vni }
  }
}

/** Where each node of the plan is or will be. */
export function homesOf(plan: Plan): ReadonlyMap<Label, DnsName> {
  return new Map(
    plan.changes.flatMap(({ vcn, host }) => (host === undefined ? [] : [[vcn, host] as const])),
  )
}

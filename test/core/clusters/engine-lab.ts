// Why this file exists: tests of the engine begin with a rack, a store and a core over them, any of which may go on without
// the others.
import assert from 'node:assert/strict'
import type { ClusterEngine, JobRecord, Order } from '../../../src/core/clusters/engine.ts'
import type { EngineLimits } from '../../../src/core/clusters/limits.ts'
import { openClusterEngine } from '../../../src/core/clusters/open-engine.ts'
import type { EngineStore } from '../../../src/core/clusters/parts.ts'
import { placeGreedily, readClusterFile } from '#vocluster'
import { ip, label } from '../../directory/samples.ts'
import { digest } from '../../vocluster/samples.ts'
import { CoreLife } from './core-life.ts'
import { FakeRack, type RackOptions } from './fake-rack.ts'
import { MemoryStore } from './memory-store.ts'
import { VirtualTime } from './virtual-time.ts'

export const of = { vo: label('physics'), cluster: label('hpl') } as const

export interface FileSample {
  readonly vo?: string
  readonly cluster?: string
  readonly count?: number
  readonly rest?: string
  readonly networks?: string
}

export function clusterFile(sample: FileSample = {}): string {
  const { vo = 'physics', cluster = 'hpl', count = 2, rest = '', networks = '' } = sample
  return [
    'version: 1',
    `cluster: ${cluster}`,
    `vo: ${vo}`,
    ...(networks === '' ? [] : [`networks: { ${networks}: { subnet: auto } }`]),
    'roles:',
    '  head: { image: voc-head@1, memory: 512MiB }',
    `  compute: { image: voc-compute@1, memory: 512MiB, count: ${count}${rest} }`,
    '',
  ].join('\n')
}

export function order(text: string, hash?: string): Order {
  const read = readClusterFile(text, 'hpl.yaml')
  assert.ok(read.ok, JSON.stringify(read))
  return { spec: read.value, text, by: 'ada', ...(hash === undefined ? {} : { hash }) }
}

export interface Core {
  readonly engine: ClusterEngine
  readonly life: CoreLife
}

export class Lab {
  readonly time = new VirtualTime()
  readonly rack: FakeRack
  readonly store = new MemoryStore()
  readonly told: string[] = []
  readonly bugs: unknown[] = []
  readonly forgotten: string[] = []
  readonly #limits: Partial<EngineLimits>
  #ids = 0

  constructor(options: RackOptions & { readonly limits?: Partial<EngineLimits> } = {}) {
    this.#limits = options.limits ?? {}
    this.rack = new FakeRack(this.time, options)
  }

  /** A core that may be killed; `store`: another one than the lab's. */
  open(life = new CoreLife(), store: EngineStore = this.store.open(life)): Core {
    const { world } = this.rack
    const engine = openClusterEngine({
      hands: this.rack.hands(life),
      store,
      snapshot: () => world.directory,
      images: () => world.images,
      applianceTunnel: ip('10.77.0.1'),
      isTaken: () => false,
      digest,
      place: placeGreedily,
      isReady: (host) => this.rack.powerOf(host) === 'ready',
      now: this.time.now,
      pause: (milliseconds, signal) =>
        life.isDead ? new Promise(() => {}) : this.time.pause(milliseconds, signal),
      newId: () => {
        this.#ids += 1
        return `j${this.#ids}`
      },
      tell: (kind, subject, text) => this.told.push(`${kind} ${subject}: ${text}`),
      forgetKeys: (vo, cluster) => this.forgotten.push(`${vo}/${cluster}`),
      onBug: (error) => {
        if (!life.isDead) this.bugs.push(error)
      },
      limits: { lookMs: 2_000, ...this.#limits },
    })
    return { engine, life }
  }

  /** An order and its job, to the end. */
  async apply(engine: ClusterEngine, text: string, hash?: string): Promise<JobRecord> {
    return this.end(engine, await this.time.settle(engine.apply(order(text, hash))))
  }

  async down(engine: ClusterEngine, cluster = of.cluster): Promise<JobRecord> {
    return this.end(engine, await this.time.settle(engine.down(of.vo, cluster, 'ada')))
  }

  async end(engine: ClusterEngine, { id }: JobRecord): Promise<JobRecord> {
    await this.time.until(() => engine.job(id)?.state !== 'running')
    return engine.job(id) ?? assert.fail(`job ${id} is gone`)
  }

  async quiet(engine: ClusterEngine): Promise<void> {
    await this.time.until(() => engine.jobs().every(({ state }) => state !== 'running'))
  }

  domains(): readonly string[] {
    return this.rack.world.observed.domains
      .map(({ mark, host, state }) => `${mark.vcn} ${state} on ${host}`)
      .toSorted()
  }

  /** Whole, and nobody would change anything. */
  async assertRests(engine: ClusterEngine, text: string): Promise<void> {
    const plan = await this.time.settle(engine.plan(order(text).spec))
    assert.deepEqual(
      plan.steps.map(({ id }) => id),
      [],
    )
    assert.deepEqual(this.bugs, [])
  }
}

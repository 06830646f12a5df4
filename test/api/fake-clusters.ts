// Why this file exists: the half of the tests' core that belongs to virtual organizations; it obeys, remembers, and reads an
// upload to its end as the image store does.
import { Duplex } from 'node:stream'
import type {
  Caller,
  ClusterServices,
  ClusterView,
  HplRunView,
  ImageView,
  JobView,
  PlanView,
  VcnView,
  VoView,
} from '#api'
import { Fault } from '#fault'

const at = '2026-01-31T12:00:00.000Z'

export interface Order {
  readonly what: string
  readonly caller: string
  readonly given?: unknown
}

/** What the console of a node is connected with. */
export class FakeSerial extends Duplex {
  readonly typed: string[] = []
  allowWrites: (() => void) | undefined
  isStuck = false

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.typed.push(chunk.toString())
    this.emit('typed')
    if (this.isStuck) this.allowWrites = done
    else done()
  }
}

export interface FakeClusters {
  readonly services: ClusterServices
  /** How uploads ended, in order: bytes when whole, else the error's message. */
  readonly uploads: (number | string)[]
  readonly serials: FakeSerial[]
  /** Set: what a push is refused with, after it has read so many bytes. */
  refusal: { readonly afterBytes: number; readonly fault: Fault } | undefined
}

export const vos = ['biology', 'physics'] as const

function vo(name: string): VoView {
  return {
    name,
    quota: { vcns: 4 },
    used: { vcns: 1, vcpus: 2, memoryBytes: 1024, imageBytes: 7 },
    members: [`uid=bob,dc=${name}`],
    network: { name: `vo-${name}`, subnet: '10.128.0.0/20', vni: 7 },
    dn: `cn=${name},ou=vos,dc=cluster,dc=test`,
  }
}

export function image(owner: string, version = 3): ImageView {
  return {
    vo: owner,
    name: 'voc',
    version,
    id: `voc@${version}`,
    format: 'qcow2',
    digest: `sha256:${'a'.repeat(64)}`,
    bytes: 7,
    virtualBytes: 1024,
    pushedBy: 'ada',
    pushedAt: at,
    usedBy: [`${owner}/hpl`],
  }
}

function cluster(owner: string): ClusterView {
  const hosts = ['n001']
  return { vo: owner, name: 'hpl', state: 'Running', vcns: 1, running: 1, hosts, images: ['voc@3'] }
}

function vcn(owner: string): VcnView {
  return {
    name: 'compute1',
    vo: owner,
    cluster: 'hpl',
    fqdn: `compute1.hpl.${owner}.cluster.test`,
    state: 'Running',
    host: 'n001',
    nics: [{ network: `vo-${owner}`, address: '10.128.0.2', mac: '52:54:00:00:00:01' }],
    dn: `cn=compute1,cn=hpl,cn=${owner},ou=vos,dc=cluster,dc=test`,
  }
}

export function job(id: string, subject: string): JobView {
  return {
    id,
    kind: subject.includes('/') ? 'apply' : 'hpl',
    subject,
    state: 'running',
    by: 'ada',
    startedAt: `2026-01-31T12:00:0${id.slice(1)}.000Z`,
    steps: { done: 1, total: 3 },
    doing: ['define compute1'],
    writes: { libvirt: 1, ldap: 2 },
    changes: 1,
    notes: [],
  }
}

const jobs = [job('j1', 'biology/hpl'), job('j2', 'physics/hpl'), job('j3', 'n[001-002]')]

function run(id: string, subject: string): HplRunView {
  return {
    id,
    side: subject.includes('/') ? 'virtual' : 'physical',
    subject,
    nodes: ['a', 'b'],
    state: 'done',
    N: 1000,
    NB: 128,
    P: 1,
    Q: 2,
    gflops: 12.5,
    startedAt: `2026-01-31T12:00:0${id.slice(1)}.000Z`,
  }
}

const runs = [run('r1', 'biology/hpl'), run('r2', 'physics/hpl'), run('r3', 'n[001-002]')]

function plan(owner: string): PlanView {
  const nodes = [{ vcn: 'compute1', kind: 'create', host: 'n001', why: 'it is not there' }]
  return {
    vo: owner,
    cluster: 'hpl',
    hash: 'abc',
    changes: 1,
    isEmpty: false,
    nodes,
    steps: ['define'],
  }
}

export function refusing(): Fault {
  return new Fault('CPC-IMG-006', {
    what: 'the image was refused',
    where: 'image physics/voc',
    why: 'the quota is spent',
    todo: 'remove images',
  })
}

function found<T>(all: readonly T[], is: (one: T) => boolean): T {
  const one = all.find(is)
  if (one !== undefined) return one
  throw new Fault('CPC-API-003', {
    what: 'there is no such thing',
    where: 'here',
    why: 'nothing has this name',
    todo: 'look at the list',
  })
}

export function fakeClusters(orders: Order[]): FakeClusters {
  const told = (what: string, caller: Caller, given?: unknown): void =>
    void orders.push({ what, caller: caller.name, ...(given !== undefined && { given }) })
  const core: FakeClusters = {
    services: {
      vos: voServices(told),
      images: imageServices(told, () => core),
      clusters: clusterServices(told),
      vcns: {
        list: (owner, name) =>
          vos
            .map((one) => vcn(one))
            .filter((one) => owner === undefined || one.vo === owner)
            .filter((one) => name === undefined || one.cluster === name),
        show: (owner) => vcn(found(vos, (one) => one === owner)),
        console: (owner, name, node, caller) => {
          told(`console ${node}.${name}.${owner}`, caller)
          found(vos, (one) => one === owner)
          const serial = new FakeSerial()
          core.serials.push(serial)
          return Promise.resolve(serial)
        },
      },
      jobs: {
        list: () => jobs.toReversed(),
        show: (id) => found(jobs, (one) => one.id === id),
        cancel: (id, caller) => Promise.resolve(told(`job cancel ${id}`, caller)),
      },
      hpl: {
        run: (request, caller) => {
          told('hpl run', caller, request)
          return Promise.resolve(job('j4', 'physics/hpl'))
        },
        list: () => runs.toReversed(),
        show: (id) => found(runs, (one) => one.id === id),
        compare: (one, other) => ({
          virtual: found(runs, ({ id }) => id === one),
          physical: found(runs, ({ id }) => id === other),
          ratio: 0.95,
          lines: ['12.5 beside 13.2'],
        }),
      },
    },
    uploads: [],
    serials: [],
    refusal: undefined,
  }
  return core
}

type Told = (what: string, caller: Caller, given?: unknown) => void

function voServices(told: Told): ClusterServices['vos'] {
  const show = (name: string): VoView => vo(found(vos, (one) => one === name))
  return {
    list: () => vos.map((name) => vo(name)),
    show,
    add: (request, caller) => {
      told(`vo add ${request.name}`, caller, request)
      return Promise.resolve(vo(request.name))
    },
    change: (name, change, caller) => {
      told(`vo change ${name}`, caller, change)
      return Promise.resolve(show(name))
    },
    remove: (name, caller) => Promise.resolve(told(`vo remove ${name}`, caller)),
  }
}

function imageServices(told: Told, core: () => FakeClusters): ClusterServices['images'] {
  return {
    list: (owner) =>
      vos.filter((one) => owner === undefined || one === owner).map((one) => image(one)),
    show: (owner, id) => {
      found([id], (one) => one === 'voc@3' || one === 'voc')
      return image(found(vos, (one) => one === owner))
    },
    push: async (stream, push, caller) => {
      told(`image push ${push.vo}/${push.name}`, caller, push)
      const { uploads, refusal } = core()
      let bytes = 0
      try {
        if (refusal?.afterBytes === 0) throw refusal.fault
        for await (const chunk of stream) {
          bytes += Buffer.from(chunk).length
          if (refusal !== undefined && bytes >= refusal.afterBytes) throw refusal.fault
        }
      } catch (error) {
        uploads.push(error instanceof Error ? error.message : String(error))
        throw error
      }
      uploads.push(bytes)
      return { ...image(push.vo, push.version), isNew: push.version !== 1 }
    },
    verify: (owner, id, caller) => {
      told(`image verify ${owner}/${id}`, caller)
      return Promise.resolve({ whole: false, reason: 'the file is gone' })
    },
    remove: (owner, id, caller) => Promise.resolve(told(`image remove ${owner}/${id}`, caller)),
  }
}

function clusterServices(told: Told): ClusterServices['clusters'] {
  const show = (owner: string): ClusterView => cluster(found(vos, (one) => one === owner))
  return {
    list: () => vos.map((name) => cluster(name)),
    show,
    plan: () => Promise.resolve(plan('physics')),
    planDown: (owner) => Promise.resolve(plan(show(owner).vo)),
    apply: (file, caller, hash) => {
      told(`cluster apply ${file.name}`, caller, { vo: caller.vo, text: file.text, hash })
      return Promise.resolve(job('j4', 'physics/hpl'))
    },
    down: (owner, name, caller) => {
      told(`cluster down ${owner}/${name}`, caller)
      return Promise.resolve({ ...job('j4', `${owner}/${name}`), kind: 'down' as const })
    },
    timeline: (owner, name) => ({
      vo: owner,
      cluster: name,
      vcns: [{ vcn: 'compute1', host: 'n001', phases: [{ phase: 'reserved', at, sinceMs: 0 }] }],
      phases: [{ phase: 'reserved', vcns: 1, meanMs: 0, minMs: 0, maxMs: 0 }],
      boot: { meanMs: 58_000, minMs: 52_000, maxMs: 63_000 },
    }),
  }
}

// Why this file exists: the half of the appliance that belongs to virtual organizations, as the commands see it.
import type { Duplex } from 'node:stream'
import {
  type ClusterFile,
  type ClusterTimelineView,
  clusterTimelineView,
  type ClusterView,
  clusterView,
  type HplComparisonView,
  hplComparisonView,
  type HplRequest,
  type HplRunView,
  hplRunView,
  type ImagePush,
  type ImageView,
  imageView,
  type JobView,
  jobView,
  type PlanView,
  planView,
  type PushedView,
  pushedView,
  type VcnView,
  vcnView,
  type VerdictView,
  verdictView,
  type VoChange,
  type VoRequest,
  type VoView,
  voView,
} from '#api'
import { diskAnswerMsMax, type Question } from './answer.ts'
import { type Asking, at, get } from './asking.ts'
import type { Upload } from './upload.ts'

export interface ClusterRef {
  readonly vo: string
  readonly cluster: string
}

export interface VcnRef extends ClusterRef {
  readonly vcn: string
}

export interface ImageRef {
  readonly vo: string
  /** `voc-compute@3` */
  readonly id: string
}

/** The bytes and how far they are, beside what they are. */
export type ImageUpload = ImagePush & { readonly bytes: number } & Pick<Upload, 'body' | 'onSent'>

export interface ClusterAppliance {
  readonly vos: {
    list(): Promise<readonly VoView[]>
    show(name: string): Promise<VoView>
    add(request: VoRequest): Promise<VoView>
    change(name: string, change: VoChange): Promise<VoView>
    remove(name: string): Promise<void>
  }
  readonly images: {
    list(vo?: string): Promise<readonly ImageView[]>
    show(image: ImageRef): Promise<ImageView>
    push(upload: ImageUpload): Promise<PushedView>
    verify(image: ImageRef): Promise<VerdictView>
    remove(image: ImageRef): Promise<void>
  }
  readonly clusters: {
    list(): Promise<readonly ClusterView[]>
    show(cluster: ClusterRef): Promise<ClusterView>
    plan(file: ClusterFile): Promise<PlanView>
    planDown(cluster: ClusterRef): Promise<PlanView>
    apply(file: ClusterFile, hash: string): Promise<JobView>
    down(cluster: ClusterRef): Promise<JobView>
    timeline(cluster: ClusterRef): Promise<ClusterTimelineView>
  }
  readonly vcns: {
    list(of: Partial<ClusterRef>): Promise<readonly VcnView[]>
    show(vcn: VcnRef): Promise<VcnView>
    console(vcn: VcnRef): Promise<Duplex>
  }
  readonly jobs: {
    list(): Promise<readonly JobView[]>
    show(id: string): Promise<JobView>
    cancel(id: string): Promise<void>
  }
  readonly hpl: {
    run(request: HplRequest): Promise<JobView>
    list(): Promise<readonly HplRunView[]>
    show(id: string): Promise<HplRunView>
    compare(virtual: string, physical: string): Promise<HplComparisonView>
  }
}

export function clusterPartsOf(asking: Asking): ClusterAppliance {
  return {
    vos: vosOf(asking),
    images: imagesOf(asking),
    clusters: clustersOf(asking),
    vcns: vcnsOf(asking),
    jobs: {
      list: () => asking.list('/v1/jobs', jobView),
      show: (id) => asking.one(get(at('/v1/jobs', id)), jobView),
      cancel: (id) => asking.nothing(post(`${at('/v1/jobs', id)}/cancel`)),
    },
    hpl: {
      run: (request) => asking.one(post('/v1/hpl-runs', request), jobView),
      list: () => asking.list('/v1/hpl-runs', hplRunView),
      show: (id) => asking.one(get(at('/v1/hpl-runs', id)), hplRunView),
      compare: (virtual, physical) =>
        asking.one(get(`/v1/hpl-comparisons?${queryOf({ virtual, physical })}`), hplComparisonView),
    },
  }
}

function vosOf(asking: Asking): ClusterAppliance['vos'] {
  const all = '/v1/vos'
  return {
    list: () => asking.list(all, voView),
    show: (name) => asking.one(get(at(all, name)), voView),
    add: (request) => asking.one(post(all, request), voView),
    change: (name, body) => asking.one({ method: 'PATCH', path: at(all, name), body }, voView),
    remove: (name) => asking.nothing(remove(at(all, name))),
  }
}

function imagesOf(asking: Asking): ClusterAppliance['images'] {
  const all = '/v1/images'
  const pathOf = ({ vo, id }: ImageRef): string => at(at(all, vo), id)
  return {
    list: (vo) => asking.list(all, imageView, vo === undefined ? {} : { vo }),
    show: (image) => asking.one(get(pathOf(image)), imageView),
    push: ({ vo, name, body, onSent, ...facts }) => {
      const path = `${pathOf({ vo, id: name })}?${queryOf(facts)}`
      return asking.upload({ path, bytes: facts.bytes, body, onSent }, pushedView)
    },
    verify: (image) =>
      asking.one(
        { method: 'POST', path: `${pathOf(image)}/verify`, answerMsMax: diskAnswerMsMax },
        verdictView,
      ),
    remove: (image) => asking.nothing(remove(pathOf(image))),
  }
}

function clustersOf(asking: Asking): ClusterAppliance['clusters'] {
  const all = '/v1/clusters'
  const pathOf = ({ vo, cluster }: ClusterRef): string => at(at(all, vo), cluster)
  return {
    list: () => asking.list(all, clusterView),
    show: (ref) => asking.one(get(pathOf(ref)), clusterView),
    plan: (file) => asking.one(post('/v1/plans', { file }), planView),
    planDown: (ref) => asking.one(get(`${pathOf(ref)}/plan-down`), planView),
    apply: (file, hash) => asking.one(post(all, { file, hash }), jobView),
    down: (ref) => asking.one(remove(pathOf(ref)), jobView),
    timeline: (ref) => asking.one(get(`${pathOf(ref)}/timeline`), clusterTimelineView),
  }
}

/** As the API calls the bytes of a console in the Upgrade header. */
const consoleProtocol = 'coppice-console'

function vcnsOf(asking: Asking): ClusterAppliance['vcns'] {
  const all = '/v1/vcns'
  const pathOf = ({ vo, cluster, vcn }: VcnRef): string => at(at(at(all, vo), cluster), vcn)
  return {
    list: ({ vo, cluster }) =>
      asking.list(all, vcnView, {
        ...(vo !== undefined && { vo }),
        ...(cluster !== undefined && { cluster }),
      }),
    show: (ref) => asking.one(get(pathOf(ref)), vcnView),
    console: (ref) => asking.converse(`${pathOf(ref)}/console`, consoleProtocol),
  }
}

function post(path: string, body?: unknown): Question {
  return { method: 'POST', path, body }
}

function remove(path: string): Question {
  return { method: 'DELETE', path }
}

function queryOf(facts: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined) query.set(name, String(value))
  }
  return query.toString()
}

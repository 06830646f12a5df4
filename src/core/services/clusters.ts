// Why this file exists: clusters and their nodes as people handle them: a file becomes a plan, a plan a job, and what runs
// is shown from the directory and the engine.
import type { Caller, ClusterFile, ClusterView, PlanView, Services } from '#api'
import { type Label, parseLabel, type Vcn } from '#directory'
import { Fault } from '#fault'
import {
  type ClusterSpec,
  formatImageId,
  lifeStates,
  type LifeState,
  lifeWord,
  type Plan,
  readClusterFile,
} from '#vocluster'
import {
  type ClusterContext,
  clusterEntries,
  demandMembership,
  findVo,
  vcnsOf,
} from './cluster-context.ts'
import { audited } from './context.ts'
import { engineJobView } from './jobs.ts'
import { clusterTimelineView } from './timelines.ts'
import { pausedWord, shortName, whyPaused } from './vcns.ts'

export function clusterServices(context: ClusterContext): Services['clusters'] {
  const { engine } = context
  return {
    list: () => clusterRefs(context).map((of) => clusterView(of, context)),
    show: (vo, name) => clusterView(findCluster(vo, name, context), context),
    async plan(file, caller) {
      const spec = readSpec(file)
      demandMembership(caller, spec.vo)
      return planView(await engine.plan(spec))
    },
    async planDown(voText, name) {
      const { vo, cluster } = findCluster(voText, name, context)
      return planView(await engine.planDown(vo, cluster))
    },
    apply: (file, caller, hash) => apply({ file, hash }, caller, context),
    down(voText, name, caller) {
      const { vo, cluster } = findCluster(voText, name, context)
      demandMembership(caller, vo)
      const change = { caller, action: 'cluster down', target: `${vo}/${cluster}` }
      return audited(context, change, async () =>
        engineJobView(await engine.down(vo, cluster, caller.name)),
      )
    },
    timeline(voText, name) {
      const { vo, cluster } = findCluster(voText, name, context)
      return clusterTimelineView(vo, cluster, engine.timeline(vo, cluster))
    },
  }
}

interface ClusterRef {
  readonly vo: Label
  readonly cluster: Label
}

interface Asked {
  readonly file: ClusterFile
  readonly hash: string | undefined
}

function apply({ file, hash }: Asked, caller: Caller, context: ClusterContext) {
  const spec = readSpec(file)
  demandMembership(caller, spec.vo)
  findVo(spec.vo, context)
  const target = `${spec.vo}/${spec.name}`
  const order = { spec, text: file.text, by: caller.name, ...(hash !== undefined && { hash }) }
  return audited(context, { caller, action: 'cluster apply', target, after: file.text }, async () =>
    engineJobView(await context.engine.apply(order)),
  )
}

/** All that is wrong with a file is told at once; the first problem gives the code. */
function readSpec(file: ClusterFile): ClusterSpec {
  const read = readClusterFile(file.text, file.name)
  if (read.ok) return read.value
  const [first, ...others] = read.problems
  if (first === undefined) throw new Error('a file was refused without a reason')
  const more = others.map(({ text }) => `${text.where}: ${text.why}`)
  const why = [first.text.why, ...more].join('; also ')
  throw new Fault(first.code, { ...first.text, why })
}

function planView({ vo, cluster, hash, changes, steps }: Plan): PlanView {
  return {
    vo,
    cluster,
    hash,
    changes: changes.filter(({ kind }) => kind !== 'keep').length,
    isEmpty: steps.length === 0,
    nodes: changes.map(({ vcn, kind, host, why }) => ({
      vcn,
      kind,
      ...(host !== undefined && { host }),
      why,
    })),
    steps: steps.map(({ id }) => id),
  }
}

/** Of the directory and of the engine: either may know one that the other does not. */
export function clusterRefs(context: ClusterContext): readonly ClusterRef[] {
  const known = [
    ...clusterEntries(context).map(({ vo, name }) => ({ vo, cluster: name })),
    ...context.engine.clusters(),
  ]
  const once = new Map(known.map((one) => [`${one.vo}/${one.cluster}`, one]))
  return [...once].toSorted(([one], [other]) => one.localeCompare(other, 'en')).map(([, of]) => of)
}

export function findCluster(voText: string, name: string, context: ClusterContext): ClusterRef {
  const vo = parseLabel(voText)
  const cluster = parseLabel(name)
  const found = clusterRefs(context).find((one) => one.vo === vo && one.cluster === cluster)
  if (found !== undefined) return found
  throw new Fault('CPC-VO-001', {
    what: `there is no cluster ${voText}/${name}`,
    where: 'the directory, ou=vos, and the jobs of the appliance',
    why: 'nobody has applied a file with this name, or it was taken down',
    todo: 'coppice cluster list shows those that are there',
  })
}

function clusterView({ vo, cluster }: ClusterRef, context: ClusterContext): ClusterView {
  const { engine } = context
  const entries = vcnsOf(context).filter((vcn) => vcn.vo === vo && vcn.cluster === cluster)
  const spec = engine.spec(vo, cluster)
  const labels = new Set([
    ...entries.flatMap(({ name }) => parseLabel(name.split('.')[0] ?? '') ?? []),
    ...(spec?.vcns ?? []).map(({ name }) => name),
  ])
  const states = [...labels].map((label) => engine.life(vo, cluster, label))
  const held = heldOf(entries, context)
  const [firstHeld] = held
  const images = (spec?.vcns ?? []).map(({ image }) => formatImageId(image))
  const jobs = engine.jobs().filter((job) => job.vo === vo && job.cluster === cluster)
  const running = jobs.find(({ state }) => state === 'running')
  const failed = jobs[0]?.state === 'failed' ? jobs[0].trouble : undefined
  const trouble = failed ? `${failed.code} ${failed.why}` : firstHeld
  const state = leastFar(states)
  return {
    vo,
    name: cluster,
    state: state === 'running' && held.length > 0 ? pausedWord : lifeWord(state),
    vcns: labels.size,
    running: states.filter((one) => one === 'running').length - held.length,
    hosts: unique(entries.flatMap(({ host }) => host ?? [])),
    images: unique(images),
    ...(running !== undefined && { job: running.id }),
    ...(trouble !== undefined && { trouble }),
  }
}

/** Nodes that run and are held all the same, each with the reason. */
function heldOf(entries: readonly Vcn[], context: ClusterContext): readonly string[] {
  return entries.flatMap((vcn) => {
    const label = shortName(vcn)
    const life = context.engine.life(vcn.vo, vcn.cluster, label)
    const why = life === 'running' ? whyPaused(vcn, life, context) : undefined
    return why === undefined ? [] : [`${label} is paused: ${why}`]
  })
}

/** One that ends tells more than the others; else the one that has the farthest to go. */
function leastFar(states: readonly LifeState[]): LifeState {
  const ending = states.find((state) => state === 'shutdown' || state === 'epilog')
  return ending ?? lifeStates.find((state) => states.includes(state)) ?? 'done'
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].toSorted((one, other) =>
    one.localeCompare(other, 'en', { numeric: true }),
  )
}

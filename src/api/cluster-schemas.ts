// Why this file exists: the shapes of what belongs to virtual organizations, described once for checking, for the OpenAPI
// document and for the command line, as the other half of the API has them.
import { z } from 'zod'
import type {
  ClusterFile,
  ClusterTimelineView,
  ClusterView,
  HplComparisonView,
  HplRequest,
  HplRunView,
  ImageView,
  JobView,
  PlanView,
  PushedView,
  Spread,
  TroubleView,
  VcnView,
  VerdictView,
  VoChange,
  VoRequest,
  VoView,
} from './cluster-services.ts'
import { exactly } from './exactly.ts'
import { instant, pageQuery, text, texts } from './schemas.ts'

/** As long as a cluster file may be. */
const fileCharactersMax = 1024 * 1024
const hostsMax = 4096
const imageVersionMax = 999_999_999

const count = z.int().min(0)
const limit = z.number().exactOptional()

export const voView = exactly<VoView>()(
  z.object({
    name: z.string(),
    quota: z.object({ vcns: limit, vcpus: limit, memoryBytes: limit, imageBytes: limit }),
    used: z.object({
      vcns: z.number(),
      vcpus: z.number(),
      memoryBytes: z.number(),
      imageBytes: z.number(),
    }),
    members: z.array(z.string()),
    network: z
      .object({ name: z.string(), subnet: z.string(), vni: z.int() })
      .exactOptional()
      .meta({ description: 'Its own network, that every one of its nodes has' }),
    dn: z.string(),
  }),
)

const quota = text.meta({ example: 'vcpus=64,memory=128GiB,vcns=64,image-bytes=100GiB' })

export const voRequest = exactly<VoRequest>()(
  z.strictObject({
    name: text,
    quota: quota.optional(),
    subnet: text.optional(),
    members: texts.optional(),
  }),
)

export const voChange = exactly<VoChange>()(
  z.strictObject({ quota: quota.nullish(), members: texts.nullish() }),
)

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')

const imageShape = z.object({
  vo: z.string(),
  name: z.string(),
  version: z.int(),
  id: z.string().meta({ example: 'voc-compute@3' }),
  format: z.string(),
  digest: z.string(),
  bytes: z.number(),
  virtualBytes: z.number(),
  pushedBy: z.string(),
  pushedAt: instant,
  usedBy: z.array(z.string()),
})
export const imageView = exactly<ImageView>()(imageShape)
export const pushedView = exactly<PushedView>()(imageShape.extend({ isNew: z.boolean() }))

/** What a push says in its address; the body is the image. */
export const pushQuery = z.strictObject({
  version: z.coerce.number().int().min(1).max(imageVersionMax).optional(),
  format: text.optional().meta({ description: 'qcow2 unless it is said' }),
  bytes: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  digest: digest.optional().meta({ description: 'If it is given, it must come true' }),
})

export const verdictView = exactly<VerdictView>()(
  z.object({ whole: z.boolean(), reason: z.string().exactOptional() }),
)

export const clusterFile = exactly<ClusterFile>()(
  z.strictObject({ name: text, text: z.string().max(fileCharactersMax) }),
)
export const planRequest = z.strictObject({ file: clusterFile })
export const applyRequest = planRequest.extend({
  hash: text
    .optional()
    .meta({ description: 'Of a plan: exactly this one is carried out, or none' }),
})

export const planView = exactly<PlanView>()(
  z.object({
    vo: z.string(),
    cluster: z.string(),
    hash: z.string(),
    changes: count,
    isEmpty: z.boolean(),
    nodes: z.array(
      z.object({
        vcn: z.string(),
        kind: z.string(),
        host: z.string().exactOptional(),
        why: z.string(),
      }),
    ),
    steps: z.array(z.string()),
  }),
)

export const clusterView = exactly<ClusterView>()(
  z.object({
    vo: z.string(),
    name: z.string(),
    state: z.string(),
    vcns: count,
    running: count,
    hosts: z.array(z.string()),
    images: z.array(z.string()),
    job: z.string().exactOptional(),
    trouble: z.string().exactOptional(),
  }),
)

export const vcnView = exactly<VcnView>()(
  z.object({
    name: z.string(),
    vo: z.string(),
    cluster: z.string(),
    fqdn: z.string(),
    state: z.string(),
    trouble: z.string().exactOptional(),
    host: z.string().exactOptional(),
    image: z.string().exactOptional(),
    nics: z.array(z.object({ network: z.string(), address: z.string(), mac: z.string() })),
    dn: z.string(),
  }),
)

const spreadShape = z.object({ meanMs: z.number(), minMs: z.number(), maxMs: z.number() })
const spread = exactly<Spread>()(spreadShape)

export const clusterTimelineView = exactly<ClusterTimelineView>()(
  z.object({
    vo: z.string(),
    cluster: z.string(),
    vcns: z.array(
      z.object({
        vcn: z.string(),
        host: z.string(),
        phases: z.array(z.object({ phase: z.string(), at: instant, sinceMs: z.number() })),
      }),
    ),
    phases: z.array(spreadShape.extend({ phase: z.string(), vcns: count })),
    boot: spread.exactOptional(),
    whole: spread.exactOptional(),
  }),
)

export const troubleView = exactly<TroubleView>()(
  z.object({
    code: z.string(),
    what: z.string(),
    where: z.string(),
    why: z.string(),
    do: z.string(),
  }),
)

export const jobView = exactly<JobView>()(
  z.object({
    id: z.string(),
    kind: z.enum(['apply', 'down', 'hpl']),
    subject: z.string(),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    by: z.string(),
    startedAt: instant,
    endedAt: instant.exactOptional(),
    steps: z.object({ done: count, total: count }),
    doing: z.array(z.string()),
    writes: z.object({ libvirt: count, ldap: count }),
    changes: count,
    notes: z.array(z.string()),
    trouble: troubleView.exactOptional(),
    run: z.string().exactOptional(),
  }),
)

const positive = z.int().min(1).optional()

export const hplRequest = exactly<HplRequest>()(
  z.strictObject({
    on: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('cluster'), vo: text, cluster: text }),
      z.strictObject({ kind: z.literal('hosts'), hosts: z.array(text).min(1).max(hostsMax) }),
    ]),
    N: positive,
    NB: positive,
    P: positive,
    Q: positive,
    ranksPerNode: positive,
    secondsMax: positive,
  }),
)

export const hplRunView = exactly<HplRunView>()(
  z.object({
    id: z.string(),
    side: z.enum(['virtual', 'physical']),
    subject: z.string(),
    nodes: z.array(z.string()),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    N: z.int(),
    NB: z.int(),
    P: z.int(),
    Q: z.int(),
    gflops: z.number().exactOptional(),
    seconds: z.number().exactOptional(),
    program: z.object({ sha256: z.string(), blas: z.string() }).exactOptional(),
    label: z.string().exactOptional(),
    startedAt: instant,
    endedAt: instant.exactOptional(),
    trouble: troubleView.exactOptional(),
  }),
)

export const hplComparisonView = exactly<HplComparisonView>()(
  z.object({
    virtual: hplRunView,
    physical: hplRunView,
    ratio: z.number(),
    label: z.string().exactOptional(),
    lines: z.array(z.string()),
  }),
)

export const imageQuery = pageQuery.extend({ vo: text.optional() })
export const vcnQuery = imageQuery.extend({ cluster: text.optional() })
export const comparisonQuery = z.strictObject({ virtual: text, physical: text })

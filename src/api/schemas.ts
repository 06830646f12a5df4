// Why this file exists: one description of each shape checks requests, strips answers, writes the OpenAPI document and
// is what the command line reads answers with.
import { z } from 'zod'
import { exactly } from './exactly.ts'
import type {
  BootChoice,
  EventView,
  HeldView,
  LeaseView,
  LintView,
  MachineChange,
  MachineRequest,
  MachineView,
  NetworkChange,
  NetworkRequest,
  NetworkView,
  PowerAction,
  StatusView,
  TimelineView,
  TokenView,
  WaitingView,
} from './services.ts'

const textLengthMax = 1024
const listItemsMax = 256
export const pageItemsMax = 10_000
const pageItemsUsual = 1000

export const text = z.string().min(1).max(textLengthMax)
export const texts = z.array(text).max(listItemsMax)
const role = z.enum(['host', 'other'])
const leaseSeconds = z.int().min(1).max(0xffff_ffff)
export const instant = z
  .string()
  .meta({ description: 'Time of the appliance, ISO 8601', example: '2026-01-31T12:00:00.000Z' })

export const machineView = exactly<MachineView>()(
  z.object({
    name: z.string(),
    fqdn: z.string(),
    role,
    state: z.string(),
    reason: z.string().exactOptional(),
    address: z.string().exactOptional(),
    macs: z.array(z.string()),
    uuid: z.string().exactOptional(),
    port: z.string().exactOptional(),
    power: z.string().exactOptional(),
    tags: z.array(z.string()),
    boot: z.int(),
    dn: z.string(),
    mayLogIn: z.array(z.string()).exactOptional(),
    maySudo: z.array(z.string()).exactOptional(),
    mayNotLogIn: z.array(z.string()).exactOptional(),
    peopleTakenAt: instant.exactOptional(),
    peopleTrouble: z.string().exactOptional(),
  }),
)

export const machineRequest = exactly<MachineRequest>()(
  z.strictObject({
    name: text,
    macs: texts,
    address: text.optional(),
    role: role.optional(),
    uuid: text.optional(),
    port: text.optional(),
    power: text.optional(),
    tags: texts.optional(),
    bootFile: text.optional(),
    bootParameters: texts.optional(),
  }),
)

export const machineChangeShape = z.strictObject({
  macs: texts.nullish(),
  address: text.nullish(),
  role: role.nullish(),
  uuid: text.nullish(),
  port: text.nullish(),
  power: text.nullish(),
  tags: texts.nullish(),
  bootFile: text.nullish(),
  bootParameters: texts.nullish(),
  powerSecret: text.optional(),
})
export const machineChange = exactly<MachineChange>()(machineChangeShape)

export const waitingView = exactly<WaitingView>()(
  z.object({
    mac: z.string(),
    address: z.string().exactOptional(),
    firstSeen: instant,
    lastSeen: instant,
    interfaceName: z.string(),
    port: z.string().exactOptional(),
    uuid: z.string().exactOptional(),
    doubt: z.string().exactOptional(),
    machine: z.string().exactOptional(),
  }),
)

export const timelineView = exactly<TimelineView>()(
  z.object({
    machine: z.string(),
    boot: z.int(),
    state: z.string(),
    phases: z.array(
      z.object({ phase: z.string(), at: instant, sinceMs: z.number(), detail: z.string() }),
    ),
    failure: z.object({ phase: z.string(), reason: z.string(), at: instant }).exactOptional(),
    trail: z.array(z.string()),
  }),
)

export const networkView = exactly<NetworkView>()(
  z.object({
    name: z.string(),
    subnet: z.string(),
    gateway: z.string().exactOptional(),
    routes: z.array(z.string()).exactOptional(),
    pool: z.string().exactOptional(),
    leaseSeconds: z.int(),
    vni: z.int().exactOptional(),
    dn: z.string(),
  }),
)

export const networkRequest = exactly<NetworkRequest>()(
  z.strictObject({
    name: text,
    subnet: text,
    gateway: text.optional(),
    routes: texts.optional(),
    pool: text.optional(),
    leaseSeconds: leaseSeconds.optional(),
  }),
)

export const networkChangeShape = z.strictObject({
  subnet: text.optional(),
  gateway: text.nullish(),
  routes: texts.nullish(),
  pool: text.nullish(),
  leaseSeconds: leaseSeconds.nullish(),
})
export const networkChange = exactly<NetworkChange>()(networkChangeShape)

export const leaseView = exactly<LeaseView>()(
  z.object({
    address: z.string(),
    mac: z.string(),
    machine: z.string().exactOptional(),
    state: z.enum(['bound', 'quarantined']),
    source: z.enum(['directory', 'pool', 'observed']),
    since: instant,
    ends: instant,
  }),
)

export const lintView = exactly<LintView>()(
  z.object({
    severity: z.enum(['set-aside', 'warning']),
    where: z.string(),
    reason: z.string(),
  }),
)

export const statusView = exactly<StatusView>()(
  z.object({
    version: z.string(),
    domain: z.string(),
    snapshot: z.int(),
    wire: z.object({ connected: z.boolean(), serving: z.int() }),
    directory: z.object({
      state: z.string(),
      detail: z.string(),
      ageSeconds: z.number(),
      copyAgeSeconds: z.number(),
      connection: z.string(),
      connections: z.int(),
      cookiesRefused: z.int(),
      held: z.int(),
      heldSince: instant.exactOptional(),
      heldEntries: z.array(z.string()),
    }),
    counts: z.record(z.string(), z.number()),
    otherDhcpServers: z.array(
      z.object({
        address: z.string().exactOptional(),
        mac: z.string().exactOptional(),
        lastSeen: instant,
        what: z.string(),
      }),
    ),
  }),
)

export const heldView = exactly<HeldView>()(z.object({ dn: z.string() }))

export const eventView = exactly<EventView>()(
  z.object({ at: instant, kind: z.string(), subject: z.string(), text: z.string() }),
)

const tokenShape = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  vo: z.string().exactOptional(),
  createdAt: instant,
})
export const tokenView = exactly<TokenView>()(tokenShape)
export const newTokenView = tokenShape.extend({ secret: z.string() })
export const tokenRequest = z.strictObject({
  name: text,
  role: z.enum(['admin', 'operator', 'vo-member', 'read-only']),
  vo: text.optional().meta({ description: 'Of a member, and of nobody else' }),
})

export const powerRequest = z.strictObject({
  action: exactly<PowerAction>()(z.enum(['on', 'off', 'cycle', 'status'])),
})
export const confirmOffRequest = z.strictObject({
  looked: z.literal(true).meta({ description: 'A person has looked, and its power is off' }),
})
export const powerAnswer = z.object({ power: z.enum(['on', 'off', 'unknown']) })
export const bootRequest = z.strictObject({
  next: exactly<BootChoice>()(z.enum(['kvm-host', 'disk', 'rescue', 'by-role'])),
})
export const adoptRequest = z.strictObject({ name: text })
export const heldRequest = z.strictObject({ decision: z.enum(['accept', 'reject']) })
export const readiness = z.object({ ready: z.boolean(), why: z.string() })

/** RFC 9457, with the four lines and the stable code of a fault. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  what: z.string(),
  where: z.string(),
  why: z.string(),
  do: z.string(),
})
export type Problem = Readonly<z.output<typeof problem>>

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(pageItemsMax).default(pageItemsUsual),
  after: z
    .string()
    .max(2 * textLengthMax)
    .optional()
    .meta({ description: '`next` of the page before' }),
})
export const machineQuery = pageQuery.extend({ tag: text.optional() })

/** A page of a list; `next` is absent on the last one. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodExactOptional<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().exactOptional() })
}

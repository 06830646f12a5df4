// Why this file exists: even our own processes speak across a version; what arrives is parsed into types or refused.
import { type Delta, ip4, parseDnsName, parseMac, parseUuid, readDelta } from '#directory'
import { z } from 'zod'
import { type FeedMessage, nextBoots, type WireMessage } from './message.ts'
import { factTopics, foreignPacketsMax, foreignPayloadBytesMax, toldLeasesMax } from './question.ts'
import type { Sighting } from './sighting.ts'

/** A zod type out of one of our parsers: the text becomes its own type or an issue. */
function parsed<T>(what: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context) => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `not ${what}` })
    return z.NEVER
  })
}

function read<T>(
  what: string,
  reader: (value: unknown) => { ok: true; value: T } | { ok: false; refusal: string },
) {
  return z.unknown().transform((value, context) => {
    const result = reader(value)
    if (result.ok) return result.value
    context.addIssue({ code: 'custom', message: `not ${what}: ${result.refusal}` })
    return z.NEVER
  })
}

const ip = z.int().min(0).max(0xffff_ffff).transform(ip4)

const seen = {
  at: z.number(),
  mac: parsed('a MAC', parseMac).exactOptional(),
  address: ip.exactOptional(),
  why: z.string(),
}
const uuid = parsed('a UUID', parseUuid)
const text = z.string()

const sighting = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('dhcp'),
    ...seen,
    asked: text,
    answered: text.exactOptional(),
    stage: z.enum(['firmware', 'ipxe', 'os']),
    interfaceName: text,
    port: text.exactOptional(),
    uuid: uuid.exactOptional(),
  }),
  z.object({
    kind: z.literal('script'),
    ...seen,
    decision: text,
    uuid: uuid.exactOptional(),
    serial: text.exactOptional(),
    claim: text.exactOptional(),
  }),
  z.object({
    kind: z.literal('transfer'),
    ...seen,
    protocol: z.enum(['tftp', 'http']),
    file: text,
    bytes: z.number(),
    millis: z.number(),
    outcome: z.enum(['whole', 'probe', 'cut-off', 'refused']),
  }),
  z.object({ kind: z.literal('alarm'), ...seen, code: text }),
])

const delta = read<Delta>('a delta', readDelta)
/** RFC 7348 §5: 24 bits. */
const vni = z.number().int().min(1).max(0xff_ffff)
const nextBoot = z.enum(nextBoots)

const port = z.int().min(0).max(0xffff)
const hexDigitsMax = 2 * foreignPayloadBytesMax

const question = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('subject'),
    subject: text,
    deltas: z.array(delta).exactOptional(),
  }),
  z.object({
    kind: z.literal('packets'),
    packets: z
      .array(
        z.object({
          protocol: z.enum(['dhcp', 'dns', 'tftp']),
          payload: z
            .string()
            .max(hexDigitsMax)
            .regex(/^([0-9a-f]{2})*$/),
          from: ip,
          fromPort: port,
          toPort: port,
        }),
      )
      .max(foreignPacketsMax),
  }),
  z.object({
    kind: z.literal('leases'),
    after: ip.exactOptional(),
    most: z.int().min(1).max(toldLeasesMax),
  }),
  z.object({
    kind: z.literal('release'),
    address: ip,
    mac: parsed('a MAC', parseMac).exactOptional(),
  }),
])

const lease = z.object({
  address: ip,
  mac: parsed('a MAC', parseMac),
  state: z.enum(['bound', 'quarantined']),
  source: z.enum(['directory', 'pool', 'observed']),
  port: text,
  since: z.number(),
  ends: z.number(),
})

const facts = z.object({
  subject: z.enum(['machine', 'vcn', 'stranger', 'address', 'nobody', 'packets']),
  facts: z.array(
    z.object({
      topic: z.enum(factTopics),
      text,
      why: text.exactOptional(),
      rule: text.exactOptional(),
      operands: z.array(z.union([text, z.number()])).exactOptional(),
      entry: text.exactOptional(),
      values: z.record(text, text).exactOptional(),
      packet: z.int().exactOptional(),
    }),
  ),
})

const told = z.discriminatedUnion('subject', [
  facts,
  z.object({
    subject: z.literal('leases'),
    leases: z.array(lease).max(toldLeasesMax),
    hasMore: z.boolean(),
  }),
  z.object({
    subject: z.literal('release'),
    outcome: z.enum(['released', 'unrecorded', 'nobody', 'other']),
    lease: lease.exactOptional(),
  }),
])

const feedMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hello'),
    version: z.number(),
    boot: z.object({ caFingerprint: text, caPem: text, enrolPort: z.number() }),
  }),
  z.object({ kind: z.literal('reset'), domain: parsed('a domain', parseDnsName) }),
  z.object({ kind: z.literal('part'), deltas: z.array(delta) }),
  z.object({
    kind: z.literal('delta'),
    number: z.number(),
    serial: z.number(),
    deltas: z.array(delta),
  }),
  z.object({ kind: z.literal('next-boot'), id: uuid, choice: nextBoot }),
  z.object({ kind: z.literal('stored'), seq: z.number() }),
  z.object({ kind: z.literal('tenants'), vnis: z.array(vni) }),
  z.object({ kind: z.literal('question'), id: z.int(), question }),
])

const wireMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), version: z.number(), nextSeq: z.number() }),
  z.object({ kind: z.literal('sighting'), seq: z.number(), sighting }),
  z.object({ kind: z.literal('counters'), values: z.record(text, z.number()) }),
  z.object({ kind: z.literal('serving'), number: z.number() }),
  z.object({ kind: z.literal('answer'), id: z.int(), told }),
])

export type ReadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: string }

function result<T>(outcome: z.ZodSafeParseResult<T>): ReadResult<T> {
  return outcome.success
    ? { ok: true, value: outcome.data }
    : { ok: false, refusal: z.prettifyError(outcome.error) }
}

export function readFeedMessage(value: unknown): ReadResult<FeedMessage> {
  return result(feedMessage.safeParse(value))
}

export function readWireMessage(value: unknown): ReadResult<WireMessage> {
  return result(wireMessage.safeParse(value))
}

/** A sighting as it comes back from wire's outbox or core's store. */
export function readSighting(value: unknown): ReadResult<Sighting> {
  return result(sighting.safeParse(value))
}

// Why this file exists: the file's words meet the directory, the hosts and the image store here, and become whole nodes
// with place, name, address and disk; or one reason why not.
import { type DnsName, parseUuid, type Uuid, type Vo } from '#directory'
import { nearest } from '#fault'
import type { VcnDefinition } from '../domain/definition.ts'
import { formatImageId } from '../image/image-name.ts'
import { overQuota, reservationOf } from '../place/book.ts'
import { type Quota, readQuota } from '../place/quota.ts'
import type { ClusterSpec, VcnSpec } from '../spec/cluster-spec.ts'
import type { Target } from './compare.ts'
import { fullNameOf, resolveEntries } from './entries.ts'
import { canonical } from './frozen.ts'
import type { ClusterRef, ImageFact, PlanInput } from './input.ts'
import { type ClusterNetwork, resolveNetworks } from './networks.ts'
import { refuse, type Result } from './refusal.ts'
import { settle } from './settle.ts'
import type { VcnEntry } from './step.ts'

export interface Targets {
  readonly networks: readonly ClusterNetwork[]
  readonly targets: readonly Target[]
  readonly quota: Quota
  readonly reservationId: string
}

export function resolveTargets(spec: ClusterSpec, input: PlanInput): Result<Targets> {
  const quota = quotaOf(spec, input)
  if (!quota.ok) return quota
  const images = imagesOf(spec, input)
  if (!images.ok) return images
  const networks = resolveNetworks(spec, input)
  if (!networks.ok) return networks
  const settlement = settle(spec, input)
  if (!settlement.ok) return settlement
  const entries = resolveEntries(spec, settlement.value, networks.value, input)
  if (!entries.ok) return entries
  const reservationId = reservationIdOf(spec, input, entries.value)
  const targets = spec.vcns.flatMap((vcn, at) => {
    const entry = entries.value[at]
    const name = fullNameOf(spec, vcn.name)
    const settled = settlement.value.get(vcn.name)
    const image = images.value.get(formatImageId(vcn.image))
    if (!entry || !name || !settled || !image) return []
    const parts = { vcn, name, entry, image, networks: networks.value, reservationId }
    const definition = definitionOf(parts, input)
    return [{ name, entry, definition, settled, vnis: definition.nics.map(({ vni }) => vni) }]
  })
  return {
    ok: true,
    value: { networks: networks.value, targets, quota: quota.value, reservationId },
  }
}

export function voOf({ vo }: Pick<ClusterRef, 'vo'>, { directory }: PlanInput): Result<Vo> {
  const vos = Array.from(directory.entries.ofKind('vo'))
  const found = vos.find(({ name }) => name === vo)
  if (found !== undefined) return { ok: true, value: found }
  const near = nearest(
    vo,
    vos.map(({ name }) => name),
  )
  return refuse({ kind: 'no-vo', vo, nearest: near })
}

/** Told before any placing: who is over quota does not want to hear of hosts. */
function quotaOf(spec: ClusterSpec, input: PlanInput): Result<Quota> {
  const vo = voOf(spec, input)
  if (!vo.ok) return vo
  const quota = readQuota(vo.value)
  if (!quota.ok) return quota
  const request = { vo: spec.vo, cluster: spec.name, bookings: spec.vcns }
  const over = overQuota(input.book, request, quota.value)
  return over === undefined ? quota : refuse(over)
}

function imagesOf(spec: ClusterSpec, input: PlanInput): Result<ReadonlyMap<string, ImageFact>> {
  const known = new Map(input.images.map((image) => [formatImageId(image.id), image]))
  const missing = spec.vcns.find(({ image }) => !known.has(formatImageId(image)))?.image
  if (missing === undefined) return { ok: true, value: known }
  const near = nearest(formatImageId(missing), [...known.keys()])
  return refuse({ kind: 'no-image', image: missing, nearest: near })
}

/** The cluster's own, for as long as it has one; else one that no other state would give. */
function reservationIdOf(
  spec: ClusterSpec,
  { book, digest }: PlanInput,
  entries: readonly VcnEntry[],
): string {
  const held = reservationOf(book, spec.vo, spec.name)?.id
  return held ?? digest(`reservation ${canonical(entries)}`).slice(0, 16)
}

interface Parts {
  readonly vcn: VcnSpec
  readonly name: DnsName
  readonly entry: VcnEntry
  readonly image: ImageFact
  readonly networks: readonly ClusterNetwork[]
  readonly reservationId: string
}

function definitionOf(parts: Parts, input: PlanInput): VcnDefinition {
  const { vcn, name, entry, image, networks } = parts
  const { vo, cluster } = entry
  return {
    uuid: uuidOf(name, input),
    name,
    mark: {
      vo,
      cluster,
      vcn: vcn.name,
      role: vcn.role,
      image: image.id,
      imageDigest: image.digest,
      reservation: parts.reservationId,
    },
    vcpus: vcn.vcpus,
    memoryBytes: vcn.memoryBytes,
    base: image.base,
    nics: entry.nics.flatMap(({ mac, address, network }) => {
      const vni = networks.find((one) => one.name === network)?.vni
      return vni === undefined ? [] : [{ mac, address, vni }]
    }),
  }
}

/**
 * One number for one name, so that who lost an answer can ask whether it was done (HOSTILE 58).
 * RFC 9562 section 5.8: version 8 is for numbers made in a way of one's own.
 */
function uuidOf(name: DnsName, { digest }: PlanInput): Uuid {
  const hex = digest(`domain ${name}`)
  const uuid = parseUuid(`${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`)
  if (uuid === undefined) throw new Error('a digest has 32 hexadecimal digits or more')
  return uuid
}

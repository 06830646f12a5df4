// Why this file exists: what is wanted against what is there, node by node. From this come both the table that a person
// reads before saying yes and the steps that follow.
import type { DnsName, Label, Vcn } from '#directory'
import type { NicDefinition, VcnDefinition } from '../domain/definition.ts'
import { bridgeName, filterName, overlayName } from '../domain/on-host.ts'
import type { NicSeen } from '../domain/read-domain.ts'
import { formatImageId } from '../image/image-name.ts'
import { count } from '../place/room.ts'
import { formatSize } from '../spec/size.ts'
import { showsAlready } from './entries.ts'
import type { Observed, ObservedDomain } from './input.ts'
import type { Settled } from './settle.ts'
import type { VcnEntry } from './step.ts'

/** A node as it should be, with a place. */
export interface Target {
  readonly name: DnsName
  readonly entry: VcnEntry
  readonly definition: VcnDefinition
  readonly vnis: readonly number[]
  readonly settled: Settled
}

/** create: from nothing. replace: anew with a fresh disk. restart: the disk stays. resume: its memory too. update: its
 * entry only. */
export type ChangeKind =
  | 'create'
  | 'move'
  | 'replace'
  | 'restart'
  | 'start'
  | 'resume'
  | 'update'
  | 'remove'
  | 'keep'

export interface VcnChange {
  readonly vcn: Label
  readonly kind: ChangeKind
  /** Where it will be; where it was, of one that is removed. */
  readonly host: DnsName | undefined
  readonly why: string
}

/** What is on the host where the node should be. */
export interface Found {
  readonly entry: Vcn | undefined
  readonly domain: ObservedDomain | undefined
  readonly hasOverlay: boolean
}

export function findOnHost(target: Target, entry: Vcn | undefined, observed: Observed): Found {
  const { host } = target.settled
  const overlay = overlayName(target.name)
  return {
    entry,
    domain: observed.domains.find((one) => one.host === host && one.name === target.name),
    hasOverlay: observed.overlays.some((one) => one.host === host && one.name === overlay),
  }
}

export function changeOf(target: Target, found: Found): VcnChange {
  const { settled, definition } = target
  const { host, why, left } = settled
  const change = { vcn: target.entry.name, host }
  const { domain } = found
  if (domain === undefined)
    return left === undefined
      ? { ...change, kind: 'create', why }
      : { ...change, kind: 'move', why: `${left.why}; ${why}` }
  const disk = found.hasOverlay ? diskDifference(domain, definition) : 'its disk is gone'
  if (disk !== undefined) return { ...change, kind: 'replace', why: disk }
  const differences = machineDifferences(domain, definition)
  if (differences.length > 0) return { ...change, kind: 'restart', why: differences.join(', ') }
  if (domain.state === 'off') return { ...change, kind: 'start', why: 'it is off' }
  if (domain.pause?.isWanted === false)
    return { ...change, kind: 'resume', why: `it is paused: ${domain.pause.why}` }
  return showsAlready(target.entry, found.entry)
    ? { ...change, kind: 'keep', why: 'nothing changes' }
    : { ...change, kind: 'update', why: 'its directory entry changes' }
}

/** The number is part of it: libvirt would take a domain with another one for another domain. */
function diskDifference(
  { mark, uuid }: ObservedDomain,
  { mark: wanted, uuid: wantedUuid }: VcnDefinition,
): string | undefined {
  if (mark.imageDigest !== wanted.imageDigest)
    return `image ${formatImageId(mark.image)} → ${formatImageId(wanted.image)}`
  return uuid === wantedUuid ? undefined : 'it was defined by someone else'
}

function machineDifferences(domain: ObservedDomain, wanted: VcnDefinition): readonly string[] {
  const { vcpus, memoryBytes } = domain
  const memory = `memory ${formatSize(memoryBytes)} → ${formatSize(wanted.memoryBytes)}`
  return [
    ...(vcpus === wanted.vcpus ? [] : [`${vcpus} → ${count(wanted.vcpus, 'vCPU')}`]),
    ...(memoryBytes === wanted.memoryBytes ? [] : [memory]),
    ...(sameNics(domain.nics, wanted.nics) ? [] : ['its network cards change']),
  ]
}

function sameNics(seen: readonly NicSeen[], wanted: readonly NicDefinition[]): boolean {
  return (
    seen.length === wanted.length &&
    seen.every(({ mac, bridge, filter, address }, at) => {
      const nic = wanted[at]
      const held = nic !== undefined && mac === nic.mac && address === nic.address
      return held && bridge === bridgeName(nic.vni) && filter === filterName
    })
  )
}

// Why this file exists: the parts of a plan add their steps to one list, and share what they ask of hosts.
import { type DnsName, joinName, parseDnsName, type Vcn } from '#directory'
import { overlayName } from '../domain/on-host.ts'
import type { ClusterRef, ObservedDomain, PlanInput } from './input.ts'
import { domainsOf } from './settle.ts'
import type { StepList } from './step.ts'

export interface Work {
  readonly of: ClusterRef
  readonly input: PlanInput
  readonly steps: StepList
  /** The step that takes the room, when one is needed; nothing is done before it. */
  readonly reserved: string | undefined
}

export function destroy({ steps, reserved }: Work, domain: ObservedDomain): string | undefined {
  if (domain.state === 'off') return undefined
  const { host, uuid, mark } = domain
  const action = { kind: 'destroy', host, vcn: mark.vcn, uuid } as const
  return steps.add(`destroy ${mark.vcn} on ${host}`, [reserved], action)
}

/** `undefined`: there is none. */
export function removeOverlay(
  { steps, reserved, input }: Work,
  host: DnsName,
  name: string,
  after: readonly (string | undefined)[],
): string | undefined {
  const there = input.observed.overlays.some((one) => one.host === host && one.name === name)
  if (!there) return undefined
  const action = { kind: 'remove-overlay', host, name } as const
  return steps.add(`remove disk ${name} on ${host}`, [reserved, ...after], action)
}

/** The last step of something that goes from a host. */
export interface Gone {
  readonly vcn: DnsName
  readonly host: DnsName
  readonly step: string
}

/** Domains and disks of the cluster that stand where no node should be (HOSTILE 62). */
export function removeStrays(
  work: Work,
  isWanted: (vcn: DnsName, host: DnsName) => boolean,
): readonly Gone[] {
  const domains = domainsOf(work.of, work.input).flatMap((domain) => {
    const { host, uuid, mark } = domain
    const vcn = joinName(mark.vcn, mark.cluster, mark.vo)
    if (vcn === undefined || isWanted(vcn, host)) return []
    const destroyed = destroy(work, domain)
    const overlay = removeOverlay(work, host, overlayName(vcn), [destroyed])
    const action = { kind: 'undefine', host, vcn: mark.vcn, uuid } as const
    const after = [work.reserved, destroyed, overlay]
    return [{ vcn, host, step: work.steps.add(`undefine ${mark.vcn} on ${host}`, after, action) }]
  })
  const overlays = overlaysOf(work).flatMap(({ host, name, vcn }) => {
    const step = isWanted(vcn, host) ? undefined : removeOverlay(work, host, name, [])
    return step === undefined ? [] : [{ vcn, host, step }]
  })
  return [...domains, ...overlays]
}

/** Disks that are called as those of this cluster's nodes are. */
function overlaysOf({
  of,
  input,
}: Work): readonly { readonly host: DnsName; readonly name: string; readonly vcn: DnsName }[] {
  const shape = /^([^.]+)\.([^.]+)\.([^.]+)\.qcow2$/
  return input.observed.overlays.flatMap(({ host, name }) => {
    const [, vcn = '', cluster, vo] = shape.exec(name) ?? []
    const full = cluster === of.cluster && vo === of.vo ? nameOf(vcn, of) : undefined
    return full === undefined ? [] : [{ host, name, vcn: full }]
  })
}

function nameOf(vcn: string, { vo, cluster }: ClusterRef): DnsName | undefined {
  return parseDnsName(`${vcn}.${cluster}.${vo}`)
}

export function entriesOf({ of, input }: Work): readonly Vcn[] {
  return Array.from(input.directory.entries.ofKind('vcn')).filter(
    ({ vo, cluster }) => vo === of.vo && cluster === of.cluster,
  )
}

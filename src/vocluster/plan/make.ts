// Why this file exists: the steps that bring one node from what it is to what it should be, in the order that survives
// being cut off anywhere.
import { overlayName } from '../domain/on-host.ts'
import { changeOf, findOnHost, type Target, type VcnChange } from './compare.ts'
import { entryNamed, showsAlready } from './entries.ts'
import { joinId, putId } from './tunnels.ts'
import { destroy, removeOverlay, type Work } from './work.ts'

export const putClusterId = 'put cluster'

/** `before`: what must be gone elsewhere, so that no node ever runs twice. */
export function makeVcn(work: Work, target: Target, before: readonly string[]): VcnChange {
  const { input, steps, reserved } = work
  const { name, entry, settled } = target
  const shown = entryNamed(name, input)
  const found = findOnHost(target, shown, input.observed)
  const change = changeOf(target, found)
  const nets = entry.nics.map(({ network }) => putId(network))
  if (!showsAlready(entry, shown))
    steps.add(`put entry ${entry.name}`, [reserved, putClusterId, ...nets], {
      kind: 'put-entry',
      entry,
    })
  if (change.kind === 'keep' || change.kind === 'update') return change
  if (change.kind === 'resume') {
    resume(work, target)
    return change
  }
  const stopped = found.domain && destroy(work, found.domain)
  const prepared = prepareHost(work, target)
  const disk =
    change.kind === 'restart' || change.kind === 'start'
      ? undefined
      : freshDisk(work, target, [stopped, prepared])
  const defined =
    change.kind === 'start' ? undefined : define(work, target, [stopped, prepared, disk])
  const own = target.vnis.map((vni) => joinId(vni, settled.host))
  const after = [reserved, `put entry ${entry.name}`, ...before, stopped, defined, ...own]
  const { uuid } = target.definition
  const { host } = settled
  const start = { kind: 'start', host, vcn: entry.name, uuid } as const
  const started = steps.add(`start ${entry.name} on ${host}`, after, start)
  // It is asked from the appliance, so that end must be there too.
  const ends = target.vnis.map((vni) => joinId(vni, undefined))
  awaitAnswer(work, target, [started, ...ends])
  return change
}

/** Nothing of it is made anew: what it has in memory is what it is paused for. */
function resume(work: Work, target: Target): void {
  const { entry, definition, settled } = target
  const { host } = settled
  const action = { kind: 'resume', host, vcn: entry.name, uuid: definition.uuid } as const
  const own = target.vnis.map((vni) => joinId(vni, host))
  const after = [work.reserved, `put entry ${entry.name}`, ...own]
  const resumed = work.steps.add(`resume ${entry.name} on ${host}`, after, action)
  awaitAnswer(work, target, [resumed, ...target.vnis.map((vni) => joinId(vni, undefined))])
}

function prepareHost({ steps, reserved, input }: Work, { settled }: Target): string | undefined {
  const { host } = settled
  if (input.observed.prepared.includes(host)) return undefined
  return steps.add(`prepare ${host}`, [reserved], { kind: 'prepare-host', host })
}

/** A disk without its domain may hold anything, so it is never taken over. */
function freshDisk(work: Work, target: Target, after: readonly (string | undefined)[]): string {
  const { host } = target.settled
  const { definition, entry } = target
  const removed = removeOverlay(work, host, overlayName(target.name), after)
  const action = { kind: 'create-overlay', host, definition } as const
  return work.steps.add(
    `create disk of ${entry.name} on ${host}`,
    [work.reserved, ...after, removed],
    action,
  )
}

function define(work: Work, target: Target, after: readonly (string | undefined)[]): string {
  const { host } = target.settled
  const { definition, entry } = target
  const joined = target.vnis.map((vni) => joinId(vni, host))
  const action = { kind: 'define', host, definition } as const
  return work.steps.add(
    `define ${entry.name} on ${host}`,
    [work.reserved, ...after, ...joined],
    action,
  )
}

function awaitAnswer({ steps }: Work, { name, entry }: Target, after: readonly string[]): void {
  const address = entry.nics[0]?.address
  if (address !== undefined)
    steps.add(`await ${entry.name}`, after, { kind: 'await', vcn: name, address })
}

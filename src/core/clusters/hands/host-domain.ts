// Why this file exists: a node on a host is a domain of libvirt, found by the number that its name gives it, so that whoever
// lost an answer can ask what became of the question.
import type { DnsName, Label, Uuid } from '#directory'
import {
  type DomainRef,
  domainState,
  libvirtErrorOf,
  pausedReason,
  procedures,
  statsGroup,
  undefineFlag,
} from '#libvirt'
import { type ObservedDomain, readDomain, vcnDomainXml, type VcnDefinition } from '#vocluster'
import type { HostCalls } from './counted.ts'
import type { HandLimits } from './limits.ts'
import { unless } from './missing.ts'
import { pausedAgain } from './trouble.ts'
import { untilTrue } from './waiting.ts'

export async function define(
  host: HostCalls,
  definition: VcnDefinition,
  rootKey: string,
): Promise<void> {
  const xml = vcnDomainXml(definition, { rootKey })
  await host.call(procedures.domainDefineXmlFlags, { xml })
}

export async function start(host: HostCalls, uuid: Uuid): Promise<void> {
  const domain = await host.call(procedures.domainLookupByUuid, { uuid })
  if (await isRunning(host, domain)) return
  try {
    await host.call(procedures.domainCreateWithFlags, { domain })
  } catch (error) {
    // Who was asked before and whose answer was lost may have started it meanwhile.
    if (libvirtErrorOf(error) === undefined || !(await isRunning(host, domain))) throw error
  }
}

export interface Resumed {
  readonly host: DnsName
  readonly vcn: Label
  readonly uuid: Uuid
}

/** It goes on, and does so for a while: what paused it may do so again at once. */
export async function resume(
  host: HostCalls,
  { uuid, vcn, host: where }: Resumed,
  limits: Pick<HandLimits, 'steadyMs' | 'pauseMs'> & { readonly signal: AbortSignal },
): Promise<void> {
  const domain = await host.call(procedures.domainLookupByUuid, { uuid })
  if ((await stateOf(host, domain)).state !== 'paused') return
  await host.call(procedures.domainResume, { domain })
  let now = await stateOf(host, domain)
  const isPausedAgain = async (): Promise<boolean> => {
    now = await stateOf(host, domain)
    return now.state === 'paused'
  }
  const { steadyMs: forMs, pauseMs, signal } = limits
  if (await untilTrue(isPausedAgain, { forMs, pauseMs, signal }))
    throw pausedAgain(vcn, where, now.pause?.why ?? '')
}

export async function destroy(host: HostCalls, uuid: Uuid): Promise<void> {
  const domain = await domainWith(host, uuid)
  if (domain === undefined || !(await isRunning(host, domain))) return
  // It may have ended by itself meanwhile.
  await unless(host.call(procedures.domainDestroyFlags, { domain }), 'operationInvalid', 'noDomain')
}

/** All that libvirt keeps of a domain goes with it. */
export async function undefine(host: HostCalls, uuid: Uuid): Promise<void> {
  const domain = await domainWith(host, uuid)
  const flags = undefineFlag.managedSave | undefineFlag.snapshots | undefineFlag.nvram
  if (domain !== undefined)
    await unless(host.call(procedures.domainUndefineFlags, { domain, flags }), 'noDomain')
}

export function domainWith(host: HostCalls, uuid: Uuid): Promise<DomainRef | undefined> {
  return unless(host.call(procedures.domainLookupByUuid, { uuid }), 'noDomain')
}

/** It has a process, whatever that does. */
export async function isRunning(host: HostCalls, domain: DomainRef): Promise<boolean> {
  return (await stateOf(host, domain)).state !== 'off'
}

export type DomainState = Pick<ObservedDomain, 'state' | 'pause'>

export async function stateOf(host: HostCalls, domain: DomainRef): Promise<DomainState> {
  const { state, reason } = await host.call(procedures.domainGetState, { domain })
  return stateWord(state, reason)
}

function stateWord(state: unknown, reason: unknown): DomainState {
  switch (state) {
    case domainState.running:
    case domainState.blocked:
    case domainState.shuttingDown:
      return { state: 'running' }
    case domainState.paused:
      // Whoever starts it will let it go.
      if (reason === pausedReason.startingUp) return { state: 'running' }
      return { state: 'paused', pause: pauseOf(reason) }
    case domainState.suspended:
      return { state: 'paused', pause: { why: 'its guest sleeps', isWanted: true } }
    default:
      return { state: 'off' }
  }
}

function pauseOf(reason: unknown): NonNullable<DomainState['pause']> {
  const unwanted = stopped.get(reason)
  if (unwanted !== undefined) return { why: unwanted, isWanted: false }
  return { why: handled.get(reason) ?? 'libvirt does not say why', isWanted: true }
}

/** What QEMU does by itself. */
const stopped: ReadonlyMap<unknown, string> = new Map([
  [pausedReason.ioError, 'its disk gave an error'],
  [pausedReason.watchdog, 'its watchdog was not fed'],
  [pausedReason.crashed, 'its guest has crashed'],
  [pausedReason.postcopyFailed, 'it could not be moved'],
])

/** What somebody has asked for, or does at this moment. */
const handled: ReadonlyMap<unknown, string> = new Map([
  [pausedReason.user, 'somebody has paused it'],
  [pausedReason.migration, 'it is being moved'],
  [pausedReason.save, 'it is being saved'],
  [pausedReason.dump, 'its memory is being dumped'],
  [pausedReason.fromSnapshot, 'it comes from a snapshot'],
  [pausedReason.shuttingDown, 'it is being shut down'],
  [pausedReason.snapshot, 'a snapshot is being made'],
  [pausedReason.postcopy, 'it is being moved'],
])

/** What libvirt tells of all its domains at once. */
export async function statesOf(
  calls: HostCalls,
): Promise<readonly { readonly domain: DomainRef; readonly now: DomainState }[]> {
  const stats = await calls.call(procedures.connectGetAllDomainStats, { stats: statsGroup.state })
  return stats.map(({ domain, values }) => ({
    domain,
    now: stateWord(values.get('state.state'), values.get('state.reason')),
  }))
}

/** Only what bears our mark; others are nobody's business here (HOSTILE 59). */
export async function seeDomains(
  calls: HostCalls,
  host: DnsName,
): Promise<readonly ObservedDomain[]> {
  const seen: ObservedDomain[] = []
  // One after the other: more than four at once would wait in the queue of the host anyway, before others.
  for (const { domain, now } of await statesOf(calls)) {
    // It may have gone since it was listed.
    const text = await unless(calls.call(procedures.domainGetXmlDesc, { domain }), 'noDomain')
    const read = text === undefined ? undefined : readDomain(text)
    const mark = read?.ok === true ? read.value.mark : undefined
    if (read?.ok !== true || mark === undefined) continue
    seen.push({ ...read.value, host, mark, ...now })
  }
  return seen
}

// Why this file exists: a node on a host is a domain of libvirt, found by the number that its name gives it, so that whoever
// lost an answer can ask what became of the question.
import type { DnsName, Uuid } from '#directory'
import {
  type DomainRef,
  domainState,
  libvirtErrorOf,
  procedures,
  statsGroup,
  undefineFlag,
} from '#libvirt'
import { type ObservedDomain, readDomain, vcnDomainXml, type VcnDefinition } from '#vocluster'
import type { HostCalls } from './counted.ts'
import { unless } from './missing.ts'

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
  const { state } = await host.call(procedures.domainGetState, { domain })
  return stateWord(state) !== 'off'
}

function stateWord(state: unknown): ObservedDomain['state'] {
  switch (state) {
    case domainState.running:
    case domainState.blocked:
    case domainState.shuttingDown:
      return 'running'
    case domainState.paused:
    case domainState.suspended:
      return 'paused'
    default:
      return 'off'
  }
}

/** Only what bears our mark; others are nobody's business here (HOSTILE 59). */
export async function seeDomains(
  calls: HostCalls,
  host: DnsName,
): Promise<readonly ObservedDomain[]> {
  const stats = await calls.call(procedures.connectGetAllDomainStats, { stats: statsGroup.state })
  const seen: ObservedDomain[] = []
  // One after the other: more than four at once would wait in the queue of the host anyway, before others.
  for (const { domain, values } of stats) {
    // It may have gone since it was listed.
    const text = await unless(calls.call(procedures.domainGetXmlDesc, { domain }), 'noDomain')
    const read = text === undefined ? undefined : readDomain(text)
    const mark = read?.ok === true ? read.value.mark : undefined
    if (read?.ok !== true || mark === undefined) continue
    seen.push({ ...read.value, host, mark, state: stateWord(values.get('state.state')) })
  }
  return seen
}

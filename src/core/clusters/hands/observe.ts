// Why this file exists: a plan is made of what is there now. Every host that is ready is asked, all at once; who does not
// answer in time is away, since half an answer would make a plan take what runs for gone.
import type { DnsName, Ip4, Machine, Snapshot } from '#directory'
import type { Settings } from '#config'
import type { HostFacts, HostKeeper } from '#host'
import type { HostFact, ObservedDomain, ObservedTunnel } from '#vocluster'
import type { Observation } from '../hands.ts'
import type { HostCalls } from './counted.ts'
import { seeStore } from './host-disk.ts'
import { seeDomains } from './host-domain.ts'
import { type HostShell, seeOnHost } from './host-end.ts'
import { hostIsAway } from './trouble.ts'
import { unlessAborted } from './waiting.ts'

/** A host that can be used now. */
export interface ReadyHost {
  readonly machine: Machine
  readonly calls: HostCalls
  readonly shell: HostShell
  readonly facts: HostFacts
}

export interface ObserveParts {
  readonly snapshot: Snapshot
  readonly placement: Settings['placement']
  /** `undefined`: it is not ready. */
  readonly ready: (machine: Machine) => ReadyHost | undefined
  readonly isFenced: (machine: Machine) => boolean
  readonly here: () => Promise<readonly ObservedTunnel[]>
  /** A ready host that did not answer all questions, with the reason. */
  readonly onAway: (host: DnsName, why: string) => void
  readonly deadline: AbortSignal
}

interface Seen {
  readonly fact: HostFact
  readonly domains: readonly ObservedDomain[]
  readonly overlays: readonly { readonly host: DnsName; readonly name: string }[]
  readonly tunnels: readonly ObservedTunnel[]
  readonly isPrepared: boolean
}

export async function observeAll(parts: ObserveParts): Promise<Observation> {
  const hosts = Array.from(parts.snapshot.entries.ofKind('machine')).filter(
    ({ role }) => role === 'host',
  )
  const [here, ...seen] = await Promise.all([
    parts.here(),
    ...hosts.map((machine) => seeHost(machine, parts)),
  ])
  const known = seen.filter((one) => one !== undefined)
  return {
    observed: {
      domains: known.flatMap(({ domains }) => domains),
      overlays: known.flatMap(({ overlays }) => overlays),
      tunnels: [...here, ...known.flatMap(({ tunnels }) => tunnels)],
      prepared: known.flatMap(({ isPrepared, fact }) => (isPrepared ? [fact.name] : [])),
    },
    hosts: known.map(({ fact }) => fact),
  }
}

/** A host without an address was never one. */
async function seeHost(machine: Machine, parts: ObserveParts): Promise<Seen | undefined> {
  const tunnel = addressOf(machine)
  if (tunnel === undefined) return undefined
  const ready = parts.ready(machine)
  const looked = ready && (await lookAt(ready, parts))
  const whole = ready && looked ? { ...looked, ...roomOf(ready.facts, parts.placement) } : undefined
  const { name, tags } = machine
  const fact: HostFact = {
    name,
    tunnel,
    tags,
    cordoned: false,
    vcpus: whole?.vcpus ?? 0,
    memoryBytes: whole?.memoryBytes ?? 0,
    presence: whole ? 'ready' : parts.isFenced(machine) ? 'fenced' : 'away',
  }
  const nothing = { domains: [], overlays: [], tunnels: [], isPrepared: false }
  const { domains, overlays, tunnels, isPrepared } = whole ?? nothing
  return { fact, domains, overlays, tunnels, isPrepared }
}

/** `undefined`: it did not answer all questions in time. */
async function lookAt(
  { machine, calls, shell }: ReadyHost,
  { deadline, onAway }: ObserveParts,
): Promise<Omit<Seen, 'fact'> | undefined> {
  const host = machine.name
  const asking = Promise.all([seeDomains(calls, host), seeStore(calls), seeOnHost(shell)])
  const late = (): Error => hostIsAway(host, 'it did not answer in time')
  try {
    const answers = await unlessAborted(asking, deadline, late)
    const [domains, { isPrepared, overlays }, tunnels] = answers
    return {
      domains,
      isPrepared,
      overlays: overlays.map((name) => ({ host, name })),
      tunnels: tunnels.map((tunnel) => ({ host, ...tunnel })),
    }
  } catch (error) {
    onAway(host, error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** What virtual nodes may have there altogether. */
function roomOf(
  { cpus, memoryMiB }: HostFacts,
  { vcpusPerCpu, hostMemoryBytes }: Settings['placement'],
): Pick<HostFact, 'vcpus' | 'memoryBytes'> {
  const memoryBytes = Math.max(0, memoryMiB * 1024 ** 2 - hostMemoryBytes)
  return { vcpus: cpus * vcpusPerCpu, memoryBytes }
}

export function addressOf(machine: Machine): Ip4 | undefined {
  return machine.nics.find(({ address }) => address !== undefined)?.address
}

export type HostLives = Pick<HostKeeper, 'life' | 'session' | 'observe'>

// Why this file exists: much that a directory can say is served and still wrong. `lint` says it to people, with a
// stable code, and changes nothing. It is a value like the snapshot: what did not change is not looked at again.
import { Buckets } from '../buckets.ts'
import type { Entry, EntryId } from '../entry.ts'
import type { Ip4 } from '../ip4.ts'
import type { DnsName } from '../name.ts'
import { emptySnapshot, type Snapshot } from '../snapshot.ts'
import { visible } from '../visible.ts'
import type { Finding } from './finding.ts'
import { lintDevice } from './lint-device.ts'
import { lintNetwork } from './lint-network.ts'
import { lintCluster, lintVo } from './lint-vo.ts'
import { type Lookers, lookersAt, noLookers, relearn } from './lookers.ts'
import type { Topic, World } from './world.ts'

export interface LintState extends Lookers {
  /** What the findings are of. */
  readonly snapshot: Snapshot
  readonly ownAddresses: readonly Ip4[]
  readonly findings: Buckets<EntryId, readonly Finding[]>
}

/** Of a directory that holds nothing yet. */
export function startLint(domain: DnsName, ownAddresses: readonly Ip4[] = []): LintState {
  const snapshot = emptySnapshot(domain)
  return { snapshot, ownAddresses, findings: Buckets.empty(), ...noLookers() }
}

export function* findingsOf({ findings }: LintState): Generator<Finding> {
  for (const some of findings.values()) yield* some
}

/** All of a snapshot at once. */
export function lint(snapshot: Snapshot, ownAddresses: readonly Ip4[] = []): readonly Finding[] {
  return [...findingsOf(lintStep(startLint(snapshot.domain, ownAddresses), snapshot))]
}

/** The findings of a later snapshot: only what changed on the way is looked at, and what looked at that. */
export function lintStep(state: LintState, snapshot: Snapshot): LintState {
  const before = state.snapshot
  const changed = [...snapshot.entries.keysChangedSince(before.entries)]
  const touched = new Set([...changed, ...snapshot.setAside.keysChangedSince(before.setAside)])
  // Where nothing was known, everything is touched already.
  for (const id of before.entries.size === 0 ? [] : changed) {
    for (const looker of lookersAt(id, state, snapshot)) touched.add(looker)
  }
  const known = relearn(state, changed, snapshot)
  const { ownAddresses } = state
  const world = { snapshot, ownAddresses, has: (topic: Topic) => known.given.has(topic) }
  const draft = state.findings.edit()
  for (const id of touched) {
    const findings = findingsAbout(world, id)
    if (findings.length > 0) draft.set(id, findings)
    else draft.delete(id)
  }
  return { snapshot, ownAddresses, findings: draft.done(), ...known }
}

function findingsAbout(world: World, id: EntryId): readonly Finding[] {
  const aside = world.snapshot.setAside.get(id)
  if (aside) {
    const { dn, reason } = aside
    return [{ code: 'CPC-DIR-002', severity: 'error', dn, why: visible(reason) }]
  }
  const entry = world.snapshot.entries.get(id)
  return entry ? lintEntry(world, entry) : []
}

function lintEntry(world: World, entry: Entry): readonly Finding[] {
  switch (entry.kind) {
    case 'machine':
    case 'vcn':
      return lintDevice(world, entry)
    case 'network':
      return lintNetwork(world, entry)
    case 'vo':
      return lintVo(world, entry)
    case 'cluster':
      return lintCluster(world, entry)
    case 'person':
      return []
  }
}

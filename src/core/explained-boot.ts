// Why this file exists: `explain` asks the very question that the loader asks, so that it never tells another story.
import { identify, type Machine, type Snapshot } from '#directory'
import type { NextBoot } from '#feed'
import { decideBoot } from '#pxe'

export function decideExplained(machine: Machine, next: NextBoot, snapshot: Snapshot): string {
  const [mac] = machine.nics.flatMap(({ macs }) => macs)
  if (mac === undefined) return 'nothing: its entry has no MAC'
  const decision = decideBoot(identify(snapshot, { mac }), next)
  return `${decision.kind}: ${decision.why}`
}

// Why this file exists: how long each step of each node took, and over all of them, as the 2008 paper prints it.
import type { ClusterTimelineView, Spread } from '#api'
import type { Label } from '#directory'
import { type VcnMarks, type VcnPhase, vcnPhases } from '../clusters/engine.ts'

export function clusterTimelineView(
  vo: Label,
  cluster: Label,
  vcns: readonly VcnMarks[],
): ClusterTimelineView {
  const ordered = vcns.map((one) => ({ ...one, marks: inOrder(one) }))
  const phases = vcnPhases.flatMap((phase) => {
    const since = ordered.flatMap(({ marks }) => sinceBefore(marks, phase))
    const spread = spreadOf(since)
    return spread === undefined ? [] : [{ phase, vcns: since.length, ...spread }]
  })
  const boot = spreadOf(ordered.flatMap((one) => between(one, 'started', 'reachable')))
  const whole = spreadOf(ordered.flatMap((one) => between(one, 'reserved', 'reachable')))
  return {
    vo,
    cluster,
    vcns: ordered.map(({ vcn, host, marks }) => ({
      vcn,
      host,
      phases: marks.map(({ phase, at }, index) => ({
        phase,
        at: new Date(at).toISOString(),
        sinceMs: at - (marks[index - 1]?.at ?? at),
      })),
    })),
    phases,
    ...(boot !== undefined && { boot }),
    ...(whole !== undefined && { whole }),
  }
}

type Marks = VcnMarks['marks']

/** By time: a DISCOVER may be seen before libvirt has answered the start. */
function inOrder({ marks }: VcnMarks): Marks {
  return marks.toSorted((one, other) => one.at - other.at)
}

function sinceBefore(marks: Marks, phase: VcnPhase): readonly number[] {
  const index = marks.findIndex((mark) => mark.phase === phase)
  const [mark, before] = [marks[index], marks[index - 1]]
  return mark === undefined || before === undefined ? [] : [mark.at - before.at]
}

function between({ marks }: Pick<VcnMarks, 'marks'>, from: VcnPhase, to: VcnPhase) {
  const at = (phase: VcnPhase) => marks.find((mark) => mark.phase === phase)?.at
  const [start, finish] = [at(from), at(to)]
  return start === undefined || finish === undefined ? [] : [finish - start]
}

function spreadOf(millis: readonly number[]): Spread | undefined {
  if (millis.length === 0) return undefined
  const sum = millis.reduce((all, one) => all + one, 0)
  return {
    meanMs: Math.round(sum / millis.length),
    minMs: Math.min(...millis),
    maxMs: Math.max(...millis),
  }
}

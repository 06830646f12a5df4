// Why this file exists: one change to 100,000 machines must cost what one change to a thousand does. Time tells that
// badly on a busy machine; the places that were copied tell it exactly.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyDeltas,
  type Assembly,
  emptySnapshot,
  type Entry,
  findingsOf,
  formatIp4,
  ip4,
  type LintState,
  lintStep,
  type Machine,
  type Snapshot,
  startAssembly,
  startLint,
  stepAll,
} from '#directory'
import { domain, ip, label, machine, network } from './samples.ts'

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0')
}

const first = 0x0a00_0001
/** All of one tag, on one wide network with many narrow ones in it: what a change touches must not be all that. */
function described(at: number, address: number = first + at): Machine {
  return machine(at + 1, {
    macs: [`02:00:00:${hex(at >> 16)}:${hex((at >> 8) & 255)}:${hex(at & 255)}`],
    address: formatIp4(ip4(address)),
    tags: ['compute', `rack${at >> 5}`],
  })
}

interface State {
  readonly assembly: Assembly
  readonly snapshot: Snapshot
  readonly lint: LintState
}

function change(before: State, ...entries: readonly Entry[]): State {
  const changes = entries.map((entry) => ({ kind: 'entry', entry }) as const)
  const { assembly, deltas } = stepAll(before.assembly, changes)
  const snapshot = applyDeltas(before.snapshot, deltas)
  return { assembly, snapshot, lint: lintStep(before.lint, snapshot) }
}

function built(count: number): State {
  const empty = {
    assembly: startAssembly(),
    snapshot: emptySnapshot(domain),
    lint: startLint(domain),
  }
  const wide = network(2 ** 24, '10.0.0.0/8')
  const narrow = [1, 2, 3].map((third) => network(2 ** 24 + third, `10.0.${third}.0/24`))
  return change(empty, wide, ...narrow, ...Array.from({ length: count }, (_, at) => described(at)))
}

/** Places in buckets and in lists of buckets that had to be written anew. */
function copiedInSnapshot(was: Snapshot, is: Snapshot): number {
  const tag = was.byTag.get('compute')
  return [
    is.entries.copiedSince(was.entries),
    is.byMac.copiedSince(was.byMac),
    is.byIp.copiedSince(was.byIp),
    is.byName.copiedSince(was.byName),
    is.byTag.copiedSince(was.byTag),
    tag ? (is.byTag.get('compute')?.copiedSince(tag) ?? 0) : 0,
    is.setAside.copiedSince(was.setAside),
    is.nonTerminals.copiedSince(was.nonTerminals),
  ].reduce((sum, places) => sum + places)
}

function copiedInAssembly(was: Assembly, is: Assembly): number {
  return is.known.copiedSince(was.known) + is.claims.copiedSince(was.claims)
}

function copiedInLint(was: LintState, is: LintState): number {
  return is.findings.copiedSince(was.findings) + is.byBlock.copiedSince(was.byBlock)
}

const few = built(1_000)
const many = built(100_000)
const moved = described(77, first + 200_000)

for (const [what, count] of [
  ['the snapshot', (was: State, is: State) => copiedInSnapshot(was.snapshot, is.snapshot)],
  ['who claims what', (was: State, is: State) => copiedInAssembly(was.assembly, is.assembly)],
  ['lint', (was: State, is: State) => copiedInLint(was.lint, is.lint)],
] as const) {
  test(`a change to one of 100,000 machines writes few places of ${what} anew`, () => {
    const small = count(few, change(few, moved))
    const large = count(many, change(many, moved))
    assert.ok(small > 0 && large > 0)
    assert.ok(large < 1_500, `${large} places`)
    assert.ok(large < 10 * small, `${large} places, and ${small} of a hundredth as many machines`)
  })
}

test('a change of a network looks at what is on it, and at nothing else', ({ mock }) => {
  // Who looks at a device has to read where it rests.
  const looking = mock.method(JSON, 'parse')
  const pool = { first: ip('10.0.2.1'), last: ip('10.0.2.9') }
  const after = change(many, network(2 ** 24 + 2, '10.0.2.0/24', { pool }))
  const looks = looking.mock.callCount()
  assert.ok(looks > 0 && looks < 256 * 10, `${looks} looks at machines`)
  looking.mock.restore()
  const found = [...findingsOf(after.lint)].filter(({ code }) => code === 'CPC-DIR-004')
  assert.equal(found.length, 9)
  assert.ok(copiedInLint(many.lint, after.lint) < 1_000)
  const back = change(after, network(2 ** 24 + 2, '10.0.2.0/24', { name: label('renamed') }))
  assert.equal(back.lint.findings.size, many.lint.findings.size)
})

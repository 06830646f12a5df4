// Why this file exists: two figures stand side by side only when nothing but the virtualization differs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareRuns,
  comparisonLines,
  emulatedLabel,
  explainRefusal,
  type HplResult,
  type MeasuredRun,
  programFrom,
} from '#hpl'

const result: HplResult = {
  variant: 'WR11C2R4',
  N: 1000,
  NB: 80,
  P: 2,
  Q: 2,
  seconds: 2,
  gflops: 4,
  verdict: 'PASSED',
}
const program = { sha256: 'a'.repeat(64), blas: '/usr/lib/openblas-serial/libblas.so.3' }
const physical: MeasuredRun = { result, program, isEmulated: false }
const virtual: MeasuredRun = { ...physical, result: { ...result, seconds: 8, gflops: 1 } }

test('twins are compared: GFLOPS side by side, and their ratio', () => {
  const compared = compareRuns(virtual, physical)
  assert.ok(compared.ok)
  assert.deepEqual([compared.value.ratio, compared.value.label], [0.25, undefined])
  assert.deepEqual(comparisonLines(compared.value), [
    'HPL N=1000 NB=80 P=2 Q=2',
    'virtual          1.000 GFLOPS        8.00 s',
    'physical         4.000 GFLOPS        2.00 s',
    'virtual reaches 25.0 % of physical',
  ])
})

for (const [sentence, one, other] of [
  ['virtual', { ...virtual, isEmulated: true }, physical],
  ['physical', virtual, { ...physical, isEmulated: true }],
] as const) {
  test(`when the ${sentence} run was emulated, the percentage says that it has no meaning`, () => {
    const compared = compareRuns(one, other)
    assert.ok(compared.ok)
    assert.equal(compared.value.label, emulatedLabel)
    assert.match(
      comparisonLines(compared.value).at(-1) ?? '',
      /emulated: percentages have no meaning/,
    )
  })
}

for (const [what, change] of [
  ['N', { result: { ...virtual.result, N: 2000 } }],
  ['NB', { result: { ...virtual.result, NB: 168 } }],
  ['P', { result: { ...virtual.result, P: 1 } }],
  ['Q', { result: { ...virtual.result, Q: 4 } }],
  ['variant', { result: { ...virtual.result, variant: 'WC11C2R4' } }],
  ['hpcc', { program: { ...program, sha256: 'b'.repeat(64) } }],
  ['BLAS', { program: { ...program, blas: '/usr/lib/blas/libblas.so.3' } }],
] as const) {
  test(`runs that differ in ${what} are not compared, and it is named`, () => {
    const compared = compareRuns({ ...virtual, ...change }, physical)
    assert.ok(!compared.ok && compared.refusal.kind === 'not-twins')
    assert.deepEqual(
      compared.refusal.differences.map((difference) => difference.what),
      [what],
    )
    const { code, text } = explainRefusal(compared.refusal, 'run 7')
    assert.equal(code, 'CPC-HPL-009')
    assert.match(text.why, new RegExp(`^${what}: virtual .+, physical .+`))
  })
}

for (const change of [{ verdict: 'FAILED' }, { verdict: 'UNCHECKED' }, { gflops: 0 }] as const) {
  test(`a run with ${JSON.stringify(change)} is compared with nothing`, () => {
    const bad = { ...physical, result: { ...result, ...change } }
    for (const [one, other, side] of [
      [bad, physical, 'virtual'],
      [virtual, bad, 'physical'],
    ] as const) {
      const compared = compareRuns(one, other)
      assert.ok(!compared.ok && compared.refusal.kind === 'no-figure')
      assert.equal(compared.refusal.side, side)
    }
  })
}

test('which program a machine runs is read from what it prints, and a machine without it has none', () => {
  const digest = `${program.sha256}  /usr/bin/hpcc\n`
  assert.deepEqual(programFrom({ digest, blas: `${program.blas}\n` }), program)
  assert.equal(programFrom({ digest: '', blas: program.blas }), undefined)
  assert.equal(programFrom({ digest, blas: '' }), undefined)
})

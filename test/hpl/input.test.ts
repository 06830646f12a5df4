// Why this file exists: hpcc takes a problem of its own when it cannot read its input, so the input must be right to the line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inputText, parseInput, type Problem } from '#hpl'
import { vector } from './vectors.ts'

function written(problem: Problem): string {
  const input = inputText(problem)
  assert.ok(input.ok)
  return input.value
}

test('our input has the layout of HPL.dat, line for line, and the lines of PTRANS behind it', () => {
  const words = (text: string): readonly string[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '))
  const ours = words(written({ N: 500, NB: 80, P: 3, Q: 3 }))
  assert.deepEqual(ours.slice(0, 31), words(vector('HPL.dat')))
  // hpcc ignores line 32 and then reads a count and a line of values, twice.
  assert.match(ours[31] ?? '', /^#+ .*no\. 32.*ignored/)
  assert.deepEqual(
    ours.slice(32).map((line) => line.split(' ')[0]),
    ['0', '0', '0', '0'],
  )
})

test('HPL.dat of a real run is read back', () => {
  const parsed = parseInput(vector('HPL.dat'))
  assert.deepEqual(parsed, { ok: true, value: { N: 500, NB: 80, P: 3, Q: 3 } })
})

test('what is written is read back, whatever the problem', () => {
  const number = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })
  fc.assert(
    fc.property(
      fc.record({ N: number(2 ** 31 - 1), NB: number(65_536), P: number(1024), Q: number(65_536) }),
      (problem) =>
        assert.deepEqual(parseInput(written(problem)), { ok: true, value: { ...problem } }),
    ),
    { numRuns: 100 },
  )
})

for (const [sentence, problem] of [
  ['a matrix without rows', { N: 0, NB: 80, P: 1, Q: 1 }],
  ['a matrix beyond 32 bits', { N: 2 ** 31, NB: 80, P: 1, Q: 1 }],
  ['a block that is not whole', { N: 100, NB: 1.5, P: 1, Q: 1 }],
  ['a grid without rows', { N: 100, NB: 10, P: 0, Q: 1 }],
  ['a number that is none', { N: 100, NB: 10, P: 1, Q: Number.NaN }],
] as const) {
  test(`${sentence} is refused before it is written`, () => {
    const input = inputText(problem)
    assert.ok(!input.ok)
    assert.equal(input.refusal.kind, 'out-of-range')
  })
}

for (const [sentence, at, line] of [
  ['two sizes', 5, '2 # of problems sizes (N)'],
  ['no size', 6, 'Ns'],
  ['two block sizes', 7, '2 # of NBs'],
  ['a size that is no number', 6, '5e3 Ns'],
  ['two grids', 10, '2 # of process grids (P x Q)'],
  ['a grid of zero rows', 11, '0 Ps'],
  ['a negative grid', 12, '-3 Qs'],
] as const) {
  test(`an input with ${sentence} is refused at its line`, () => {
    const lines = vector('HPL.dat').split('\n')
    lines[at - 1] = line
    const parsed = parseInput(lines.join('\n'))
    assert.ok(!parsed.ok)
    assert.partialDeepStrictEqual(parsed.refusal, { kind: 'input-line', line: at })
  })
}

test('an input that is cut off, empty or endless is refused', () => {
  const text = vector('HPL.dat')
  assert.equal(parseInput('').ok, false)
  assert.equal(parseInput(text.split('\n').slice(0, 11).join('\n')).ok, false)
  assert.equal(parseInput(text + ' '.repeat(70_000)).ok, false)
})

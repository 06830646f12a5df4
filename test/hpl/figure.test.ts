// Why this file exists: PASSED is not enough: a result is a figure only for the problem that was asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainRefusal, type FigureRefusal, figureOf, type Problem, troubleWith } from '#hpl'
import { reportOf, vector } from './vectors.ts'

const asked: Problem = { N: 256, NB: 80, P: 2, Q: 2 }
const whole = vector('hpcc-whole.txt')

function refusalOf(text: string, problem: Problem = asked): FigureRefusal {
  const figure = figureOf(reportOf(text), problem)
  assert.ok(!figure.ok)
  return figure.refusal
}

test('a complete run that passed and is of the problem that was asked is a figure', () => {
  const figure = figureOf(reportOf(whole), asked)
  assert.ok(figure.ok)
  assert.deepEqual([figure.value.N, figure.value.gflops], [256, 2.886])
})

test('hpcc that chose its problem itself is refused although it PASSED, and what differs is named', () => {
  const refusal = refusalOf(vector('hpcc-own-choice.txt'))
  assert.deepEqual(refusal, {
    kind: 'other-problem',
    differences: [
      { what: 'N', one: '256', other: '2560' },
      { what: 'P', one: '2', other: '1' },
      { what: 'Q', one: '2', other: '1' },
    ],
    messages: [],
  })
  const { code, text } = explainRefusal(refusal, 'hpccoutf.txt')
  assert.deepEqual(
    [code, text.why],
    ['CPC-HPL-007', 'N: asked 256, got 2560; P: asked 2, got 1; Q: asked 2, got 1'],
  )
})

test('it is refused even when nobody says what was asked, if its complaint stands beside it', () => {
  const text = `>>> Need at least 4 processes for these tests <<<\n${vector('hpcc-own-choice.txt')}`
  assert.equal(troubleWith(reportOf(text))?.kind, 'own-choice')
})

for (const field of ['N', 'NB', 'P', 'Q'] as const) {
  test(`another ${field} than asked is refused`, () => {
    const refusal = refusalOf(whole, { ...asked, [field]: asked[field] + 1 })
    assert.ok(refusal.kind === 'other-problem')
    assert.deepEqual(
      refusal.differences.map(({ what }) => what),
      [field],
    )
  })
}

for (const [sentence, text, kind, code] of [
  ['no output at all', '', 'no-result', 'CPC-HPL-004'],
  [
    'a run cut off after its result',
    whole.replace('End of Tests.', ''),
    'incomplete',
    'CPC-HPL-005',
  ],
  [
    'a result that failed',
    whole.replace('...... PASSED', '...... FAILED'),
    'check-failed',
    'CPC-HPL-006',
  ],
  ['a result that was not checked', whole.replace('...... PASSED', ''), 'unchecked', 'CPC-HPL-006'],
  ['the outputs of two runs', whole + whole, 'several-results', 'CPC-HPL-008'],
] as const) {
  test(`${sentence} is no figure: ${code}`, () => {
    const refusal = refusalOf(text)
    assert.equal(refusal.kind, kind)
    assert.equal(explainRefusal(refusal, 'hpccoutf.txt').code, code)
  })
}

test('a run without a result tells what HPL complained about', () => {
  const refusal = refusalOf(vector('too-few-processes.txt'))
  assert.match(explainRefusal(refusal, 'out').text.why, /Need at least 9 processes/)
})

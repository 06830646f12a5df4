// Why this file exists: outputs of real runs, whole and cut, good and bad, are read as what they are.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type HplReport, outputCharsMax, readOutput } from '#hpl'
import { reportOf, vector } from './vectors.ts'

function summaryOf({ results, isComplete }: HplReport): unknown {
  const verdicts = new Set(results.map(({ verdict }) => verdict))
  return { results: results.length, verdicts: [...verdicts], isComplete }
}

for (const [name, results, verdicts, isComplete] of [
  ['pass.txt', 2, ['PASSED'], true],
  ['grid.txt', 144, ['PASSED'], true],
  ['fail.txt', 1, ['FAILED'], true],
  ['truncated.txt', 51, ['PASSED'], false],
  ['too-few-processes.txt', 0, [], false],
  ['hpcc-whole.txt', 1, ['PASSED'], true],
  ['hpcc-own-choice.txt', 1, ['PASSED'], true],
] as const) {
  test(`${name}: ${results} results, ${verdicts.join('') || 'no verdict'}, ${isComplete ? 'complete' : 'incomplete'}`, () => {
    assert.deepEqual(summaryOf(reportOf(vector(name))), { results, verdicts, isComplete })
  })
}

test('a result has all that HPL prints of it', () => {
  const { results, messages } = reportOf(vector('pass.txt'))
  assert.deepEqual(results, [
    {
      variant: 'WR11C2R4',
      N: 1000,
      NB: 80,
      P: 2,
      Q: 2,
      seconds: 0.72,
      gflops: 0.9254,
      residual: 0.007251,
      verdict: 'PASSED',
    },
    {
      variant: 'WR11C2R4',
      N: 1500,
      NB: 80,
      P: 2,
      Q: 2,
      seconds: 1.39,
      gflops: 1.62,
      residual: 0.0054619,
      verdict: 'PASSED',
    },
  ])
  assert.deepEqual(messages, [])
})

test('what HPL complains about is kept', () => {
  const { messages } = reportOf(vector('too-few-processes.txt'))
  assert.deepEqual(messages, ['Need at least 9 processes for these tests'])
})

test('the header that hpcc prints before its HPL section is an echo: a run cut off there has no result', () => {
  const text = vector('hpcc-whole.txt')
  const before = text.slice(0, text.indexOf('Begin of HPL section.'))
  assert.match(before, /HPLinpack 2\.0/)
  assert.deepEqual(summaryOf(reportOf(before)), { results: 0, verdicts: [], isComplete: false })
})

test('a line like a result outside the HPL section of hpcc counts for nothing', () => {
  const text = vector('hpcc-whole.txt')
  const forged = `${text}WR11C2R4         256    80     2     2               0.00              9.999e+03\n`
  assert.deepEqual(reportOf(forged), reportOf(text))
})

test('wherever an output is cut off, it is incomplete, and a result before its check is unchecked', () => {
  const text = vector('pass.txt')
  const end = text.indexOf('End of Tests.')
  for (let at = 0; at < end; at += 7) assert.equal(reportOf(text.slice(0, at)).isComplete, false)
  const beforeCheck = text.slice(0, text.indexOf('||Ax-b||_oo/(eps'))
  assert.deepEqual(
    reportOf(beforeCheck).results.map(({ verdict }) => verdict),
    ['UNCHECKED'],
  )
})

test('a result that is missing in the middle makes the output incomplete', () => {
  const text = vector('pass.txt').replace(/^WR11C2R4 +1000.*\n/m, '')
  assert.deepEqual(summaryOf(reportOf(text)), {
    results: 1,
    verdicts: ['PASSED'],
    isComplete: false,
  })
})

test('two outputs in one file, as hpcc appends them, are two results', () => {
  const text = vector('hpcc-whole.txt')
  assert.deepEqual(summaryOf(reportOf(text + text)), {
    results: 2,
    verdicts: ['PASSED'],
    isComplete: true,
  })
})

test('HPL 1 checks three times: one FAILED of them fails the result', () => {
  const check = (formula: string, verdict: string): string =>
    `||Ax-b||_oo / ( eps * ${formula} ) =        0.0219588 ...... ${verdict}`
  const text = [
    'WR00L2L2          29     1     2     2               0.00          3.141e-02',
    check('||A||_1  * N       ', 'PASSED'),
    check('||A||_1  * ||x||_1 ', 'FAILED'),
    check('||A||_oo * ||x||_oo', 'PASSED'),
  ].join('\n')
  assert.equal(reportOf(text).results[0]?.verdict, 'FAILED')
})

test('a residual that is no number fails and is left out', () => {
  const text = vector('fail.txt').replace('0.0052710 ......', 'nan ......')
  const [result] = reportOf(text).results
  assert.deepEqual([result?.verdict, result?.residual], ['FAILED', undefined])
})

test('line ends of another system change nothing', () => {
  const text = vector('pass.txt')
  assert.deepEqual(reportOf(text.replaceAll('\n', '\r\n')), reportOf(text))
})

test('what mpirun and ssh complain about is kept, in a bounded number of printable characters', () => {
  const text = `Permission denied (publickey).\nmpirun noticed that process rank 1 exited\u001b[31m on signal 9\n${'x'.repeat(300)} Permission denied\n`
  const { messages } = reportOf(text + `ssh: ${'y'.repeat(300)}\n` + '>>> again <<<\n'.repeat(500))
  assert.deepEqual(messages.slice(0, 2), [
    'Permission denied (publickey).',
    'mpirun noticed that process rank 1 exited?[31m on signal 9',
  ])
  assert.ok(messages.length === 5 && messages.every(({ length }) => length <= 200))
  const many = Array.from({ length: 500 }, (_, at) => `>>> ${at} <<<`).join('\n')
  assert.equal(reportOf(many).messages.length, 20)
})

test('an output without end is refused, by its length or its results', () => {
  const long = readOutput(' '.repeat(outputCharsMax + 1))
  assert.equal(!long.ok && long.refusal.kind, 'output-too-long')
  const line = 'WR11C2R4 29 1 2 2 0.00 3.141e-02\n'
  const many = readOutput(line.repeat(10_001))
  assert.equal(!many.ok && many.refusal.kind, 'too-many-results')
})

test('random text, and real outputs with random damage, never throw and never invent a figure', () => {
  const text = vector('pass.txt')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (noise) => {
      assert.deepEqual(reportOf(noise).results, [])
    }),
    { numRuns: 100 },
  )
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(200), fc.string(), (at, length, noise) => {
      const { results } = reportOf(text.slice(0, at) + noise + text.slice(at + length))
      for (const { gflops } of results) assert.ok(Number.isFinite(gflops))
      assert.ok(results.length <= 2)
    }),
    { numRuns: 100 },
  )
})

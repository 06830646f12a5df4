// Why this file exists: a program that is run for a benchmark always comes back, with no more than was asked for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ProgramOrder, runProgram } from '../../../src/core/benchmarks/program.ts'

const sh = (script: string, rest: Partial<ProgramOrder> = {}): ProgramOrder => ({
  argv: ['sh', '-c', script],
  deadlineMs: 10_000,
  outputBytesMax: 1000,
  ...rest,
})

for (const [sentence, order, ending] of [
  [
    'its output, complaint and status come back',
    sh('echo yes; echo no >&2; exit 3'),
    { status: 3, output: 'yes\n', complaint: 'no\n' },
  ],
  [
    'it is given its input',
    sh('cat', { input: Buffer.from('text') }),
    { status: 0, output: 'text', complaint: '' },
  ],
  [
    'it may end before it has read its input',
    sh('exit 4', { input: Buffer.alloc(1_000_000) }),
    { status: 4, output: '', complaint: '' },
  ],
  [
    'it is ended at its deadline',
    sh('exec sleep 60', { deadlineMs: 100 }),
    { why: 'no end within 0.1 s', output: '', complaint: '' },
  ],
  [
    'it is ended when it was called off before it began',
    sh('exec sleep 60', { signal: AbortSignal.abort() }),
    { why: 'it was called off', output: '', complaint: '' },
  ],
  [
    'HOSTILE: it is ended when it prints without end',
    sh('exec yes', { outputBytesMax: 4 }),
    { why: 'it printed more than 4 bytes', output: 'y\ny\n', complaint: '' },
  ],
  [
    'it is killed by somebody else',
    sh('kill -KILL $$'),
    { why: 'it was killed', output: '', complaint: '' },
  ],
] as const) {
  test(`a program: ${sentence}`, async () => {
    assert.deepEqual(await runProgram(order), ending)
  })
}

test('a program that is not there is no exception', async () => {
  const { why } = await runProgram({ ...sh(''), argv: ['/nonexistent/program'] })
  assert.match(why ?? '', /ENOENT/)
})

test('lines are told as they come, HOSTILE: but not those that are no lines', async () => {
  const lines: string[] = []
  const script = 'echo one; printf tw; sleep 0.1; echo o; head -c 5000 /dev/zero; echo; echo end'
  await runProgram(sh(script, { outputBytesMax: 10_000, onLine: (line) => lines.push(line) }))
  assert.deepEqual(lines, ['one', 'two', 'end'])
})
